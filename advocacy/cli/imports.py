"""From a document to a campaign on the command line: import, review, update."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli.context import note, print_json, with_app
from advocacy.cli.shown import NOW
from advocacy.cli.shown import shown as as_shown
from advocacy.config import Settings
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.gateways.documents import text_of
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns, documents, editing, reading_cases, updates

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_DAY = click.DateTime(["%Y-%m-%d"])
_OUR_START = "summary"
"""The case in two sentences is our own start, always to be looked at; it is no doubt about the reading."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--deadline", type=_DAY, help="The last day to act, if the document's is not the one wanted.")
@click.option("--as-new", is_flag=True, help="Make a campaign of its own even if it follows an earlier one.")
@click.option("--launch", is_flag=True, help="Take it live at once, if nothing that was read is in doubt.")
@_JSON
@with_app
def import_(app: Flask, file: Path, deadline: datetime | None, as_new: bool, launch: bool, as_json: bool) -> None:  # noqa: FBT001
    """Read an urgent-action document and make a draft campaign of it; of each, where it holds several actions.

    One with the number of a launched campaign waits as a draft: `advocacy campaigns update` shows what it changes.
    """
    bundle, settings = gateways.current(), app.extensions["advocacy.settings"]
    session = db.session()
    now = moment.now(session, bundle.clock)
    made = documents.import_cases(
        session,
        file.name,
        text_of(file.name, file.read_bytes()),
        now=now,
        actor="cli",
        settings=settings,
        deadline=deadline.date() if deadline else None,
        as_new=as_new,
    )
    told = [_told(campaign, now, settings) for campaign in made]
    if launch:
        for campaign in made:
            _review_unless_doubtful(campaign, now)
        for campaign in made:
            campaigns.launch(session, campaign, gateways=bundle, settings=settings, actor="cli")
    if as_json:
        found = [as_shown(campaign) | extra for campaign, extra in zip(made, told, strict=True)]
        print_json(found[0] | ({"others": found[1:]} if found[1:] else {}))
    else:
        _say(made, told)


def _say(made: list[Campaign], told: list[dict[str, Any]]) -> None:
    if len(made) > 1:
        note(f"It holds {len(made)} actions; each became a campaign.")
    for campaign, extra in zip(made, told, strict=True):
        click.echo(campaign.slug)
        note(f"“{campaign.title}” is {NOW[campaign.state]}.")
        if extra["updates"]:
            note(f"It follows {extra['updates']}. `advocacy campaigns update {campaign.slug}` shows what it changes.")
        for fault in extra["faults"] if campaign.state is CampaignState.DRAFT else ():
            note(f"To mend before launch: {fault.partition(': ')[2]}")


def _told(campaign: Campaign, now: datetime, settings: Settings) -> dict[str, Any]:
    update = updates.proposal(db.session(), campaign)
    faults = campaigns.launch_faults(campaign, now, settings)
    return {
        "updates": update.campaign.slug if update else None,
        "left_to_check": editing.left_to_check(campaign),
        "faults": [f"{fault.field}: {fault.message}" for fault in faults],
    }


def _review_unless_doubtful(campaign: Campaign, now: datetime) -> None:
    """Whoever launches at once has reviewed by that what was read without doubt; a doubt needs a person's look."""
    left = [name for name in editing.left_to_check(campaign) if name != _OUR_START]
    if left or updates.undecided(campaign):
        wanting = f"these fields are in doubt: {', '.join(left)}" if left else "it follows an earlier campaign"
        raise ConflictError(
            f"“{campaign.title}” stays a draft, for {wanting}. `advocacy campaigns review {campaign.slug}` shows them."
        )
    editing.mark_reviewed(db.session(), campaign, now=now, actor="cli")


@click.command()
@click.argument("slug")
@click.option("--done", is_flag=True, help="Say that you have looked at all of it.")
@_JSON
@with_app
def review(app: Flask, slug: str, done: bool, as_json: bool) -> None:  # noqa: FBT001
    """What is left to check of a draft's reading; a campaign goes live only when somebody has looked at it."""
    session, settings = db.session(), app.extensions["advocacy.settings"]
    campaign = campaigns.find(session, slug)
    left = editing.left_to_check(campaign)
    if done:
        editing.mark_reviewed(session, campaign, now=moment.now(session, gateways.current().clock), actor="cli")
        reading_cases.keep(campaign, settings.instance_path)
    if as_json:
        print_json(as_shown(campaign) | {"left_to_check": left, "reviewed_at": campaign.reviewed_at})
        return
    for name in left:
        click.echo(name)
    note("It is reviewed." if campaign.reviewed_at else f"{len(left)} left to check; `--done` says that you have.")


@click.command()
@click.argument("slug")
@click.option("--accept", is_flag=True, help="Take the changes over and plan everything unsent anew.")
@click.option("--field", "fields", multiple=True, help="Take over this field only; may be given several times.")
@_JSON
@with_app
def update(app: Flask, slug: str, accept: bool, fields: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """What the draft SLUG changes of the campaign it follows, field by field."""
    session = db.session()
    found = updates.proposal(session, campaigns.find(session, slug))
    if found is None:
        raise ConflictError(f"“{slug}” follows no campaign, or that was decided before.")
    chosen = fields or tuple(change.field for change in found.changes if change.usual and not found.ends)
    changes = [vars(change) | {"chosen": change.field in chosen} for change in found.changes]
    followed, doubtful = found.campaign, set(found.doubtful) & set(chosen)
    if accept:
        if doubtful and not fields:
            raise ConflictError(f"In doubt: {', '.join(sorted(doubtful))}. Name the fields to take over with --field.")
        updates.accept(
            session,
            found.draft.id,
            chosen,
            end=found.ends,
            gateways=gateways.current(),
            settings=app.extensions["advocacy.settings"],
            actor="cli",
        )
    if as_json:
        print_json(
            {"draft": slug, "updates": followed.slug, "ends": found.ends, "accepted": accept, "changes": changes}
        )
        return
    for change in found.changes:
        click.echo(f"{change.field}{' (in doubt)' if change.doubtful else ''}")
        click.echo(f"    was: {' | '.join(change.was) or '-'}\n    becomes: {' | '.join(change.becomes)}")
    ends = "It asks for no further action: the campaign closes, and its outcome mail waits on the desk. "
    note((ends if found.ends else "") + (f"“{followed.slug}” is updated." if accept else "Nothing was changed."))
