"""Lists of supporters in and out on the command line. The work is the desk's, done here and now with a bar."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli.context import note, print_json, with_app
from advocacy.domain.csv_text import DELIMITERS, written
from advocacy.domain.errors import InvalidError
from advocacy.domain.import_cells import Refused
from advocacy.domain.importing import WORKING, Column, ImportState
from advocacy.domain.selection import Selection
from advocacy.models import moment, people
from advocacy.models.base import db
from advocacy.models.supporter_import import SupporterImport
from advocacy.operations import exports, imports, lists

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_DELIMITERS = {word: sign for sign, word in DELIMITERS.items()}
_BEYOND = ("beyond the header",)
_WORDS = {
    "new": "new",
    "known": "known already",
    "again": "an address that stands in the file before",
    "stopped": "never to be written to again",
    "refused": "refused, with something wrong in a cell",
}


@dataclass(frozen=True)
class _How:
    """How a file is to be read where our guess is not what is wanted."""

    charset: str | None
    delimiter: str | None
    columns: tuple[str, ...]


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--basis", required=True, help="Where, when and to what they agreed; kept with each of them.")
@click.option("--column", "columns", multiple=True, metavar="NAME=NO", help="Which column (from 1) is what: email=3.")
@click.option("--charset", help="What the file is written in, if not what we guess.")
@click.option("--delimiter", type=click.Choice(list(_DELIMITERS)), help="What parts its cells, if not what we guess.")
@click.option("--tag", "tags", multiple=True, help="A tag for all of them; may be given several times.")
@click.option("--no-alerts", is_flag=True, help="Do not put them on the alert list.")
@click.option("--refused", "refused_file", type=click.Path(path_type=Path), help="Write the refused rows here.")
@click.option("--dry-run", is_flag=True, help="Check and count only; add nobody.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_JSON
@with_app
def import_(
    app: Flask,
    file: Path,
    basis: str,
    columns: tuple[str, ...],
    charset: str | None,
    delimiter: str | None,
    tags: tuple[str, ...],
    no_alerts: bool,  # noqa: FBT001
    refused_file: Path | None,
    dry_run: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Take in a list of supporters from a CSV file.

    Every row is checked first; then you are asked. If this is stopped or killed, give the same command again: it goes
    on where it was, and so does a worker that runs.
    """
    session, clock, settings = db.session(), gateways.current().clock, app.extensions["advocacy.settings"]
    with file.open("rb") as stream:
        made = imports.take(session, stream, file.name, now=moment.now(session, clock), actor="cli")
    if made.state is not ImportState.RUNNING:
        _check(app, made, _How(charset, delimiter, columns))
        if refused_file is not None:
            refused_file.touch(mode=0o600)
            with refused_file.open("w", encoding="utf-8", newline="") as out:
                out.writelines(_refused_csv(made))
        _say(made.checked, "would be")
        if dry_run:
            imports.discard(session, made, now=moment.now(session, clock))
            _answer(made, made.checked, as_json=as_json)
            return
        if not yes and sys.stdin.isatty():
            click.confirm(f"Add {made.checked['new']} and update {made.checked['known']}?", abort=True, err=True)
        terms = imports.Terms(basis, alerts=not no_alerts, tags=",".join(tags))
        imports.begin(session, made, terms, now=moment.now(session, clock), actor="cli", settings=settings)
    _work(app, made, "Taking in", lambda row: row.rows_done, sum(made.checked.values()))
    _say(made.counts, "are")
    _answer(made, made.counts, as_json=as_json)


