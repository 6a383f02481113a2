"""`advocacy bench`: how well and how fast, measured and printed; never a test that waits for a clock."""

import click

from advocacy.cli.bench.appeals import appeals
from advocacy.cli.bench.reading import reading


@click.group()
def bench() -> None:
    """Benchmarks. Compare figures of one run with each other: machines are shared and noisy."""


bench.add_command(appeals)
bench.add_command(reading)
