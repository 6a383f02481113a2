"""What the doctor finds, and what to do about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from pytest_httpserver import HTTPServer

from advocacy.app import create_app
from advocacy.cli import advocacy
from advocacy.config import load
from advocacy.domain import findings
from advocacy.domain.findings import Grade
from advocacy.gateways import sendgrid_account
from advocacy.models.base import db
from advocacy.operations import checkup, engine


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load(tmp_path / "no.env", advocacy_env="test", instance_path=tmp_path / "instance"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def examined(app: Flask, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the doctor; return its exit code and the last finding about each thing."""
    answer = CliRunner().invoke(advocacy, ["doctor", "--json", *arguments], obj=lambda: app)
    return answer.exit_code, {each["about"]: each for each in json.loads(answer.stdout)}


def test_a_database_without_tables_is_bad_and_the_remedy_is_named(app: Flask) -> None:
    code, found = examined(app)

    assert code == 1
    assert found["database"]["remedy"] == "Run `advocacy migrate`."


def test_an_installation_that_ticks_is_well(app: Flask) -> None:
    CliRunner().invoke(advocacy, ["migrate"], obj=lambda: app)
    engine.tick(
        db.session(), gateways=app.extensions["advocacy.gateways"], settings=app.extensions["advocacy.settings"]
    )
    db.session.remove()

    code, found = examined(app)

    assert code == 0, [each for each in found.values() if each["grade"] == "bad"]
    assert found["engine"]["grade"] == "good"
    assert found["audit log"]["grade"] == "good"
    assert found["clock"]["grade"] == "good"


def test_an_engine_that_never_ticked_is_bad(app: Flask) -> None:
    CliRunner().invoke(advocacy, ["migrate"], obj=lambda: app)

    code, found = examined(app)

    assert code == 1
    assert "not ticked yet" in found["engine"]["told"]


def test_ballast_is_kept_and_given_back(app: Flask) -> None:
    examined(app)
    ballast = app.extensions["advocacy.settings"].instance_path / checkup.BALLAST
    assert ballast.stat().st_size == 8 * 1024 * 1024

    code, found = examined(app, "--free")

    assert code == 0
    assert not ballast.exists()
    assert "8 MB" in found["disk"]["told"]


@pytest.mark.parametrize(
    ("records", "grade"),
    [
        ([], Grade.WARNING),
        (["v=spf1 include:sendgrid.net ~all"], Grade.GOOD),
        (["google-site-verification=x", "v=spf1 -all"], Grade.GOOD),
        (["v=spf1 -all", "v=spf1 ~all"], Grade.BAD),
        (["v=spf1 +all"], Grade.BAD),
    ],
    ids=["none", "one", "among others", "two", "open to everyone"],
)
def test_spf_is_judged(records: list[str], grade: Grade) -> None:
    assert findings.spf("lantern.example", records).grade is grade


def test_dkim_and_dmarc_are_judged() -> None:
    assert findings.dkim("lantern.example", {"s1": True, "s2": False}).grade is Grade.GOOD
    assert findings.dkim("lantern.example", {"s1": False}).grade is Grade.WARNING
    assert findings.dmarc("lantern.example", ["v=DMARC1; p=none"]).grade is Grade.GOOD
    assert "_dmarc.lantern.example" in findings.dmarc("lantern.example", []).remedy


def test_a_key_that_is_not_taken_is_told_without_the_key(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v3/scopes").respond_with_json({"errors": []}, status=401)

    with pytest.raises(sendgrid_account.AccountError, match="does not take this key") as refusal:
        sendgrid_account.ask("SG.canary", url=httpserver.url_for("").rstrip("/"))

    assert "canary" not in str(refusal.value)
