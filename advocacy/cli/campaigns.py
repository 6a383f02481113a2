"""Campaigns: list, show, launch, pause, resume, close, move the deadline, look at the plan."""

from datetime import datetime

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli import imports
from advocacy.cli.context import note, print_json, with_app
from advocacy.cli.shown import NOW, shown
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns as operations

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def campaigns() -> None:
    """The campaigns and their life."""


for _command in (imports.import_, imports.review, imports.update):
    campaigns.add_command(_command)


@campaigns.command("list")
@_JSON
@with_app
def list_(_app: Flask, as_json: bool) -> None:  # noqa: FBT001
    """All campaigns, the nearest deadline first."""
    found = operations.listed(db.session())
    if as_json:
        print_json([shown(campaign) for campaign in found])
        return
    for campaign in found:
        click.echo(f"{campaign.slug}\t{campaign.state}\t{campaign.deadline or 'no deadline'}\t{campaign.title}")
    if not found:
        note("There is no campaign yet. `advocacy campaigns import FILE` makes one.")


@campaigns.command()
@click.argument("slug")
@_JSON
@with_app
def show(_app: Flask, slug: str, as_json: bool) -> None:  # noqa: FBT001
    """One campaign."""
    campaign = operations.find(db.session(), slug)
    if as_json:
        print_json(shown(campaign))
        return
    for name, value in shown(campaign).items():
        click.echo(f"{name}: {value}")


@campaigns.command()
@click.argument("slug")
@_JSON
@with_app
def launch(app: Flask, slug: str, as_json: bool) -> None:  # noqa: FBT001
    """Take a draft live."""
    session = db.session()
    campaign = operations.find(session, slug)
    operations.launch(
        session, campaign, gateways=gateways.current(), settings=app.extensions["advocacy.settings"], actor="cli"
    )
    _tell(campaign, as_json=as_json)


@campaigns.command()
@click.argument("slug")
@_JSON
@with_app
def pause(_app: Flask, slug: str, as_json: bool) -> None:  # noqa: FBT001
    """Hold every mail of a campaign."""
    session = db.session()
    campaign = operations.find(session, slug)
    operations.pause(session, campaign, gateways=gateways.current(), actor="cli")
    _tell(campaign, as_json=as_json)


@campaigns.command()
@click.argument("slug")
@_JSON
@with_app
def resume(_app: Flask, slug: str, as_json: bool) -> None:  # noqa: FBT001
    """Let a paused campaign go on."""
    session = db.session()
    campaign = operations.find(session, slug)
    operations.resume(session, campaign, gateways=gateways.current(), actor="cli")
    _tell(campaign, as_json=as_json)


@campaigns.command()
@click.argument("slug")
@_JSON
@with_app
def close(app: Flask, slug: str, as_json: bool) -> None:  # noqa: FBT001
    """End a campaign: no reminder goes out any more."""
    session = db.session()
    campaign = operations.find(session, slug)
    settings = app.extensions["advocacy.settings"]
    operations.close(session, campaign, gateways=gateways.current(), settings=settings, actor="cli")
    _tell(campaign, as_json=as_json)


@campaigns.command()
@click.argument("slug")
@click.argument("date", type=_DAY, metavar="DATE")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@_JSON
@with_app
def deadline(app: Flask, slug: str, date: datetime, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001
    """Move the deadline of a campaign to DATE; everything unsent is planned anew."""
    session, bundle = db.session(), gateways.current()
    campaign = operations.find(session, slug)
    changes = operations.deadline_changes(session, campaign, date.date(), moment.now(session, bundle.clock))
    if not dry_run:
        operations.move_deadline(
            session,
            campaign,
            date.date(),
            gateways=bundle,
            settings=app.extensions["advocacy.settings"],
            actor="cli",
        )
    told = [
        {"mail": name, "change": change.word, "was": change.was, "becomes": change.becomes} for name, change in changes
    ]
    if as_json:
        print_json({"slug": slug, "deadline": campaign.deadline, "changes": told})
        return
    for row in told:
        click.echo(f"{row['mail']}: {row['change']}, was {row['was'] or '-'}, becomes {row['becomes'] or '-'}")
    note("Nothing was changed." if dry_run else f"The deadline is {campaign.deadline:%A %-d %B %Y}.")


@campaigns.command()
@click.argument("slug")
@_JSON
@with_app
def plan(_app: Flask, slug: str, as_json: bool) -> None:  # noqa: FBT001
    """Every mail still to come: when, to how many, and why it falls there."""
    session, bundle = db.session(), gateways.current()
    campaign = operations.find(session, slug)
    lines = operations.plan(session, campaign, moment.now(session, bundle.clock))
    if as_json:
        print_json([vars(line) for line in lines])
        return
    for line in lines:
        click.echo(f"{line.first_due:%Y-%m-%d %H:%M} to {line.last_due:%Y-%m-%d %H:%M} UTC\t{line.people}\t{line.name}")
        click.echo(f"    {line.why}")
    if not lines:
        note("No mail is to come.")


def _tell(campaign: Campaign, *, as_json: bool) -> None:
    if as_json:
        print_json(shown(campaign))
    else:
        note(f"“{campaign.title}” is {NOW[campaign.state]}.")
