"""`advocacy bench events`: how fast the provider's reports are taken in and applied, and whether order matters."""

import hashlib
import http.client
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import click
from flask import Flask
from sqlalchemy import delete, func, select, update

from advocacy.cli.bench.blast import launch
from advocacy.cli.bench.crowd import gather
from advocacy.cli.bench.serving import PRODUCT, served
from advocacy.cli.bench.stage import Stage, set_up
from advocacy.cli.bench.told import Post, addressed, happened, posts
from advocacy.cli.bench.usage import Usage
from advocacy.cli.context import note, print_json, refusals
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import current
from advocacy.gateways.sendgrid_reports import SIGNATURE_HEADER, TIMESTAMP_HEADER
from advocacy.models.base import db
from advocacy.models.blast import Delivery, Dispatch, Report
from advocacy.models.supporter import Subscription, Supporter, Suppression
from advocacy.operations import planning, reports
from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.disorder import Disorder
from advocacy.sendgrid_double.pace import Pace
from advocacy.sendgrid_double.posting import Poster

_AT_ONCE = 4
_UNKNOWN = 20
"""Of one request in so many nobody knows whether it was taken, until a report says so."""


@click.command()
@click.option("--events", default=100_000, show_default=True, type=click.IntRange(min=10), help="How many.")
@click.option("--database-url", default="", help='An empty database; "sqlite" for a file; else one of its own.')
@click.option("--orders", default=2, show_default=True, type=click.IntRange(min=1), help="In how many orders.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def events(ctx: click.Context, events: int, database_url: str, orders: int, as_json: bool) -> None:  # noqa: FBT001
    """Post signed events of a blast, shuffled and some of them twice, to gunicorn as in production; then apply them.

    \b
    taken_in     events a second until all are stored; processor time of web and database, peak memory of web
    applied      events a second of one worker
    same_end     whether each order came to the same end
    """
    poster = Poster("", Account(), Pace(), Disorder())
    with refusals(), set_up(
        ctx.find_root().obj, database_url=database_url, webhook_key=poster.public_key
    ) as stage:  # fmt: skip
        blast_id = _sent(stage, max(events // 2, 1))
        people = addressed(db.session(), blast_id)
        db.session.rollback()  # Writing a million events takes longer than a transaction may be idle.
        measured: dict[str, Any] = {"events": events, "database": db.engine.dialect.name}
        runs, at = [], current().clock.now().timestamp()
        for seed in range(orders):
            told = happened(len(people), events, seed=seed)
            note(f"Writing {len(told):,} events.")
            written = posts(db.session(), people, told, poster, stage.folder / "posts", at=at)
            runs.append(_measured(stage, written) | {"end": _end(blast_id)})
            _start_over(blast_id)
    ends = {run.pop("end") for run in runs}
    measured |= {"orders": runs, "same_end": len(ends) == 1}
    if as_json:
        print_json(measured)
    else:
        _print(measured)
    if not measured["same_end"]:
        raise SystemExit(1)


def _sent(stage: Stage, people: int) -> int:
    """Plan a blast and let its requests be handed over, in the books alone."""
    session = db.session()
    note(f"Making {people:,} supporters and planning a blast to them.")
    gather(session, people, now=current().clock.now())
    blast_id = launch(stage)
    while planning.plan(session, blast_id, gateways=current(), settings=stage.settings):
        pass
    _hand_over(blast_id)
    return blast_id


def _hand_over(blast_id: int) -> None:
    session, now = db.session(), current().clock.now()
    begun = {"inflight_at": now, "answer_by": now, "settled_at": None, "settled_how": None}
    for state, which in (
        (DispatchState.ACCEPTED, Dispatch.no % _UNKNOWN != 0),
        (DispatchState.AMBIGUOUS, Dispatch.no % _UNKNOWN == 0),
    ):
        session.execute(update(Dispatch).where(Dispatch.blast_id == blast_id, which).values(begun | {"state": state}))
    session.commit()


def _start_over(blast_id: int) -> None:
    session = db.session()
    session.execute(delete(Report))
    session.execute(delete(Suppression))
    session.execute(update(Subscription).values(left_at=None))
    session.execute(update(Supporter).values(state=SupporterState.ACTIVE))
    session.execute(update(Delivery).where(Delivery.outcome.is_not(None)).values(outcome=None, outcome_at=None))
    _hand_over(blast_id)


def _measured(stage: Stage, written: Sequence[Post]) -> dict[str, Any]:
    count = sum(post.events for post in written)
    with served(stage, PRODUCT) as (port, pid), Usage({"web": pid, **stage.pids}) as taking:
        began = time.monotonic()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(_post_all, [(port, written[first::_AT_ONCE]) for first in range(_AT_ONCE)]))
        seconds = time.monotonic() - began
    kept = db.session().scalar(select(func.count()).select_from(Report)) or 0
    note(f"{count:,} events were taken in {seconds:.1f} s; {kept:,} are left of them. Applying those.")
    return {
        "taken_in": _figures(count, seconds, taking, "web"),
        "kept": kept,
        "applied": _applied(stage, kept),
    }


def _applied(stage: Stage, kept: int) -> dict[str, Any]:
    """Apply in a process of its own, as a worker does."""
    db.session.remove()
    db.engine.dispose()
    context = multiprocessing.get_context("fork")
    go, done = context.Event(), context.Event()
    worker = context.Process(target=_apply, args=(stage.app, go, done), daemon=True)
    worker.start()
    with Usage({"worker": worker.pid or 0, **stage.pids}) as usage:
        began = time.monotonic()
        go.set()
        while not done.wait(0.05):
            if not worker.is_alive():
                raise click.ClickException("The worker died while it applied the events.")
        seconds = time.monotonic() - began
    worker.terminate()
    worker.join()
    return _figures(kept, seconds, usage, "worker")


def _apply(app: Flask, go: Any, done: Any) -> None:
    go.wait()
    with app.app_context():
        while reports.apply(db.session(), clock=current().clock):
            pass
        db.session.remove()
    done.set()
    time.sleep(60)  # What it used is read from outside while it lives.


def _figures(count: int, seconds: float, usage: Usage, who: str) -> dict[str, Any]:
    cpu = {name: round(used / count * 1_000_000, 2) for name, used in usage.cpu().items()}
    return {
        "per_second": round(count / seconds),
        "seconds": round(seconds, 2),
        "cpu_seconds_per_million": cpu,
        "peak_rss_mb": usage.peaks(who),
    }


def _post_all(work: tuple[int, Sequence[Post]]) -> None:
    port, some = work
    kind = {"Content-Type": "application/json;charset=utf-8"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for post in some:
            signed = {SIGNATURE_HEADER: post.signature, TIMESTAMP_HEADER: post.timestamp}
            connection.request("POST", "/hooks/sendgrid", post.body.read_bytes(), kind | signed)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 204:
                raise click.ClickException(f"A post of events was answered with {answer.status}.")


def _end(blast_id: int) -> str:
    """Return a digest of all that the events decide."""
    session, told = db.session(), hashlib.sha256()
    for query in (
        select(Delivery.supporter_id, Delivery.outcome, Delivery.outcome_at)
        .where(Delivery.blast_id == blast_id)
        .order_by(Delivery.supporter_id),
        select(Dispatch.no, Dispatch.state).where(Dispatch.blast_id == blast_id).order_by(Dispatch.no),
        select(Supporter.id, Supporter.state).where(Supporter.state != SupporterState.ACTIVE).order_by(Supporter.id),
        select(Suppression.suppression_key).order_by(Suppression.suppression_key),
    ):
        for row in session.execute(query.execution_options(yield_per=10_000)):
            told.update(repr(tuple(row)).encode())
    session.rollback()
    return told.hexdigest()


def _print(measured: dict[str, Any]) -> None:
    click.echo(f"{measured['events']:,} events on {measured['database']}; same end: {measured['same_end']}")
    for number, run in enumerate(measured["orders"], 1):
        for what in ("taken_in", "applied"):
            one = run[what]
            click.echo(
                f"order {number}  {what:<9}{one['per_second']:>9,}/s  "
                f"CPU s per million {one['cpu_seconds_per_million']}  peak MB {one['peak_rss_mb'][:3]}"
            )
