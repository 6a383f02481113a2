"""`advocacy sample`: the sample campaign, for a first look."""

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli.context import note, with_app
from advocacy.cli.database import bring_up_to_date
from advocacy.models.base import db
from advocacy.operations import organisers, sample

ORGANISER = "organiser@example.org"


@click.command("sample")
@with_app
def load_sample(app: Flask) -> None:
    """Load the sample campaign with forty made-up supporters, and print a one-time sign-in for its organiser.

    Loading it twice is harmless. The campaign is marked as a sample; its people live at example.org, which gets no mail.
    """
    bring_up_to_date(app)
    settings, bundle = app.extensions["advocacy.settings"], gateways.current()
    loaded = sample.load(db.session(), gateways=bundle, settings=settings)
    if loaded.people_added:
        note(f"Loaded the sample campaign with {loaded.people_added} supporters.")
    link = organisers.one_time_link(
        db.session(), ORGANISER, now=bundle.clock.now(), base_url=settings.base_url, timezone=settings.timezone
    )
    click.echo(f"Sample campaign: {settings.base_url}/a/{loaded.slug}")
    click.echo(f"Organiser's sign-in, good once: {link}")
