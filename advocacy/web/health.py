"""Is it up, can it serve, and the numbers a monitor wants."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from advocacy.gateways import current
from advocacy.gateways.resources import migrations_path
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.operations import readiness
from advocacy.web.access import public
from advocacy.web.metrics import Numbers
from advocacy.web.requests import settings

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return {"up": True}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """It makes progress: the layout is current, the engine ticks, due mails move; 503 otherwise.

    Why not is for this machine and for organisers: strangers learn nothing of what runs here, nor when it does not.
    """
    found = _judged()
    body: dict[str, object] = {"ready": found.ready}
    if _this_machine() or (not found.pending_migrations and current_user.is_authenticated):
        body |= {
            "reasons": list(found.reasons),
            "seconds_since_tick": round(found.tick_age.total_seconds(), 1) if found.tick_age is not None else None,
            "held": found.held,
        }
    return body, 200 if found.ready else 503


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Numbers for Prometheus, to machines near by only: they tell strangers how many people follow a case."""
    if not _near_by():
        abort(404)
    registry = CollectorRegistry()
    registry.register(Numbers(db.session(), _judged()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _judged() -> readiness.Readiness:
    session = db.session()
    return readiness.judge(session, now=moment.now(session, current().clock), migrations=migrations_path())


def _this_machine() -> bool:
    address = _caller()
    return address is not None and address.is_loopback


def _near_by() -> bool:
    """Return whether the caller is on a private network."""
    address = _caller()
    return address is not None and address.is_private


def _caller() -> IPv4Address | IPv6Address | None:
    """Return who asks, None when a proxy that we were not told of stands between."""
    if "X-Forwarded-For" in request.headers and not settings().trusted_proxies:
        return None
    try:
        return ip_address(request.remote_addr or "")
    except ValueError:
        return None
