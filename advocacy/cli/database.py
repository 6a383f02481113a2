"""The database: migrate, back up, restore."""

import click
import flask_migrate
from flask import Flask

from advocacy.cli.context import note, with_app
from advocacy.models.base import db
from advocacy.operations import upkeep


@click.command()
@with_app
def migrate(app: Flask) -> None:
    """Bring the database to the newest layout. Running it twice, or twice at once, is harmless."""
    bring_up_to_date(app)
    note("The database is up to date.")


def bring_up_to_date(app: Flask) -> None:
    """Apply the migrations still pending and claim the database for this SECRET_KEY."""
    flask_migrate.upgrade()
    upkeep.claim_keys(db.session(), app.extensions["advocacy.keys"])
