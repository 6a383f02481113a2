"""One process dies or loses its database at each named point, on each database: the ledger has each person once."""

import http.client
import os
import signal
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from advocacy.config import Settings
from advocacy.domain.keys import Purpose
from advocacy.domain.links import Links
from advocacy.models.base import keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Supporter, Suppression
from tests.proving import FULL
from tests.storm.arena import PROVIDER_TIMEOUT, Arena, dead, free_port, stopped, wake
from tests.storm.test_zombies import POINTS

pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.timeout(200), pytest.mark.xdist_group("storm")]

DANGEROUS = ("send.begun.before_commit", "send.bytes_written", "send.updated.before_commit")
PLANNING = ("plan.slice.mid", "plan.before_running", "beat.ticked")


@pytest.fixture
def arena(settings: Settings, tmp_path: Path) -> Iterator[Arena]:
    made = Arena(settings, tmp_path)
    yield made
    made.close()


def test_whoever_is_killed_at_whichever_point_loses_and_doubles_nothing(arena: Arena) -> None:
    for number, point in enumerate((*PLANNING, *POINTS)):
        arena.launch(2, f"k{number:02}-")
        victim = arena.worker(f"{point}:1:kill", batch=2)
        arena.until(lambda pid=victim: dead(pid), f"the worker to die at {point}", 30, running=False)  # type: ignore[misc]

    _served(arena, 2 * len((*PLANNING, *POINTS)))


def test_whoever_loses_the_database_at_whichever_point_loses_and_doubles_nothing(arena: Arena, database: str) -> None:
    if database.startswith("sqlite"):
        pytest.skip("a file is never cut off")
    points = POINTS if FULL else DANGEROUS
    for number, point in enumerate(points):
        arena.launch(2, f"k{number:02}-")
        victim = arena.worker(f"{point}:1:stop", batch=2)
        arena.until(lambda pid=victim: stopped(pid), f"the worker to stop at {point}", 30, running=False)  # type: ignore[misc]
        with arena.session() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        wake(victim)
        time.sleep(0.3)
        os.kill(victim, signal.SIGKILL)

    _served(arena, 2 * len(points))


def test_a_web_process_that_dies_after_its_commit_is_asked_again_and_does_it_once(arena: Arena) -> None:
    arena.launch(1)
    arena.app.config["WTF_CSRF_ENABLED"] = True
    with arena.session() as session:
        campaign = session.scalars(select(Campaign)).one()
        person = session.scalars(select(Supporter)).one()
        keys = keys_of(session)
        leave, page = Links("", keys).unsubscribe(person.id), f"/a/{campaign.slug}"
    for what in ("web.unsub.after_commit", "web.unsub.before_response"):
        port = free_port()
        arena.web(port, f"{what}:1:kill")
        assert _posted(port, leave, {"List-Unsubscribe": "One-Click"}) is None
        with arena.session() as session:
            assert session.scalar(select(func.count(Suppression.id))) == 1
    port = free_port()
    arena.web(port)
    assert _posted(port, leave, {"List-Unsubscribe": "One-Click"}) == 200

    form = {"website": "", "email": "new@example.org", "consent": "yes", "reminders": "all"}
    shown = keys.token(Purpose.FORM, f"shown.{int(arena.clock.now().timestamp()) - 60}")
    fatal = free_port()
    arena.web(fatal, "web.signup.after_commit:1:kill")
    assert _posted(fatal, f"{page}/join", form | {"shown": shown}, token_from=page) is None
    assert _posted(port, f"{page}/join", form | {"shown": shown}, token_from=page) == 303
    with arena.session() as session:
        assert session.scalar(select(func.count(SingleMail.id)).where(SingleMail.kind == "confirmation")) == 1


def _served(arena: Arena, people: int) -> None:
    time.sleep(PROVIDER_TIMEOUT + 0.5)
    arena.worker(batch=2)
    arena.until(arena.over, "everybody to be served", 90)
    time.sleep(0.5)
    received = arena.double.received("k")
    assert set(received.values()) == {1}
    assert len(received) == people
    arena.check()


def _posted(port: int, path: str, form: dict[str, str], *, token_from: str = "") -> int | None:
    """Return the answer's status, None when the process died instead of answering."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    ends = time.monotonic() + 20
    while True:
        try:
            connection.connect()
            break
        except ConnectionRefusedError:
            assert time.monotonic() < ends, "no web process"
            time.sleep(0.05)
    try:
        if token_from:
            connection.request("GET", token_from)
            page = connection.getresponse()
            headers["Cookie"] = (page.getheader("Set-Cookie") or "").partition(";")[0]
            token = page.read().decode().partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
            form = form | {"csrf_token": token}
        connection.request("POST", path, urllib.parse.urlencode(form), headers)
        return connection.getresponse().status
    except (http.client.HTTPException, ConnectionError):
        return None
    finally:
        connection.close()
