"""The engine: one tick, in one process without Celery, its invariants, and letting it go after a restore."""

import signal
import threading
from dataclasses import asdict, replace
from datetime import UTC, datetime

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli.context import note, print_json, with_app
from advocacy.config import Env, Settings
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.operations import engine as operations
from advocacy.operations import figures, invariants

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_EVERY_SECONDS = 5.0


@click.group()
def engine() -> None:
    """What plans and sends."""


@engine.command()
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]), help="As if it were then (UTC).")
@_JSON
@with_app
def tick(app: Flask, at: datetime | None, as_json: bool) -> None:  # noqa: FBT001
    """Plan and hand over everything that is due now."""
    bundle, settings = gateways.current(), _settings(app)
    if at is not None:
        if settings.advocacy_env is Env.PRODUCTION:
            raise click.ClickException("--at would send early or late: it is refused in production.")
        bundle = replace(bundle, clock=SimulatedClock(at.replace(tzinfo=UTC)))
    requests = operations.run_once(db.session(), gateways=bundle, settings=settings)
    figures.count_due(db.session(), clock=bundle.clock)
    if as_json:
        print_json({"requests": requests})
    else:
        note(f"{requests} requests handed over.")


@engine.command()
@with_app
def run(app: Flask) -> None:
    """Plan and send in this one process, until Ctrl-C."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    note("The engine runs. Ctrl-C ends it after the request in hand.")
    while not ended.is_set():
        operations.run_once(db.session(), gateways=gateways.current(), settings=_settings(app), stopping=ended.is_set)
        figures.count_due(db.session(), clock=gateways.current().clock)
        db.session.remove()
        ended.wait(_EVERY_SECONDS)


@engine.command()
@_JSON
@with_app
def check(_app: Flask, as_json: bool) -> None:  # noqa: FBT001
    """Whether everything holds that must hold; exits with 1 if something does not."""
    broken = invariants.check(db.session())
    if as_json:
        print_json([asdict(each) for each in broken])
    for each in broken if not as_json else ():
        click.echo(f"Broken, {each.times} times: {each.rule} ({'; '.join(each.examples)})")
    if broken:
        raise SystemExit(1)
    note("All invariants hold.")


@engine.command()
@_JSON
@with_app
def recount(_app: Flask, as_json: bool) -> None:  # noqa: FBT001
    """Count every campaign's figures anew from the ledger; the engine does so by itself when something changed."""
    campaigns = figures.recount(db.session(), clock=gateways.current().clock)
    if as_json:
        print_json({"campaigns": campaigns})
    else:
        note(f"{campaigns} campaigns counted.")


@engine.command()
@_JSON
@with_app
def resume(_app: Flask, as_json: bool) -> None:  # noqa: FBT001
    """Let a restored installation send again."""
    session = db.session()
    now = moment.now(session, gateways.current().clock)
    resumed = operations.resume(session, now=now, actor="cli")
    if as_json:
        print_json({"resumed": resumed})
    else:
        note("It sends again." if resumed else "It was not held: nothing was changed.")


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["advocacy.settings"]
    return settings
