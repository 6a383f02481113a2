"""The local mailbox: what would have been sent, to read and to click. Only with MAIL_TRANSPORT=mailbox."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.gateways.mailbox import Letter, Mailbox
from advocacy.web.access import public
from advocacy.web.requests import settings

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")

_SHOWN = 200
_FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded")

_SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data: {origin}; "
    "style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
)
"""A mail is hostile until shown this way: no script, nothing loaded from elsewhere; its links open a page of their own."""


@bp.get("")
@public
def index() -> ResponseReturnValue:
    wanted = request.args.get("find", "", str)[:100].strip().lower()
    letters = [letter for letter in _mailbox().letters(limit=_SHOWN) if wanted in _searched(letter)]
    return render_template("mailbox/index.html", letters=letters, wanted=wanted, shown=_SHOWN)


@bp.get("/<key>")
@public
def letter(key: str) -> ResponseReturnValue:
    found = _letter(key)
    headers = [(name, str(value)) for name, value in found.message.items()]
    return render_template("mailbox/letter.html", letter=found, headers=headers, text=found.part("plain"))


@bp.get("/<key>/html")
@public
def html(key: str) -> ResponseReturnValue:
    answer = Response(_opening_elsewhere(_letter(key).part("html")), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = _SANDBOX.format(origin=settings().base_url)
    return answer


@bp.get("/<key>/source")
@public
def source(key: str) -> ResponseReturnValue:
    answer = Response(_letter(key).source, mimetype="text/plain")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@bp.get("/empty")
@public
def ask_to_empty() -> ResponseReturnValue:
    return render_template("mailbox/empty.html", number=len(_mailbox().letters(limit=100_000)))


@bp.post("/empty")
@public
def empty() -> ResponseReturnValue:
    number = _mailbox().empty()
    flash(_("The mailbox is empty now; it held %(number)s mails.", number=number))
    return redirect(url_for("mailbox.index"))


def _mailbox() -> Mailbox:
    """Return the mailbox, or answer 404: without one, and at a public address to all but owners.

    It holds everyone's address and the links with which organisers choose their passwords.
    """
    mailbox = current().mailbox
    if mailbox is None or not (_local() or _owner()):
        abort(404)
    return mailbox


def _owner() -> bool:
    return current_user.is_authenticated and bool(current_user.may(Permission.SETTINGS))


def _local() -> bool:
    """Whether the page was asked for on this machine: by its own name, and not through a proxy nobody told us of.

    The name the browser used counts too, or a stranger's page could read the mailbox under a name of its own that leads
    here (DNS rebinding).
    """
    through_a_proxy = not settings().trusted_proxies and not set(_FORWARDED).isdisjoint(request.headers.keys())
    asked = urlsplit(f"//{request.host}").hostname or ""
    return _own_name(urlsplit(settings().base_url).hostname or "") and _own_name(asked) and not through_a_proxy


def _own_name(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".test")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _letter(key: str) -> Letter:
    found = _mailbox().letter(key)
    if found is None:
        abort(404)
    return found


def _opening_elsewhere(html: str) -> str:
    """Make the mail's links open outside its frame."""
    base = '<base target="_blank">'
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    return html[: head.end()] + base + html[head.end() :] if head else base + html


def _searched(letter: Letter) -> str:
    return f"{letter.message['To']} {letter.message['Subject']}".lower()
