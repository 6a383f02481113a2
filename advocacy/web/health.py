"""Is it up, can it serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from advocacy.models.base import db
from advocacy.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return {"up": True}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    db.session.execute(select(1))
    return {"ready": True}
