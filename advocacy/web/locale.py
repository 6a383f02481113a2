"""The language of a page: what the token's supporter reads, what was asked for, what the browser says."""

from flask import Flask, g, request, session
from flask_babel import Babel

from advocacy.gateways.resources import templates_path
from advocacy.web.requests import settings

COOKIE = "desk_language"
"""What the session of an organiser is called by who keeps it in step with their own choice."""

DESK = ("en", "fr")
"""The languages of the desk."""

_DESK_PAGES = ("/desk", "/mailbox")


def register(app: Flask) -> None:
    folder = str(templates_path() / "translations")
    # Supporters' texts and the desk's are two catalogues, so that one can be in more languages than the other.
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{folder};{folder}"
    app.config["BABEL_DOMAIN"] = "messages;desk"
    Babel(app, locale_selector=chosen)


def chosen() -> str:
    """Return the language tag for this page.

    On the desk it is what its organiser chose, before they sign in what the browser says. Elsewhere it is `g.language` when a route set it, then ?lang=, then what the browser says.
    """
    if request.path.startswith(_DESK_PAGES):
        return str(session.get(COOKIE) or request.accept_languages.best_match(DESK) or DESK[0])
    offered = settings().languages
    asked = g.get("language") or request.args.get("lang", "")
    if asked in offered:
        return str(asked)
    return request.accept_languages.best_match(offered) or offered[0]