@click.command("undo-import")
@click.argument("uid")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_JSON
@with_app
def undo(app: Flask, uid: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001
    """Take back what an import added, and only that; UID is what `import` printed."""
    session, clock = db.session(), gateways.current().clock
    made = imports.by_uid(session, uid)
    if not yes:
        click.confirm(f"Remove the {made.counts.get('new', 0)} people whom “{made.name}” added?", abort=True, err=True)
    if made.state is not ImportState.UNDOING:
        imports.undo(session, made, now=moment.now(session, clock), actor="cli")
    total = made.counts.get("new", 0) + made.counts.get("known", 0)
    _work(app, made, "Taking back", lambda row: row.rows_done, total)
    _answer(made, made.counts, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--filter", "expression", default="state=active", show_default=True, help="Whom: country=CA,GB tag=press")
@_JSON
@with_app
def export(_app: Flask, file: Path, expression: str, as_json: bool) -> None:  # noqa: FBT001
    """Write supporters to FILE.csv, which only you can read. It is whole or it is not there, and it is audited."""
    session, wanted = db.session(), Selection.parse(expression)
    now = moment.now(session, gateways.current().clock)
    total = people.counted_exactly(session, wanted)
    draft = file.with_name(f".{file.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    done = 0
    try:
        with (
            draft.open("w", encoding="utf-8", newline="") as out,
            click.progressbar(length=max(total, 1), label="Writing", file=sys.stderr) as bar,
        ):
            for text, done in exports.direct(session, wanted, now=now, actor="cli"):
                out.write(text)
                bar.update(max(done - bar.pos, 0))
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    draft.replace(file)
    note(f"{done:,} people are in {file}. Delete it once you have used it.")
    if as_json:
        print_json({"file": str(file), "people": done})


def _check(app: Flask, made: SupporterImport, how: _How) -> None:
    session = db.session()
    charset, delimiter = how.charset or made.charset, _DELIMITERS.get(how.delimiter or "", made.delimiter)
    chosen = {Column(name): at for name, at in made.columns.items()} | dict(_column(each) for each in how.columns)
    if made.state is ImportState.ARRIVED or (made.state is ImportState.CHECKED and how.columns):
        imports.set_columns(session, made, chosen, charset=charset, delimiter=delimiter)
    for column, at in sorted(chosen.items(), key=lambda pair: pair[1]):
        note(f"Column {at + 1} is taken for: {column.value}")
    _work(app, made, "Checking", lambda row: row.bytes_done, made.size)
    if made.state is ImportState.BROKEN:
        raise InvalidError(f"{made.name} cannot be taken apart, so nobody of it was added. {made.fault}")


def _column(text: str) -> tuple[Column, int]:
    name, _, number = text.partition("=")
    if name not in set(Column) or not number.isdecimal() or int(number) < 1:
        names = ", ".join(Column)
        raise InvalidError(f"--column {text} is not understood. Write for example email=3; there are {names}.")
    return Column(name), int(number) - 1


def _work(app: Flask, made: SupporterImport, label: str, done: Callable[[SupporterImport], int], total: int) -> None:
    """Work until it rests, with a bar on a terminal. A worker that is at it too does no harm: then we watch."""
    session, settings = db.session(), app.extensions["advocacy.settings"]
    clock = gateways.current().clock
    with click.progressbar(length=max(total, 1), label=label, file=sys.stderr) as bar:

        def go_on() -> bool:
            session.refresh(made)
            bar.update(max(min(done(made), total) - bar.pos, 0))
            session.rollback()
            return True

        while lists.advance(session, made.id, clock=clock, settings=settings, go_on=go_on) in WORKING:
            go_on()
            clock.sleep(0.2)
        bar.update(max(total, 1) - bar.pos)
    session.refresh(made)


def _refused_csv(made: SupporterImport) -> Iterator[str]:
    rows = imports.refused(db.session(), made)
    names = next(rows, Refused(1, (), {})).cells
    yield written([["Line", "What is wrong", *names]])
    for each in rows:
        reasons = [f"{(*names, *_BEYOND)[min(at, len(names))]}: {why}" for at, why in sorted(each.faults.items())]
        yield written([[each.line, "; ".join(reasons).replace("_", " "), *each.cells]])


def _say(counts: dict[str, int], verb: str) -> None:
    for name, word in _WORDS.items():
        if counts.get(name):
            note(f"{counts[name]:>9,} {verb} {word}")


def _answer(made: SupporterImport, counts: dict[str, int], *, as_json: bool) -> None:
    told: dict[str, Any] = {"import": made.uid, "state": made.state.value, **counts}
    if as_json:
        print_json(told)
    else:
        click.echo(made.uid)
