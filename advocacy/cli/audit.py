"""The audit log: is it whole?"""

import click
from flask import Flask

from advocacy.cli.context import note, print_json, with_app
from advocacy.models.base import db
from advocacy.operations import audit as operations


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_app
def verify(_app: Flask, as_json: bool) -> None:  # noqa: FBT001
    """Check that no entry was changed, removed or cut off. Exits with 1 if one was."""
    verdict = operations.verify(db.session())
    if as_json:
        print_json({"entries": verdict.entries, "whole": verdict.broken_at is None, "broken_at": verdict.broken_at})
    elif verdict.broken_at is None:
        note(f"The audit log is whole: {verdict.entries} entries.")
    elif verdict.broken_at == 0:
        note("Entries are missing at the end of the audit log.")
    else:
        note(f"The audit log was changed at or before entry {verdict.broken_at}.")
    if verdict.broken_at is not None:
        raise SystemExit(1)
