"""Lists of supporters in and out on the command line."""

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.models.supporter import Supporter
from tests.cli.test_imports import run
from tests.factories import add_supporter

BASIS = "They signed our list in May."


def test_a_list_is_counted_then_taken_in_then_undone(app: Flask, session: Session, tmp_path: Path) -> None:
    file, refused = tmp_path / "list.csv", tmp_path / "refused.csv"
    file.write_text("who\nann@example.org\nnobody\n", encoding="utf-8")
    words = ("supporters", "import", str(file), "--basis", BASIS, "--json")

    assert "which column holds the addresses" in run(app, *words).output
    words = (*words, "--column", "email=1", "--refused", str(refused))
    tried = run(app, *words, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert json.loads(tried.stdout)["new"] == 1
    assert session.scalar(select(func.count()).select_from(Supporter)) == 0
    session.rollback()
    assert refused.read_text(encoding="utf-8").splitlines()[1] == '"3","who: not an address","nobody"'

    done = json.loads(run(app, *words).stdout)
    assert (done["state"], done["new"], done["refused"]) == ("done", 1, 1)
    assert json.loads(run(app, *words).stdout)["known"] == 1

    assert run(app, "supporters", "undo-import", done["import"], "--yes").exit_code == 0
    assert session.scalar(select(func.count()).select_from(Supporter)) == 1, "the second import stands on its own"


def test_a_broken_file_is_refused_with_its_line(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text('email\nann@example.org\n"never closed\n', encoding="utf-8")

    told = run(app, "supporters", "import", str(file), "--basis", BASIS)

    assert told.exit_code == 1
    assert "Line 3" in told.output


def test_a_list_is_written_whole_for_its_owner_alone(app: Flask, session: Session, tmp_path: Path) -> None:
    add_supporter(session, "ann@example.org", country="CA")
    add_supporter(session, "bo@example.org", country="FR")
    session.commit()
    file = tmp_path / "out.csv"

    told = run(app, "supporters", "export", str(file), "--filter", "state=active country=FR", "--json")

    assert json.loads(told.stdout) == {"file": str(file), "people": 1}
    assert [line.split(",")[0] for line in file.read_text(encoding="utf-8-sig").splitlines()] == [
        '"email"',
        '"bo@example.org"',
    ]
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob(".*.part")) == []
    assert "is no part of" in run(app, "supporters", "export", str(file), "--filter", "name=ann").output
