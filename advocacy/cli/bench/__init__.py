"""`advocacy bench`: how well and how fast, measured and printed; never a test that waits for a clock."""

import click

from advocacy.cli.bench.appeals import appeals
from advocacy.cli.bench.blast import blast
from advocacy.cli.bench.events import events
from advocacy.cli.bench.floor import floor
from advocacy.cli.bench.pages import pages
from advocacy.cli.bench.plan import plan
from advocacy.cli.bench.reading import reading
from advocacy.cli.bench.signup import signup
from advocacy.cli.bench.smtp import smtp


@click.group()
def bench() -> None:
    """Benchmarks. Compare figures of one run with each other: machines are shared and noisy."""


for command in (appeals, blast, events, floor, pages, plan, reading, signup, smtp):
    bench.add_command(command)
