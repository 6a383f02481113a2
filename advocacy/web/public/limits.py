"""Cheap limits by network address, in Redis or, without it, in memory. Limits that matter are counted in the database."""

import ipaddress

from flask import Flask, request
from flask_limiter import Limiter

from advocacy.domain.keys import Purpose
from advocacy.gateways import current
from advocacy.models.base import db, keys_of
from advocacy.web.requests import settings

SIGN_UPS = "30 per hour; 100 per day"
LETTERS = "240 per minute; 3000 per hour"
PAPERS = "20 per minute; 200 per hour"
SIGN_INS = "30 per minute; 300 per hour"
"""Each try costs a fifth of a second of work, and a list of addresses is tried one by one; the desk counts accounts."""


def _network() -> str:
    """Return a keyed hash of the network that changes daily: no address is kept, not even in Redis."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        address = ipaddress.ip_address("127.0.0.1")
    block = ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False)
    day = current().clock.now().date().isoformat()
    return keys_of(db.session()).current.digest(Purpose.ABUSE, f"{day} {block}").hex()[:32]


limiter = Limiter(
    key_func=_network,
    strategy="fixed-window",
    in_memory_fallback_enabled=True,
    swallow_errors=True,
    headers_enabled=False,
)


def register(app: Flask) -> None:
    with app.app_context():
        url = settings().redis_url
    # Celery and this library write the address of a Unix socket differently.
    address = url.replace("redis+socket://", "redis+unix://") or "memory://"
    app.config.setdefault("RATELIMIT_STORAGE_URI", address)
    if url:
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_timeout": 1, "socket_connect_timeout": 1})
    limiter.init_app(app)
    for endpoint in ("security.login", "security.two_factor_token_validation", "security.mf_recovery"):
        app.view_functions[endpoint] = limiter.limit(SIGN_INS, methods=["POST"])(app.view_functions[endpoint])  # type: ignore[assignment]
