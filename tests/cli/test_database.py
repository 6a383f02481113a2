"""Copies of the database, and what a restored one does not do."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from advocacy.app import create_app
from advocacy.cli import advocacy
from advocacy.config import Settings, load
from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import installation
from advocacy.models.base import db
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Supporter, Suppression, suppressed
from advocacy.operations import blast_moves, engine, journal, leaving, privacy, suppressing, withdrawals
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import MORNING, Engine, Ledger, PlainWriter, addresses, launched, report

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(tmp_path / "no.env", advocacy_env="test", instance_path=tmp_path / "instance")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app on an embedded database, made by the command itself."""
    app = create_app(settings)
    assert run(settings, "migrate").exit_code == 0
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def run(settings: Settings, *arguments: str) -> Result:
    def make() -> Flask:
        return create_app(settings)

    return CliRunner().invoke(advocacy, list(arguments), obj=make)


def test_a_backup_where_there_is_no_folder_says_so(app: Flask, settings: Settings, tmp_path: Path) -> None:
    answer = run(settings, "backup", str(tmp_path / "nowhere" / "copy"))

    assert answer.exit_code == 1
    assert "nowhere/copy cannot be written: No such file or directory." in answer.output


def test_a_backup_restored_later_is_held_and_keeps_who_left_meanwhile(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    session = db.session()
    leaver = add_supporter(session, "leaver@example.org").id
    add_supporter(session, "stayer@example.org")
    session.commit()
    assert run(settings, "backup", str(tmp_path / "copy")).exit_code == 0
    suppressing.suppress(session, [leaver], suppressing.Reason.UNSUBSCRIBED, now=NOW)
    add_supporter(session, "later@example.org")
    session.commit()
    db.session.remove()
    db.engine.dispose()

    answer = run(settings, "restore", str(tmp_path / "copy"), "--yes")

    assert answer.exit_code == 0, answer.output
    assert "1 suppressions" in answer.output
    session = db.session()
    assert session.scalar(select(db.func.count()).select_from(Supporter)) == 2
    assert installation.fact(session, installation.HELD) is not None
    assert suppressed(session, "leaver@example.org")
    person = session.get(Supporter, leaver)
    assert person is not None
    assert person.state is SupporterState.UNSUBSCRIBED
    assert (settings.instance_path / "advocacy.sqlite.before-restore").exists()


def test_what_went_out_after_the_copy_was_made_goes_out_again_only_when_a_person_says_so(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    clock = SimulatedClock(MORNING)
    offset = tmp_path / "offset"
    offset.write_text(str(clock.offset().total_seconds()))
    settings = settings.model_copy(update={"clock_offset_file": offset})
    provider = Ledger(clock)
    gateways = Gateways(clock=clock, provider=provider, mails=PlainWriter())
    running = Engine(db.session(), gateways, settings, clock, provider)
    launched(running, 300)
    running.tick()
    running.session.add(SingleMail(**waiting_mail("c1", MORNING)))
    running.session.commit()
    assert run(settings, "backup", str(tmp_path / "copy")).exit_code == 0
    running.run()
    assert provider.addresses == addresses(300)
    db.session.remove()
    db.engine.dispose()

    answer = run(settings, "restore", str(tmp_path / "copy"), "--yes")
    assert "1 mails may have gone out since the copy was made" in answer.output
    running.session = db.session()
    running.at(MORNING + timedelta(hours=1))
    assert engine.resume(running.session, now=NOW, actor="cli")
    report(running, provider.asked[0].public_id)  # What comes in late still counts.
    running.at(MORNING + timedelta(hours=2))

    assert provider.addresses == addresses(300)
    blast = running.blasts()["launch"]
    assert blast.state is BlastState.PAUSED
    assert blast.state_reason.startswith("restored")
    assert running.blasts()["before-14"].state is BlastState.SCHEDULED
    assert running.session.scalar(select(SingleMail.state)) is DispatchState.CANCELLED
    blast_moves.resume(running.session, blast.id, now=NOW, actor="a person")
    running.at(MORNING + timedelta(hours=3))
    assert provider.addresses == sorted(addresses(300) + addresses(300)[50:])


def waiting_mail(key: str, now: datetime) -> dict[str, Any]:
    """A mail to one person that was ordered and has not gone."""
    times = {"created_at": now, "due_at": now, "send_by": now + timedelta(days=1)}
    return {"kind": SingleKind.CONFIRMATION, "dedupe_key": key, **times}


def test_the_journal_remembers_who_left_when_the_database_is_lost(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    session = db.session()
    leaver = add_supporter(session, "leaver@example.org").id
    session.commit()
    assert run(settings, "backup", str(tmp_path / "copy")).exit_code == 0
    suppressing.suppress(session, [leaver], suppressing.Reason.COMPLAINED, now=NOW)
    journal.extend(session, settings.instance_path / journal.NAME)
    db.session.remove()
    db.engine.dispose()
    for path in settings.instance_path.glob("advocacy.sqlite*"):
        path.unlink()

    answer = run(settings, "restore", str(tmp_path / "copy"), "--yes")

    assert answer.exit_code == 0, answer.output
    assert suppressed(db.session(), "leaver@example.org")


@pytest.mark.parametrize("lost", [False, True], ids=["the database is there", "the database is lost"])
def test_a_restore_keeps_who_left_one_list_and_erases_again_who_was_erased(
    app: Flask, settings: Settings, tmp_path: Path, *, lost: bool
) -> None:
    session, clock = db.session(), SimulatedClock(NOW)
    one, other = add_campaign(session), add_campaign(session)
    people = {
        name: add_supporter(session, f"{name}@example.org", name="Robin Reed") for name in ("one", "alerts", "gone")
    }
    for person in people.values():
        for list_ in (one, other, None):
            subscribe(session, person, list_)
    ids = {name: person.id for name, person in people.items()}
    one_id, other_id = one.id, other.id
    session.commit()
    assert run(settings, "backup", str(tmp_path / "copy")).exit_code == 0
    leaving.stop_campaign(session, ids["one"], one_id, source="page", clock=clock)
    leaving.set_preferences(session, ids["alerts"], {None: None}, language=None, zone=None, source="page", clock=clock)
    leaving.stop_campaign(session, ids["gone"], one_id, source="page", clock=clock)
    suppressing.suppress(session, [ids["gone"]], suppressing.Reason.UNSUBSCRIBED, now=NOW)
    privacy.erase(session, session.get_one(Supporter, ids["gone"]), now=NOW, actor="organiser:1")
    kept = settings.instance_path / withdrawals.NAME
    assert withdrawals.extend(session, kept) == 4
    assert withdrawals.extend(session, kept) == 0
    assert "example.org" not in kept.read_text(encoding="ascii")
    assert kept.stat().st_mode & 0o077 == 0
    journal.extend(session, settings.instance_path / journal.NAME)
    db.session.remove()
    db.engine.dispose()
    if lost:
        for path in settings.instance_path.glob("advocacy.sqlite*"):
            path.unlink()

    answer = run(settings, "restore", str(tmp_path / "copy"), "--yes")

    assert answer.exit_code == 0, answer.output
    session = db.session()
    assert {choice.campaign_id for choice in leaving.choices(session, ids["one"])} == {None, other_id}
    assert {choice.campaign_id for choice in leaving.choices(session, ids["alerts"])} == {one_id, other_id}
    gone = session.get_one(Supporter, ids["gone"])
    assert (gone.state, gone.email_sealed, gone.name_sealed) == (SupporterState.ERASED, None, None)
    assert "3 people" in answer.output
    assert withdrawals.apply(session, withdrawals.read(kept), now=NOW) == 0, "a second time it is no news"


def test_the_journal_holds_each_suppression_once_and_no_address(app: Flask, settings: Settings) -> None:
    session = db.session()
    people = [add_supporter(session, f"leaver{number}@example.org").id for number in range(3)]
    session.commit()
    kept = settings.instance_path / journal.NAME

    suppressing.suppress(session, people[:2], suppressing.Reason.BOUNCED, now=NOW)
    assert journal.extend(session, kept) == 2
    assert journal.extend(session, kept) == 0
    suppressing.suppress(session, people[2:], suppressing.Reason.ERASED, now=NOW)
    assert journal.extend(session, kept) == 1

    assert [entry.reason for entry in journal.read(kept)] == ["bounced", "bounced", "erased"]
    assert "example.org" not in kept.read_text(encoding="ascii")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_line_of_the_journal_cut_off_by_a_crash_is_left_out(app: Flask, settings: Settings) -> None:
    session = db.session()
    person = add_supporter(session).id
    session.commit()
    kept = settings.instance_path / journal.NAME
    suppressing.suppress(session, [person], suppressing.Reason.UNSUBSCRIBED, now=NOW)
    journal.extend(session, kept)
    with kept.open("a", encoding="ascii") as file:
        file.write('{"id": 2, "key": "0')

    assert len(list(journal.read(kept))) == 1
    suppressing.suppress(session, [add_supporter(session).id], suppressing.Reason.UNSUBSCRIBED, now=NOW)
    assert journal.extend(session, kept) == 1
    assert journal.extend(session, kept) == 0
    assert len(list(journal.read(kept))) == 2


def test_the_journal_misses_nobody_whose_number_came_late_or_is_given_again(app: Flask, settings: Settings) -> None:
    session = db.session()
    kept, first, second = settings.instance_path / journal.NAME, b"1" * 32, b"2" * 32

    def stopped(number: int, key: bytes) -> Suppression:
        row = Suppression(id=number, suppression_key=key, scope="all", reason="unsubscribed", at=NOW)
        session.add(row)
        session.commit()
        assert journal.extend(session, kept) == 1
        return row

    last = stopped(5, b"0" * 32)
    stopped(4, first)  # Its number was taken before that of the other, and it committed after it.
    session.delete(session.get_one(Suppression, last.id))
    session.commit()
    stopped(5, second)

    assert {first, second} <= {entry.key for entry in journal.read(kept)}


def test_a_backup_overwrites_nothing(app: Flask, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious", encoding="ascii")

    answer = run(settings, "backup", str(tmp_path / "copy"))

    assert answer.exit_code == 1
    assert (tmp_path / "copy").read_text(encoding="ascii") == "precious"


def test_a_backup_is_for_its_owner_alone(app: Flask, settings: Settings, tmp_path: Path) -> None:
    run(settings, "backup", str(tmp_path / "copy"))

    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_backup_changes_nothing(app: Flask, settings: Settings, tmp_path: Path) -> None:
    add_supporter(db.session())
    db.session.commit()
    (tmp_path / "other").write_text("just a text", encoding="ascii")

    answer = run(settings, "restore", str(tmp_path / "other"), "--yes")

    assert answer.exit_code == 1
    assert "no backup of ours" in answer.output
    assert db.session.scalar(select(db.func.count()).select_from(Supporter)) == 1


def test_a_backup_made_with_another_key_is_refused(app: Flask, settings: Settings, tmp_path: Path) -> None:
    run(settings, "backup", str(tmp_path / "copy"))
    shutil.rmtree(settings.instance_path)
    other = load(tmp_path / "no.env", advocacy_env="test", instance_path=tmp_path / "instance")
    assert other.secret_key != settings.secret_key

    answer = run(other, "restore", str(tmp_path / "copy"), "--yes")

    assert answer.exit_code == 1
    assert "another SECRET_KEY" in answer.output
