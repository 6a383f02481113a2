"""The engine and its blasts from the command line."""

import json

from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from advocacy.cli import advocacy
from advocacy.domain.blast import BlastState
from advocacy.models.base import db
from advocacy.models.blast import Blast
from advocacy.operations import engine
from tests.factories import add_campaign, add_supporter, subscribe


def run(app: Flask, *words: str) -> Result:
    db.session.remove()
    return CliRunner().invoke(advocacy, list(words), obj=lambda: app)


def blasts(session: Session) -> list[int]:
    subscribe(session, add_supporter(session))
    add_campaign(session)
    session.commit()
    return [blast.id for blast in session.query(Blast)]


def test_a_tick_plans_and_hands_over(app: Flask, session: Session) -> None:
    blasts(session)

    done = run(app, "engine", "tick", "--at", "2026-03-02T16:00", "--json")

    assert json.loads(done.stdout) == {"requests": 1}
    listed = json.loads(run(app, "blasts", "list", "--json").stdout)
    assert listed[0]["rule"] == "launch"
    assert listed[0]["state"] == "sending"
    shown = json.loads(run(app, "blasts", "show", str(listed[0]["id"]), "--json").stdout)
    assert shown["accepted"] == 1
    assert shown["waits"] == ["Everyone has been served; who joins until the deadline gets it at once."]


def test_the_check_passes_on_an_engine_in_order_and_fails_on_one_that_is_not(app: Flask, session: Session) -> None:
    blasts(session)
    run(app, "engine", "tick", "--at", "2026-03-02T16:00")
    assert run(app, "engine", "check").exit_code == 0

    session = db.session()
    session.query(Blast).filter_by(rule="launch").one().state = BlastState.CANCELLED
    session.commit()

    broken = run(app, "engine", "check", "--json")
    assert broken.exit_code == 1
    assert [each["rule"] for each in json.loads(broken.stdout)] == ["Each state of a blast is in the audit log."]


def test_a_blast_is_paused_resumed_and_cancelled(app: Flask, session: Session) -> None:
    blasts(session)
    run(app, "engine", "tick", "--at", "2026-03-02T16:00")
    number = str(db.session().query(Blast).filter_by(rule="launch").one().id)

    for verb, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        assert json.loads(run(app, "blasts", verb, number, "--json").stdout)["state"] == state
    refused = run(app, "blasts", "pause", number)

    assert refused.exit_code == 1
    assert "cancelled" in refused.stderr


def test_a_decision_about_nothing_is_refused(app: Flask, session: Session) -> None:
    blasts(session)
    run(app, "engine", "tick", "--at", "2026-03-02T16:00")
    number = str(db.session().query(Blast).filter_by(rule="launch").one().id)

    assert run(app, "blasts", "decide", number, "1", "resend").exit_code == 1
    assert run(app, "blasts", "show", "999999").exit_code == 1


def test_a_held_engine_is_let_go(app: Flask, session: Session) -> None:
    engine.hold(session)

    assert json.loads(run(app, "engine", "resume", "--json").stdout) == {"resumed": True}
    assert json.loads(run(app, "engine", "resume", "--json").stdout) == {"resumed": False}
