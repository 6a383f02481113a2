"""Each named point is one that a process really passes, so that tests can make it die there."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import advocacy
from advocacy.config import Settings
from advocacy.domain.links import Links
from advocacy.domain.report import Told
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import Gateways, faults
from advocacy.gateways.clock import OffsetClock, SimulatedClock
from advocacy.gateways.sendgrid import SendGrid
from advocacy.models.base import keys_of
from advocacy.models.blast import Dispatch
from advocacy.models.supporter import Supporter, opened
from advocacy.operations import engine, planning, privacy, reports
from advocacy.sendgrid_double.program import Options
from advocacy.sendgrid_double.server import Server
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import PlainWriter
from tests.running_double import running_double
from tests.web.public.people import good_form

THREE_HOURS = timedelta(hours=3)


@pytest.fixture
def arm(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the process fail at a point from now on."""
    monkeypatch.setenv("ADVOCACY_ENV", "test")

    def armed(point: str) -> None:
        monkeypatch.setenv("FAULT", f"{point}:1:raise")
        faults.forget()

    return armed


@pytest.fixture
def double(tmp_path: Path) -> Iterator[Server]:
    with running_double(Options(ledger=tmp_path / "ledger.jsonl")) as server:
        yield server


def test_the_code_and_the_list_name_the_same_points() -> None:
    root = Path(advocacy.__file__).parent
    named = {
        name
        for path in root.rglob("*.py")
        for name in re.findall(r'faults\.point\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    }

    assert named == set(faults.POINTS)


def launched(session: Session, gateways: Gateways, settings: Settings) -> None:
    campaign = add_campaign(session)
    subscribe(session, add_supporter(session, "ann@example.org"))
    now = gateways.clock.now()
    campaign.launched_at = now
    planning.derive(session, campaign, now=now, writer=gateways.mails, settings=settings)
    session.commit()


ENGINE = [point for point in faults.POINTS if point.startswith(("plan.", "send.", "beat."))]


@pytest.mark.parametrize("point", ENGINE)
def test_the_engine_passes_this_point(
    session: Session, settings: Settings, tmp_path: Path, double: Server, arm: Callable[[str], None], point: str
) -> None:
    offset = tmp_path / "offset"
    moved = SimulatedClock(NOON).offset()
    offset.write_text(str(moved.total_seconds()))
    clock = OffsetClock(offset)
    provider = SendGrid(api_key="SG.double", url=double.url, clock=clock)
    gateways = Gateways(clock=clock, provider=provider, mails=PlainWriter())
    launched(session, gateways, settings)
    offset.write_text(str((moved + THREE_HOURS).total_seconds()))

    arm(point)
    with pytest.raises(faults.PlannedFaultError, match=point):
        engine.run_once(session, gateways=gateways, settings=settings)
    provider.close()


@pytest.mark.parametrize("point", ["web.signup.before_commit", "web.signup.after_commit"])
def test_a_sign_up_passes_this_point_and_doing_it_again_orders_one_mail(
    app: Flask, session: Session, arm: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    campaign = add_campaign(session)
    session.commit()
    form = good_form(session, name="Robin", country="CA")
    client = app.test_client()

    arm(point)
    with pytest.raises(faults.PlannedFaultError, match=point):
        client.post(f"/a/{campaign.slug}/join", data=form)
    monkeypatch.delenv("FAULT")

    assert client.post(f"/a/{campaign.slug}/join", data=form).status_code == 303
    assert session.scalar(text("SELECT count(*) FROM single_mail")) == 1


@pytest.mark.parametrize("point", ["web.unsub.after_commit", "web.unsub.before_response"])
def test_an_unsubscribe_passes_this_point_and_holds_although_nobody_was_told(
    app: Flask, session: Session, arm: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    supporter = add_supporter(session, "ann@example.org")
    session.commit()
    url = Links("", keys_of(session)).unsubscribe(supporter.id)
    client = app.test_client()

    arm(point)
    with pytest.raises(faults.PlannedFaultError, match=point):
        client.post(url)
    monkeypatch.delenv("FAULT")
    session.rollback()

    assert session.get_one(Supporter, supporter.id, populate_existing=True).state is SupporterState.UNSUBSCRIBED
    assert client.post(url).status_code == 200


@pytest.mark.parametrize("point", ["hook.inserted.before_commit", "hook.after_commit"])
def test_keeping_reports_passes_this_point(
    session: Session, clock: SimulatedClock, arm: Callable[[str], None], point: str
) -> None:
    told: list[Told] = []

    arm(point)
    with pytest.raises(faults.PlannedFaultError, match=point):
        reports.keep(session, told, now=clock.now())
    session.rollback()


def test_an_erasure_that_dies_in_the_middle_changed_nothing_and_is_done_by_the_next(
    session: Session, clock: SimulatedClock, arm: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    supporter = add_supporter(session, "ann@example.org")
    session.commit()

    arm("erase.mid")
    with pytest.raises(faults.PlannedFaultError, match=r"erase\.mid"):
        privacy.erase(session, supporter, now=clock.now(), actor="test")
    session.rollback()
    monkeypatch.delenv("FAULT")
    assert opened(session, supporter, "email") == "ann@example.org"
    assert supporter.state is SupporterState.ACTIVE

    privacy.erase(session, supporter, now=clock.now(), actor="test")
    assert supporter.email_sealed is None
    assert supporter.erased_at is not None


def test_a_migration_that_dies_in_the_middle_is_done_by_the_next(
    app: Flask, session: Session, arm: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    session.rollback()
    flask_migrate.downgrade(revision="base")

    arm("migrate.mid")
    with pytest.raises(faults.PlannedFaultError, match=r"migrate\.mid"):
        flask_migrate.upgrade()
    monkeypatch.delenv("FAULT")
    flask_migrate.upgrade()

    assert session.scalars(select(Dispatch.no)).all() == []


def test_two_migrations_at_once_both_succeed(app: Flask, session: Session, settings: Settings) -> None:
    session.rollback()
    flask_migrate.downgrade(revision="base")
    session.close()
    environment = os.environ | {
        "ADVOCACY_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "INSTANCE_PATH": str(settings.instance_path),
    }
    command = [str(Path(sys.executable).with_name("advocacy")), "migrate"]

    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    told = [each.communicate(timeout=100)[1].decode() for each in both]

    assert [each.returncode for each in both] == [0, 0], told
    assert session.scalars(select(Dispatch.no)).all() == []


def test_the_reaper_passes_its_point(
    session: Session, settings: Settings, clock: SimulatedClock, app: Flask, arm: Callable[[str], None]
) -> None:
    gateways: Gateways = app.extensions["advocacy.gateways"]
    launched(session, gateways, settings)
    clock.sleep(THREE_HOURS.total_seconds())
    arm("send.begun.after_commit")
    with pytest.raises(faults.PlannedFaultError):
        engine.run_once(session, gateways=gateways, settings=settings)
    session.rollback()
    clock.sleep(3600)

    arm("reap.selected")
    with pytest.raises(faults.PlannedFaultError, match=r"reap\.selected"):
        engine.tick(session, gateways=gateways, settings=settings)
