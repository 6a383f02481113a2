"""`advocacy bench plan`: how fast people are put into a blast."""

import os
import time
from typing import Any

import click
from sqlalchemy import func, select

from advocacy.cli.bench.blast import launch
from advocacy.cli.bench.crowd import gather
from advocacy.cli.bench.floor import rows_alone
from advocacy.cli.bench.stage import Stage, set_up
from advocacy.cli.bench.usage import Usage
from advocacy.cli.context import note, print_json, refusals
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.blast import Delivery, Dispatch
from advocacy.operations import planning


@click.command()
@click.option("--recipients", default=100_000, show_default=True, type=click.IntRange(min=1), help="How many people.")
@click.option(
    "--database-url", default="", help='An empty database; "sqlite" for a file; else a PostgreSQL of its own.'
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def plan(ctx: click.Context, recipients: int, database_url: str, as_json: bool) -> None:  # noqa: FBT001
    """Plan a launch to made-up supporters in 24 time zones and two languages in one process, and measure.

    `ratio` is the rate by that of writing the rows alone in the same run.
    """
    with refusals(), set_up(ctx.find_root().obj, database_url=database_url) as stage:
        note(f"Making {recipients:,} supporters.")
        gather(db.session(), recipients, now=current().clock.now())
        measured = {"recipients": recipients, "database": db.engine.dialect.name} | _measured(stage, recipients)
    if as_json:
        print_json(measured)
        return
    for name, figure in measured.items():
        click.echo(f"{name:<26}{figure}")


def _measured(stage: Stage, recipients: int) -> dict[str, Any]:
    session = db.session()
    alone = rows_alone(stage, recipients)["per_second"]
    blast_id, chunks, longest = launch(stage), 0, 0.0
    with Usage({"planner": os.getpid(), **stage.pids}) as usage:
        began = last = time.monotonic()
        while planning.plan(session, blast_id, gateways=current(), settings=stage.settings):
            chunks, longest, last = chunks + 1, max(longest, time.monotonic() - last), time.monotonic()
        seconds = time.monotonic() - began
    people = session.scalar(select(func.count()).where(Delivery.blast_id == blast_id)) or 0
    requests = session.scalar(select(func.count()).where(Dispatch.blast_id == blast_id)) or 0
    cpu = usage.cpu()
    return {
        "people": people,
        "per_second": round(people / seconds),
        "rows_alone_per_second": alone,
        "ratio": round(people / seconds / alone, 3),
        "chunks": chunks,
        "longest_chunk_seconds": round(longest, 3),
        "people_per_request": round(people / max(requests, 1)),
        "cpu_seconds_per_million": {name: round(used / recipients * 1_000_000, 2) for name, used in cpu.items()},
    }
