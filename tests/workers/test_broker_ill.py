"""A broker that is there and of no use: silent, deaf, slow, full, read-only, holding yesterday's messages."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.domain.keys import Purpose
from advocacy.domain.links import Links
from advocacy.gateways import Gateways
from advocacy.gateways.broker import EmbeddedBroker
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import db, keys_of
from advocacy.models.supporter import SignUp, Supporter
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter
from tests.fakes import FakeProvider
from tests.proving import FULL
from tests.proxy import Mode, Proxy
from tests.workers.house import House

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900), pytest.mark.xdist_group("workers")]

PATIENCE = 2.5


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    made = EmbeddedBroker(tmp_path / "instance", lambda _: None)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def proxy(broker: EmbeddedBroker) -> Iterator[Proxy]:
    with closing(Proxy(str(broker.place.socket))) as made:
        yield made


def make_full(broker: redis.Redis) -> None:
    broker.config_set("maxmemory", "1mb")
    broker.config_set("maxmemory-policy", "noeviction")


def make_read_only(broker: redis.Redis) -> None:
    broker.execute_command("REPLICAOF", "127.0.0.1", "1")


def make_deaf(broker: EmbeddedBroker) -> None:
    """It is there, the system takes connections and bytes for it, and nothing is read."""
    os.kill(int(broker.place.pid_file.read_text(encoding="ascii")), signal.SIGSTOP)


def make_hear(broker: EmbeddedBroker) -> None:
    os.kill(int(broker.place.pid_file.read_text(encoding="ascii")), signal.SIGCONT)


def make_well(broker: redis.Redis) -> None:
    broker.execute_command("REPLICAOF", "NO", "ONE")
    broker.config_set("maxmemory", "128mb")


def test_sign_up_and_unsubscribe_answer_in_time_whatever_ails_the_broker(
    settings: Settings, database: str, broker: EmbeddedBroker, proxy: Proxy
) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("the broker is the same beside each database")
    settings = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{proxy.port}"})
    app = create_app(settings, Gateways(clock=SimulatedClock(NOON), provider=FakeProvider()))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), redis.Redis(unix_socket_path=str(broker.place.socket)) as server:
        visit(app, "well")
        proxy.mode = Mode.HANG
        visit(app, "silent")
        visit(app, "silent again")
        proxy.mode = Mode.PASS
        make_deaf(broker)
        try:
            visit(app, "deaf")
            visit(app, "deaf still")
        finally:
            make_hear(broker)
        proxy.mode = Mode.RESET
        visit(app, "rude")
        proxy.mode = Mode.SLOW
        visit(app, "slow")
        proxy.mode = Mode.PASS
        make_full(server)
        visit(app, "full")
        make_read_only(server)
        visit(app, "read-only")
        db.session.remove()
        db.engine.dispose()


def visit(app: Flask, name: str) -> None:
    """Somebody joins and somebody leaves, each within their patience."""
    session = db.session()
    campaign, person = add_campaign(session), add_supporter(session, f"{name.replace(' ', '.')}@example.org")
    session.commit()
    keys = keys_of(session)
    shown = keys.token(Purpose.FORM, f"shown.{int(NOON.timestamp()) - 60}")
    form = {"shown": shown, "website": "", "email": f"new.{person.id}@example.org", "consent": "yes"}
    kept = session.scalar(select(func.count(SignUp.id))) or 0
    leave, join, id_ = Links("", keys).unsubscribe(person.id), f"/a/{campaign.slug}/join", person.id
    session.rollback()

    for path, data, status in (
        (join, form | {"reminders": "all"}, 303),
        (leave, {"List-Unsubscribe": "One-Click"}, 200),
    ):
        began = time.monotonic()
        answer = app.test_client().post(path, data=data)
        took = time.monotonic() - began
        assert answer.status_code == status, (name, path, answer.status)
        assert took < PATIENCE, f"{path} took {took:.1f} seconds with a broker that is {name}"
    assert session.scalar(select(func.count(SignUp.id))) == kept + 1
    assert session.get_one(Supporter, id_, populate_existing=True).state.value == "unsubscribed"
    session.rollback()


ILLNESSES: dict[str, Callable[[redis.Redis, Proxy, EmbeddedBroker], object]] = {
    "silent": lambda _server, proxy, _broker: setattr(proxy, "mode", Mode.HANG),
    "deaf": lambda _server, _proxy, broker: make_deaf(broker),
    "full": lambda server, _proxy, _broker: make_full(server),
    "read-only": lambda server, _proxy, _broker: make_read_only(server),
    "rude": lambda _server, proxy, _broker: setattr(proxy, "mode", Mode.RESET),
}


@pytest.mark.skipif(not FULL, reason="each illness lasts until the stand-in notices: minutes in all")
def test_sending_goes_on_within_a_minute_whatever_ails_the_broker(tmp_path: Path, database: str) -> None:
    if not database.startswith("postgresql"):
        pytest.skip("the broker is the same beside each database")
    with closing(House(tmp_path, database, through_double=True)) as house:
        house.broker.start()
        with (
            closing(Proxy(str(house.broker.place.socket))) as proxy,
            redis.Redis(unix_socket_path=str(house.broker.place.socket)) as server,
        ):
            house.environment["REDIS_URL"] = f"redis://127.0.0.1:{proxy.port}"
            house.launch(people=30)
            house.start("web", "worker", "beat")
            assert house.double is not None
            received = house.double.received
            house.until(lambda: len(received("early")) == 30, "the first mails")
            leave = shutil.ignore_patterns("*.sock", "*.pid", "*.log")
            yesterday = shutil.copytree(house.broker.place.data, tmp_path / "yesterday", ignore=leave)
            for illness, befall in ILLNESSES.items():
                befall(server, proxy, house.broker)
                try:
                    house.join(illness, 3)
                    house.until(lambda who=illness: len(received(who)) == 3, f"mails with a {illness} broker", 90)  # type: ignore[misc]
                finally:
                    make_hear(house.broker)
                proxy.mode = Mode.PASS
                make_well(server)
                house.join(f"after-{illness}", 3)
                house.until(lambda who=illness: len(received(f"after-{who}")) == 3, f"mails after {illness}", 60)  # type: ignore[misc]
            house.kill_broker(delete_data=True)
            shutil.copytree(yesterday, house.broker.place.data)
            house.broker.start()
            house.join("old", 3)
            house.until(lambda: len(received("old")) == 3, "mails with yesterday's messages", 60)
        assert set(received().values()) == {1}
