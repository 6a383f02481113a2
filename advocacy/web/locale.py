"""The language of a page: what the token's supporter reads, what was asked for, what the browser says."""

from flask import Flask, g, request
from flask_babel import Babel

from advocacy.gateways.resources import templates_path
from advocacy.web.requests import settings

_ENGLISH = ("/desk", "/mailbox")


def register(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(templates_path() / "translations")
    Babel(app, locale_selector=chosen)


def chosen() -> str:
    """Return the language tag for this page: `g.language` when a route set it, then ?lang=, then Accept-Language.

    The desk is in English, whatever the browser says, so that no page of it mixes two languages.
    """
    offered = settings().languages
    if request.path.startswith(_ENGLISH):
        return "en"
    asked = g.get("language") or request.args.get("lang", "")
    if asked in offered:
        return str(asked)
    return request.accept_languages.best_match(offered) or offered[0]
