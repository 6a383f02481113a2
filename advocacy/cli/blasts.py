"""Blasts: schedule one by hand, list, show, pause, resume, cancel, decide about what nobody knows."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.cli.context import note, print_json, with_app
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.selection import Selection
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.progress import progress_of
from advocacy.operations import again as operations_again
from advocacy.operations import blast_moves, releasing, standing
from advocacy.operations import blasts as operations
from advocacy.operations import campaigns as campaign_operations
from advocacy.operations.blast_moves import Decision

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def blasts() -> None:
    """The mails of campaigns: one mail to one audience each."""


@blasts.command()
@click.argument("slug")
@click.option("--subject", required=True)
@click.option("--text", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="Markdown.")
@click.option("--at", required=True, help="When: 2026-03-05T10:00, in UTC; with --local on each person's own clock.")
@click.option("--local", is_flag=True, help="At this time of each person's own day.")
@click.option(
    "--audience",
    default="",
    help="For example: country=CA,GB language=fr zone=Europe/Paris tag=press acted=no (or yes, or post,email) "
    "joined=2026-03-01..2026-03-31 had=12 missed=13; the numbers are those of `advocacy blasts list`.",
)
@_JSON
@with_app
def schedule(
    app: Flask,
    slug: str,
    subject: str,
    text: Path,
    at: str,
    local: bool,  # noqa: FBT001
    audience: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Schedule a mail written by hand."""
    session = db.session()
    when = _instant(at, local=local)
    draft = operations.Draft(subject, text.read_text(encoding="utf-8"), when, Selection.parse(audience))
    blast = releasing.schedule(
        session,
        campaign_operations.find(session, slug),
        draft,
        gateways=gateways.current(),
        settings=app.extensions["advocacy.settings"],
        actor="cli",
    )
    _tell(session, blast.id, as_json=as_json)


@blasts.command("list")
@click.option("--campaign", "slug", help="Only those of one campaign.")
@_JSON
@with_app
def list_(_app: Flask, slug: str | None, as_json: bool) -> None:  # noqa: FBT001
    """All blasts, the next first."""
    session = db.session()
    query = select(Blast, Campaign.slug).join(Campaign).order_by(Blast.scheduled_at, Blast.id)
    if slug is not None:
        query = query.where(Blast.campaign_id == campaign_operations.find(session, slug).id)
    rows = session.execute(query).all()
    if as_json:
        print_json([_told(blast) | {"campaign": name} for blast, name in rows])
        return
    for blast, name in rows:
        click.echo(f"{blast.id}\t{name}\t{blast.rule}\t{blast.state}\t{blast.scheduled_at:%Y-%m-%d %H:%M} UTC")
    if not rows:
        note("There is no blast yet: launching a campaign makes them.")


@blasts.command()
@click.argument("number", type=int)
@_JSON
@with_app
def show(_app: Flask, number: int, as_json: bool) -> None:  # noqa: FBT001
    """One blast: how far it is, why it waits, and which of its requests are held."""
    _tell(db.session(), number, as_json=as_json)


@blasts.command()
@click.argument("number", type=int)
@_JSON
@with_app
def pause(_app: Flask, number: int, as_json: bool) -> None:  # noqa: FBT001
    """Hold a blast: no request of it begins any more."""
    session = db.session()
    blast_moves.pause(session, number, now=_now(session), actor="cli")
    _tell(session, number, as_json=as_json)


@blasts.command()
@click.argument("number", type=int)
@_JSON
@with_app
def resume(_app: Flask, number: int, as_json: bool) -> None:  # noqa: FBT001
    """Let a paused blast go on."""
    session = db.session()
    blast_moves.resume(session, number, now=_now(session), actor="cli")
    _tell(session, number, as_json=as_json)


@blasts.command()
@click.argument("number", type=int)
@_JSON
@with_app
def cancel(_app: Flask, number: int, as_json: bool) -> None:  # noqa: FBT001
    """Stop a blast for good."""
    session = db.session()
    blast_moves.cancel(session, number, now=_now(session), actor="cli")
    _tell(session, number, as_json=as_json)


@blasts.command()
@click.argument("number", type=int)
@_JSON
@with_app
def again(_app: Flask, number: int, as_json: bool) -> None:  # noqa: FBT001
    """Send a missed, cancelled or expired mail to those who did not get it, as a new blast."""
    session = db.session()
    made = operations_again.send_again(session, number, now=_now(session), actor="cli")
    _tell(session, made.id, as_json=as_json)


@blasts.command()
@click.argument("number", type=int)
@click.argument("dispatch", type=int)
@click.argument("decision", type=click.Choice([each.value for each in Decision]))
@_JSON
@with_app
def decide(_app: Flask, number: int, dispatch: int, decision: str, as_json: bool) -> None:  # noqa: FBT001
    """Settle a held request: "resend" risks a second copy, "leave" risks that its people get none."""
    session = db.session()
    blast_moves.decide(session, number, dispatch, Decision(decision), now=_now(session), actor="cli")
    _tell(session, number, as_json=as_json)


def _now(session: Session) -> datetime:
    return moment.now(session, gateways.current().clock)


def _instant(text: str, *, local: bool) -> datetime:
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidError(f"“{text}” is no time. Write it as in 2026-03-05T10:00.") from None
    if local:
        if written.tzinfo is not None:
            raise InvalidError("A local time has no zone: each person's own clock decides.")
        return written
    return written if written.tzinfo is not None else written.replace(tzinfo=UTC)


def _tell(session: Session, number: int, *, as_json: bool) -> None:
    blast = session.get(Blast, number)
    if blast is None:
        raise NotFoundError(f"There is no blast {number}. `advocacy blasts list` names them all.")
    progress = progress_of(session, [number])[number]
    waits = standing.reasons_to_wait(session, blast, _now(session))
    held = list(
        session.scalars(
            select(Dispatch.no).where(Dispatch.blast_id == number, Dispatch.state == DispatchState.AMBIGUOUS)
        )
    )
    told = _told(blast) | {
        "accepted": progress.accepted,
        "open": progress.open,
        "held": progress.held,
        "cancelled": progress.cancelled,
        "left_out": progress.left_out,
        "held_dispatches": held,
        "waits": waits,
    }
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        click.echo(f"{name}: {value}")


def _told(blast: Blast) -> dict[str, Any]:
    return {
        "id": blast.id,
        "rule": blast.rule,
        "state": blast.state.value,
        "why": blast.state_reason,
        "scheduled_at": blast.scheduled_at.isoformat(),
        "send_by": blast.send_by.isoformat(),
    }
