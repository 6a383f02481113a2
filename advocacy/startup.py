"""What is done once as a long-running process starts: checks beyond its settings, and settling down."""

import gc

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from advocacy.domain.errors import ConflictError
from advocacy.gateways.resources import migrations_path
from advocacy.models.base import db
from advocacy.operations import readiness, upkeep

log = structlog.get_logger(__name__)


def refuse_old_layout(app: Flask) -> None:
    """End the process while migrations are pending, or when the database belongs to another SECRET_KEY.

    A database that does not answer is no reason to refuse: it may come back before the first request.
    """
    with app.app_context():
        session = db.session()
        try:
            if readiness.migrations_pending(session, migrations_path()):
                raise SystemExit("The database's layout is not current. Run `advocacy migrate`, then start again.")
            upkeep.claim_keys(session, app.extensions["advocacy.keys"])
        except ConflictError as refused:
            raise SystemExit(str(refused)) from None
        except DBAPIError:
            session.rollback()
            log.warning("startup.database_silent")
        finally:
            db.session.remove()
            db.engine.dispose()


def spare_what_stays() -> None:
    """Leave the app itself out of full garbage collections: each went through all of it in the middle of a request."""
    gc.collect()
    gc.freeze()
