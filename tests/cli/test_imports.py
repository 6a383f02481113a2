"""From a document to a campaign on the command line."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from advocacy.cli import advocacy
from advocacy.models.base import db
from tests.factories import add_campaign
from tests.operations.test_documents import LETTER
from tests.operations.test_updates import THREE, UPDATE


def run(app: Flask, *words: str) -> Result:
    db.session.remove()
    return CliRunner().invoke(advocacy, list(words), obj=lambda: app)


def _file(folder: Path, text: str) -> str:
    path = folder / "action.txt"
    path.write_text(text.replace("{deadline}", "April 20, 2026"), encoding="utf-8")
    return str(path)


def test_an_import_says_which_campaign_it_updates_and_an_accepted_update_changes_it(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    slug = add_campaign(session, ua_number="31/26").slug
    session.commit()

    told = json.loads(run(app, "campaigns", "import", _file(tmp_path, UPDATE), "--json").stdout)
    assert told["updates"] == slug
    shown = json.loads(run(app, "campaigns", "update", told["slug"], "--json").stdout)
    assert not shown["accepted"]
    assert {"deadline", "demands"} <= {change["field"] for change in shown["changes"]}
    done = run(app, "campaigns", "update", told["slug"], "--accept", "--field", "deadline")

    assert done.exit_code == 0, done.output
    assert json.loads(run(app, "campaigns", "show", slug, "--json").stdout)["deadline"] == "2026-04-20"
    assert run(app, "campaigns", "show", told["slug"]).exit_code == 1


def test_as_new_makes_a_campaign_of_its_own(app: Flask, session: Session, tmp_path: Path) -> None:
    add_campaign(session, ua_number="31/26")
    session.commit()

    told = json.loads(run(app, "campaigns", "import", _file(tmp_path, UPDATE), "--as-new", "--json").stdout)

    assert told["updates"] is None
    assert run(app, "campaigns", "update", told["slug"]).exit_code == 1


def test_a_file_of_three_actions_names_three_drafts(app: Flask, session: Session, tmp_path: Path) -> None:
    done = run(app, "campaigns", "import", _file(tmp_path, THREE))

    assert len(done.stdout.split()) == 3
    assert "It holds 3 actions" in done.stderr


def test_a_launch_at_the_import_is_refused_while_something_is_in_doubt(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    doubtful = LETTER.replace("until {deadline}", "until 3/4/2026")
    done = run(app, "campaigns", "import", _file(tmp_path, doubtful), "--launch")

    assert done.exit_code == 1
    assert "in doubt: " in done.output
    assert "deadline" in done.output


def test_a_clear_document_is_launched_at_once(app: Flask, session: Session, tmp_path: Path) -> None:
    done = run(app, "campaigns", "import", _file(tmp_path, LETTER), "--launch", "--json")

    assert json.loads(done.stdout)["state"] == "live", done.output


def test_a_draft_is_launched_after_a_review(app: Flask, session: Session, tmp_path: Path) -> None:
    slug = run(app, "campaigns", "import", _file(tmp_path, LETTER)).stdout.strip()
    refused = run(app, "campaigns", "launch", slug)
    assert "Review it first" in refused.output

    assert run(app, "campaigns", "review", slug).stdout.split() == ["summary"]
    run(app, "campaigns", "review", slug, "--done")

    assert run(app, "campaigns", "launch", slug).exit_code == 0
