"""`advocacy rehearse`: the whole campaign on a simulated clock."""

from dataclasses import asdict

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli.context import note, print_json, with_app
from advocacy.domain.rehearsal import Rehearsal
from advocacy.models.base import db
from advocacy.operations import campaigns, rehearsing


@click.command()
@click.argument("slug")
@click.option(
    "--supporters",
    type=click.IntRange(1, rehearsing.MOST_SUPPORTERS),
    default=40,
    show_default=True,
    help="How many people to play it with.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, every mail included.")
@with_app
def rehearse(app: Flask, slug: str, supporters: int, as_json: bool) -> None:  # noqa: FBT001
    """Play a whole campaign with the real engine on a simulated clock. Changes nothing, sends nothing."""
    session = db.session()
    played = rehearsing.rehearse(
        session,
        campaigns.find(session, slug),
        supporters=supporters,
        gateways=gateways.current(),
        settings=app.extensions["advocacy.settings"],
    )
    if as_json:
        print_json(asdict(played))
    else:
        _print(played)
    if played.faults:
        raise SystemExit(1)


def _print(played: Rehearsal) -> None:
    whom = "made-up people" if played.made_up else "people of yours, under made-up addresses"
    note(f"{played.people} {whom}; {len(played.mails)} mails; deadline {played.deadline:%A %-d %B %Y}.")
    for day in played.days:
        acted = f"  ({day.acted} told us they acted)" if day.acted else ""
        click.echo(f"{day.day:%a %-d %b %Y}{acted}")
        for row in day.rows:
            click.echo(f"    {row.rule:<12} {row.people:>5}  {row.zone:<22} {row.first:%H:%M} to {row.last:%H:%M}")
    for fault in played.faults:
        note(f"Broken promise: {fault}")
    note(f"{played.silent} people got nothing. Nothing was changed and nothing was sent.")
