"""What holds for each request: GET and HEAD only read, and templates know the settings they print."""

from flask import Flask, abort, current_app, g, request, session
from werkzeug.routing import IntegerConverter

from advocacy.config import MailTransport, Settings
from advocacy.gateways import current
from advocacy.gateways.documents import LARGEST_FILE
from advocacy.operations.documents import LONGEST_TEXT
from advocacy.operations.imports import MOST_BYTES

_AROUND_A_FILE = 1024 * 1024
UPLOADS = {"desk_campaigns.read": LARGEST_FILE, "desk_imports.hand_in": MOST_BYTES}
"""Where organisers hand in files, and how large one may be."""


class RowNumber(IntegerConverter):
    """A number in an address that a database can look up; a longer one is no page."""

    regex = r"\d{1,18}"


def register(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumber
    app.before_request(_mark)
    app.before_request(_refuse_nothing)
    app.before_request(_take_files)
    app.context_processor(_shared)


def settings() -> Settings:
    """Return the settings of the running app."""
    found: Settings = current_app.extensions["advocacy.settings"]
    return found


def _mark() -> None:
    g.read_only = request.method in {"GET", "HEAD", "OPTIONS"}


def _refuse_nothing() -> None:
    """Answer 404 to a NUL in an address: no text of ours holds one, and PostgreSQL takes none."""
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        abort(404)


def _take_files() -> None:
    """Take a whole file where organisers hand one in. Only a signed session is asked for here, no database: what
    is read of it now is read before the route says who may enter."""
    largest = UPLOADS.get(request.endpoint or "")
    if largest and "_user_id" in session:
        request.max_content_length = largest + _AROUND_A_FILE
        request.max_form_memory_size = 4 * LONGEST_TEXT


def _shared() -> dict[str, object]:
    in_force = settings()
    return {
        "organisation": in_force.organisation_name,
        "organisation_address": in_force.organisation_address,
        "base_url": in_force.base_url,
        "contact": in_force.contact,
        "mailbox_in_use": in_force.mail_transport is MailTransport.MAILBOX,
        "now": current().clock.now(),
    }
