"""`advocacy bench reading DIR`: read documents and compare with what a careful reader takes from them."""

import json
import statistics
import time
from pathlib import Path
from typing import Any

import click

from advocacy.cli.context import note, print_json
from advocacy.domain.reading import read
from advocacy.domain.reading.measure import measure


@click.command(
    help=f"""Read every pair NN.txt / NN.expected.json in DIR and count, per key, what was right.

\b
{measure.__doc__}
    Pairs with "is_action": false are no urgent actions: only whether they are refused is counted, under `refused`."""
)
@click.argument("directory", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reading(directory: Path, as_json: bool) -> None:  # noqa: FBT001
    """Read every pair in DIR; the help is given above because it holds the definition of right."""
    pairs, milliseconds, refused = [], [], {"right": 0, "wrong": 0}
    for expected in sorted(directory.glob("*.expected.json")):
        text = expected.with_name(expected.name.replace(".expected.json", ".txt")).read_text(encoding="utf-8")
        began = time.perf_counter()
        ours = read(text).as_json()
        milliseconds.append((time.perf_counter() - began) * 1000)
        theirs = json.loads(expected.read_text(encoding="utf-8"))
        if theirs.get("is_action", True):
            pairs.append((ours, theirs))
        else:
            refused["wrong" if ours["is_action"] else "right"] += 1
    if not milliseconds:
        raise click.UsageError(f"{directory} has no pair NN.txt and NN.expected.json.")
    measured = measure(pairs) | {
        "refused": refused,
        "milliseconds": {"median": round(statistics.median(milliseconds), 1), "most": round(max(milliseconds), 1)},
    }
    if as_json:
        print_json(measured)
    else:
        _print(measured)


def _print(measured: dict[str, Any]) -> None:
    click.echo(f"{'key':<12}{'right':>7}{'wrong':>7}{'missed':>8}{'invented':>10}{'F1':>7}")
    for key, count in measured["keys"].items():
        f1 = f"{count['f1']:.2f}" if "f1" in count else ""
        click.echo(f"{key:<12}{count['right']:>7}{count['wrong']:>7}{count['missed']:>8}{count['invented']:>10}{f1:>7}")
    facts = "-" if measured["facts"] is None else f"{measured['facts']:.1%}"
    note(f"{measured['documents']} documents; index, number, dates and language together {facts} right.")
    note(f"Of what is no urgent action, {measured['refused']['right']} refused, {measured['refused']['wrong']} taken.")
    note(
        f"Median {measured['milliseconds']['median']} ms a document, the slowest {measured['milliseconds']['most']} ms."
    )
