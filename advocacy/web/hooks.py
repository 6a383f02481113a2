"""What other services call. No session, no form: each proves by signature who it is, or sees nothing happen."""

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from advocacy.gateways import current
from advocacy.gateways.sendgrid_reports import MOST_EVENTS, SIGNATURE_HEADER, TIMESTAMP_HEADER
from advocacy.models.base import db
from advocacy.operations import reports
from advocacy.web.access import public

bp = Blueprint("hooks", __name__)

MOST_BYTES = 1024 * 1024
"""SendGrid posts at 768 kB (contract.md 2.2); what is larger is not from there."""


@bp.post("/hooks/sendgrid")
@public
def sendgrid() -> ResponseReturnValue:
    """Keep a signed post of events. 403 unsigned, 413 too large or packed, 204 once they are stored."""
    gateways = current()
    if gateways.reports is None:
        abort(404)
    if request.content_encoding not in (None, "identity"):
        return "", 413
    request.max_content_length = MOST_BYTES
    body = request.get_data(cache=False)
    now = gateways.clock.now()
    signature, timestamp = request.headers.get(SIGNATURE_HEADER, ""), request.headers.get(TIMESTAMP_HEADER, "")
    if not gateways.reports.genuine(body, signature=signature, timestamp=timestamp, now=now):
        current_app.logger.warning("a post to the webhook without a good signature, %d bytes", len(body))
        return "", 403
    told = gateways.reports.read(body, now=now)
    if len(told) > MOST_EVENTS:
        return "", 413
    reports.keep(db.session(), told, now=now)
    return "", 204
