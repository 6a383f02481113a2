"""`advocacy bench blast`: one blast to everyone, from the launch to the last answer, by the engine as it is."""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import Connection, func, select

from advocacy.cli.bench.crowd import LANGUAGES, ZONES, gather
from advocacy.cli.bench.floor import building
from advocacy.cli.bench.stage import Stage, add_campaign, process, set_up, sink_with
from advocacy.cli.bench.usage import Usage
from advocacy.cli.context import note, print_json, refusals
from advocacy.domain.dispatch import OPEN
from advocacy.gateways import current
from advocacy.models import installation
from advocacy.models.base import db
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.operations import engine, invariants, planning

_TICK_SECONDS = 5.0
_POLL_SECONDS = 0.1
_PATIENCE = 120.0
"""Without any progress for so long, the benchmark gives up."""


@click.command()
@click.option("--recipients", default=100_000, show_default=True, type=click.IntRange(min=1), help="How many people.")
@click.option(
    "--database-url", default="", help='An empty database; "sqlite" for a file; else a PostgreSQL of its own.'
)
@click.option("--redis-url", default="", help="A broker; else one of its own.")
@click.option("--provider-url", default="", help="Post there, as to SendGrid; else to a bare sink of its own.")
@click.option("--latency-ms", default=0.0, show_default=True, type=click.FloatRange(min=0), help="The sink's.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=1), help="Worker processes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def blast(
    ctx: click.Context,
    recipients: int,
    database_url: str,
    redis_url: str,
    provider_url: str,
    latency_ms: float,
    workers: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Launch a campaign to made-up supporters in 24 time zones and two languages, all due now, and measure.

    \b
    per_second   people, from the launch to the last answer, planning included
    ratio        per_second by what building, signing and posting alone reach in the same run
    cpu_seconds_per_million   of workers, database and broker; the sink's apart
    peak_rss_mb  of each worker process
    growth       of the largest worker: the last quarter of the time by the second
    """
    with refusals(), set_up(
        ctx.find_root().obj,
        database_url=database_url,
        redis_url=redis_url,
        provider_url=provider_url,
        latency=latency_ms,
    ) as stage, _engine(stage, workers) as start:  # fmt: skip
        measured: dict[str, Any] = {"recipients": recipients, "workers": workers, "latency_ms": latency_ms}
        measured |= {"database": db.engine.dialect.name, "zones": len(ZONES), "languages": len(LANGUAGES)}
        measured |= _measured(stage, start, recipients)
    if as_json:
        print_json(measured)
    else:
        _print(measured)
    if measured["broken"] or measured["missing"] or measured["sink"].get("twice"):
        raise SystemExit(1)


Start = Callable[[], int]
"""Sets the engine going; returns the process that is the root of all that works."""


def _measured(stage: Stage, start: Start, recipients: int) -> dict[str, Any]:
    session = db.session()
    began = time.monotonic()
    note(f"Making {recipients:,} supporters.")
    gather(session, recipients, now=current().clock.now())
    seeded = time.monotonic()
    with sink_with(0) as own:
        floor = building(own.url, recipients)["built"]
    note("Launching.")
    before = stage.sink.figures() if stage.sink.pid else {}
    root = start()
    with Usage({"workers": root, **stage.pids}) as usage:
        launched = time.monotonic()
        blast_id = launch(stage)
        planned, ended = _wait(blast_id, recipients)
    seconds = ended - launched
    figures = {
        "per_second": round(recipients / seconds),
        "ratio": round(recipients / seconds / floor["per_second"], 3),
        "seconds": {
            "making_supporters": round(seeded - began, 1),
            "until_planned": round(planned - launched, 2),
            "all": round(seconds, 2),
        },
        "cpu_seconds_per_million": {
            name: round(used / recipients * 1_000_000, 2) for name, used in usage.cpu().items()
        },
        "peak_rss_mb": usage.peaks("workers"),
        "growth": usage.growth("workers"),
        "floor": floor,
    }
    return figures | _outcome(stage, blast_id, recipients, before)


def _outcome(stage: Stage, blast_id: int, recipients: int, before: dict[str, Any]) -> dict[str, Any]:
    """What the sink took and what the invariants say: a fast engine that loses or doubles somebody is none."""
    session = db.session()
    planned = session.scalar(select(func.count()).where(Delivery.blast_id == blast_id)) or 0
    requests = session.scalar(select(func.count()).where(Dispatch.blast_id == blast_id)) or 0
    found: dict[str, Any] = {
        "requests": requests,
        "people_per_request": round(planned / max(requests, 1)),
        "missing": recipients - planned,
        "broken": [each.rule for each in invariants.check(session)],
        "sink": {},
    }
    if stage.sink.pid:
        took = {name: count - before[name] for name, count in stage.sink.figures().items()}
        found["missing"] = max(found["missing"], recipients - took["people"])
        found["sink"] = {
            "people": took["people"],
            "twice": took["twice"] + max(0, took["people"] - recipients),
            "bytes_per_person": round(took["bytes"] / max(took["people"], 1)),
            "cpu_seconds_per_million": round(took["cpu_seconds"] / recipients * 1_000_000, 2),
        }
    return found


def launch(stage: Stage) -> int:
    """Launch one more campaign; return its first blast."""
    session = db.session()
    number = (session.scalar(select(func.max(Blast.campaign_id))) or 0) + 1
    campaign = add_campaign(stage.app, number)
    bundle = current()
    planning.derive(session, campaign, now=bundle.clock.now(), writer=bundle.mails, settings=stage.settings)
    id_ = session.scalar(select(Blast.id).where(Blast.campaign_id == campaign.id, Blast.rule == "launch"))
    session.commit()
    if id_ is None:
        raise RuntimeError("the launch has no blast")
    return id_


def _wait(blast_id: int, recipients: int) -> tuple[float, float]:
    """Return when all was planned and when all was answered."""
    planned_at = 0.0
    moved = last = time.monotonic()
    known: tuple[int, int] = (0, 0)
    with db.engine.connect().execution_options(advocacy_read_only=True) as connection:
        while True:
            time.sleep(_POLL_SECONDS)
            planned, people, open_ = _standing(connection, blast_id)
            now = time.monotonic()
            if planned and not planned_at:
                planned_at = now
            if planned and not open_:
                return planned_at, now
            if (people, open_) != known:
                known, moved = (people, open_), now
            if now - last > _TICK_SECONDS:
                last = now
                note(f"{people:,} of {recipients:,} planned, {open_:,} requests open.")
            if now - moved > _PATIENCE:
                raise click.ClickException(f"Nothing has moved for {_PATIENCE:.0f} seconds; {open_} requests are open.")


def _standing(connection: Connection, blast_id: int) -> tuple[bool, int, int]:
    planned = connection.scalar(select(Blast.planned_at).where(Blast.id == blast_id)) is not None
    people, open_ = connection.execute(
        select(func.coalesce(func.sum(Dispatch.n), 0), func.count().filter(Dispatch.state.in_(OPEN))).where(
            Dispatch.blast_id == blast_id
        )
    ).one()
    connection.rollback()
    return planned, int(people), int(open_)


@contextmanager
def _engine(stage: Stage, workers: int) -> Iterator[Start]:
    """Have the engine ready: Celery workers beside a broker, else one process that waits to be told to begin."""
    with ExitStack() as stack:
        if stage.settings.redis_url:
            yield lambda: _workers(stack, stage, workers)
            return
        context = multiprocessing.get_context("fork")
        go = context.Event()
        db.session.remove()
        db.engine.dispose()
        alone = context.Process(target=_alone, args=(stage.app, go), daemon=True)
        alone.start()
        stack.callback(alone.join)
        stack.callback(alone.terminate)

        def begin() -> int:
            go.set()
            return alone.pid or 0

        yield begin


def _alone(app: Flask, go: Any) -> None:
    go.wait()
    with app.app_context():
        while True:
            engine.run_once(db.session(), gateways=current(), settings=app.extensions["advocacy.settings"])
            db.session.remove()
            time.sleep(_POLL_SECONDS)


def _workers(stack: ExitStack, stage: Stage, workers: int) -> int:
    """Start worker and beat as the Procfile does, and return just before a tick."""
    log = stack.enter_context((stage.folder / "workers.log").open("wb"))
    options = {"env": stage.environment, "cwd": stage.folder, "stdout": log, "stderr": subprocess.STDOUT}
    celery = [str(Path(sys.executable).with_name("celery")), "-q", "-A"]
    queues = ["--queues", "tick,send,single,reports,files", "--concurrency", str(workers)]
    worker = [*celery, "workers.main", "worker", *queues, "--without-gossip", "--without-mingle"]
    running = stack.enter_context(process(worker, **options))
    stack.enter_context(process([*celery, "workers.beat", "beat", "--pidfile="], **options))
    session = db.session()
    installation.set_fact(session, installation.TICKED_AT, None)
    session.commit()
    ends = time.monotonic() + _PATIENCE
    while installation.fact(session, installation.TICKED_AT) is None:
        session.rollback()
        if running.poll() is not None or time.monotonic() > ends:
            told = (stage.folder / "workers.log").read_text(encoding="utf-8", errors="replace")
            raise click.ClickException(f"The workers do not start:\n{told[-2000:]}")
        time.sleep(_POLL_SECONDS)
    session.rollback()
    time.sleep(_TICK_SECONDS - 0.5)
    return running.pid


def _print(measured: dict[str, Any]) -> None:
    for name, figure in measured.items():
        shown = ", ".join(f"{what} {value}" for what, value in figure.items()) if isinstance(figure, dict) else figure
        click.echo(f"{name:<26}{shown}")
