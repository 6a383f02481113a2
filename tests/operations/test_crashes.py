"""Processes that die at each named point: each person gets the mail exactly once when evidence flows."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from advocacy.config import Settings
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Request
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import faults
from advocacy.gateways.mailbox import Mailbox
from advocacy.models.blast import Report
from advocacy.models.single_mail import SingleKind
from advocacy.operations.ordering import order
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import Engine

POINTS = [
    "plan.slice.mid",
    "plan.before_running",
    "send.claimed.before_commit",
    "send.claimed.after_commit",
    "send.rendered",
    "send.begun.before_commit",
    "send.begun.after_commit",
    "send.answer_read",
    "send.updated.before_commit",
    "send.committed",
    "beat.ticked",
]


def run_engine(settings: Settings, offset: Path, fault: str) -> int:
    """Run the engine once in a process of its own, to die at the fault; return its exit code."""
    code = (
        "from advocacy.app import create_app\n"
        "from advocacy.gateways import current\n"
        "from advocacy.models.base import db\n"
        "from advocacy.operations import engine\n"
        "app = create_app()\n"
        "with app.app_context():\n"
        "    engine.run_once(db.session(), gateways=current(), settings=app.extensions['advocacy.settings'])\n"
    )
    environment = {
        **os.environ,
        "ADVOCACY_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "INSTANCE_PATH": str(settings.instance_path),
        "PUBLIC_URL": "http://advocacy.test",
        "CLOCK_OFFSET_FILE": str(offset),
        "FAULT": fault,
    }
    return subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=120).returncode


@pytest.mark.parametrize("point", ["plan.slice.mid", "send.begun.after_commit", "send.answer_read"])
def test_a_process_killed_at_this_point_loses_and_doubles_nothing(
    running: Engine, settings: Settings, tmp_path: Path, point: str
) -> None:
    now = running.clock.now()
    launch_to(running, 120)
    offset = tmp_path / "offset"

    offset.write_text(str((running.clock.offset() + timedelta(hours=3)).total_seconds()))
    killed = run_engine(settings, offset, f"{point}:1:kill")
    offset.write_text(str((running.clock.offset() + timedelta(hours=3, minutes=5)).total_seconds()))
    again = run_engine(settings, offset, "")

    assert killed == -signal.SIGKILL
    assert again == 0
    mailbox = Mailbox(settings.instance_path / "mailbox", running.clock)
    received = sorted(str(letter.message["To"]) for letter in mailbox.letters(limit=1000))
    assert received == [f"p{number:03}@example.org" for number in range(120)]
    running.clock.set(now + timedelta(hours=4))
    running.check()


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_work_broken_off_at_this_point_loses_and_doubles_nothing(
    running: Engine, monkeypatch: pytest.MonkeyPatch, point: str, nth: int
) -> None:
    launch_to(running, 120)
    running.clock.set(running.clock.now() + timedelta(hours=3))
    monkeypatch.setenv("ADVOCACY_ENV", "test")
    monkeypatch.setenv("FAULT", f"{point}:{nth}:raise")
    faults.forget()

    with suppress(faults.PlannedFaultError):
        running.run()
    running.session.rollback()
    monkeypatch.delenv("FAULT")
    running.check()
    running.at(running.clock.now() + timedelta(minutes=2))
    _confirm_somebody(running)
    for request in running.provider.asked:
        _report(running, request)
    running.at(running.clock.now() + timedelta(minutes=20))

    received = [address for address in running.provider.addresses if address != "new@example.org"]
    assert received == [f"p{number:03}@example.org" for number in range(120)]
    assert set(running.states()) <= {DispatchState.ACCEPTED, DispatchState.NOT_ACCEPTED}
    running.check()


def test_without_evidence_a_request_that_may_have_left_is_not_sent_again(
    running: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_to(running, 20)
    running.clock.set(running.clock.now() + timedelta(hours=3))
    monkeypatch.setenv("ADVOCACY_ENV", "test")
    monkeypatch.setenv("FAULT", "send.begun.after_commit:1:raise")
    faults.forget()
    with suppress(faults.PlannedFaultError):
        running.run()
    running.session.rollback()
    monkeypatch.delenv("FAULT")

    running.at(running.clock.now() + timedelta(days=2))

    assert running.provider.asked == []
    assert running.states() == [DispatchState.AMBIGUOUS]
    running.check()


def launch_to(running: Engine, people: int) -> None:
    campaign = add_campaign(running.session)
    for number in range(people):
        subscribe(running.session, add_supporter(running.session, f"p{number:03}@example.org"))
    running.launch(campaign)


def _confirm_somebody(running: Engine) -> None:
    """A mail that leaves after the trouble: that it is reported tells something about one that is not."""
    supporter = add_supporter(running.session, "new@example.org", state=SupporterState.PENDING, confirmed_at=None)
    now = running.clock.now()
    order(running.session, SingleKind.CONFIRMATION, "c", now=now, supporter_id=supporter.id, secret="t")
    running.session.commit()
    running.run()


def _report(running: Engine, request: Request) -> None:
    now = running.clock.now()
    key = sha256(request.public_id.encode()).digest()
    running.session.add(Report(dedupe_key=key, public_id=request.public_id, type="processed", at=now, kept_at=now))
    running.session.commit()
