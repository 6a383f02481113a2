"""The benchmarks of sending, in a small form: they measure a blast that reached everyone once."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from advocacy.app import create_app
from advocacy.cli.bench import bench
from tests.conftest import SECRET
from tests.factories import add_supporter

PEOPLE = 300


@pytest.fixture(autouse=True)
def _the_key_of_the_test_s_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET)


def test_a_blast_is_measured_from_the_launch_to_the_last_answer(database: str) -> None:
    measured = _run("blast", "--recipients", str(PEOPLE), "--database-url", database, "--workers", "1")

    assert (measured["missing"], measured["broken"], measured["sink"]["twice"]) == (0, [], 0)
    assert measured["sink"]["people"] == PEOPLE
    assert measured["requests"] >= PEOPLE / 100
    assert 0 < measured["per_second"] < measured["floor"]["per_second"]
    assert measured["cpu_seconds_per_million"]["workers"] > 0
    assert measured["peak_rss_mb"][0] > 10


def test_a_plan_and_what_bounds_it_are_measured() -> None:
    planned = _run("plan", "--recipients", str(PEOPLE), "--database-url", "sqlite")
    floor = _run("floor", "--recipients", str(PEOPLE), "--database-url", "sqlite")

    assert planned["people"] == PEOPLE
    assert floor["prebuilt"]["per_second"] > floor["built"]["per_second"] > 0
    assert floor["rows"]["per_second"] > planned["per_second"]


def test_a_database_that_holds_supporters_is_refused(database: str, session: Session) -> None:
    add_supporter(session)
    session.commit()

    result = CliRunner().invoke(bench, ["plan", "--database-url", database], obj=create_app)

    assert result.exit_code == 1
    assert "holds supporters already" in result.output


def _run(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(bench, [*arguments, "--json"], obj=create_app)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told
