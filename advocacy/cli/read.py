"""Read an urgent-action document and print what was understood. Needs no database and changes nothing."""

from pathlib import Path

import click

from advocacy.cli.context import note, print_json, refusals
from advocacy.domain.reading import Reading, Target
from advocacy.domain.reading import read as understand
from advocacy.gateways.documents import text_of


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, each field with its place and how sure we are.")
def read(file: Path, as_json: bool) -> None:  # noqa: FBT001
    """Read FILE (text, HTML, PDF, Word) and print what was understood of it."""
    with refusals():
        reading = understand(text_of(file.name, file.read_bytes()))
    if as_json:
        print_json(reading.as_json())
        return
    _print(reading)
    doubts = reading.doubts()
    note(f"To check: {', '.join(doubts)}." if doubts else "Nothing is in doubt.")
    note(reading.verdict.reason)


def _print(reading: Reading) -> None:
    for name, value in (
        ("Title", reading.title.value),
        ("Number", reading.ua_number.value),
        ("Index", reading.index.value),
        ("Issued", reading.issued.value),
        ("Deadline", reading.deadline.value),
        ("Language", reading.language.value),
        ("Countries", ", ".join(field.value for field in reading.countries)),
    ):
        click.echo(f"{name}: {value or 'not said'}")
    for number, field in enumerate(reading.demands, start=1):
        click.echo(f"Demand {number}: {field.value}")
    for target in reading.targets:
        _print_target(target.value)


def _print_target(target: Target) -> None:
    click.echo(f"{'Write to' if target.role == 'primary' else 'Copy to'}: {target.name}")
    for line in target.postal_lines:
        click.echo(f"    {line}")
    for name, value in (
        ("Salutation", target.salutation),
        ("E-mail", target.email),
        ("Phone", target.phone),
        ("Fax", target.fax),
    ):
        if value:
            click.echo(f"    {name}: {value}")
