"""An installation with workers to be killed, the stand-in for SendGrid, its events, and a clock that all of them share."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.domain.dispatch import OPEN, DispatchState
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import Gateways
from advocacy.gateways.clock import OffsetClock, SimulatedClock
from advocacy.gateways.sendgrid_reports import SendGridReports
from advocacy.models.base import db, keys_of
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.single_mail import SingleKind
from advocacy.models.supporter import Supporter
from advocacy.operations import invariants, planning
from advocacy.operations.ordering import order
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider
from tests.running import MORNING
from tests.running_double_process import ROOT, DoubleProcess

PROVIDER_TIMEOUT = 2
QUARANTINE = 120
"""Seconds of the shared clock, which runs twenty times as fast as ours."""

_STEP = timedelta(seconds=6)
_EVERY = 0.3


class Arena:
    """`faults` is what the stand-in's file of faults holds. Everything it starts ends with `close`."""

    def __init__(self, settings: Settings, folder: Path, **faults: Any) -> None:
        self.folder, self.offset = folder, folder / "offset"
        self._moved = SimulatedClock(MORNING).offset()
        self._set_clock(timedelta())
        self.clock = OffsetClock(self.offset)
        self.log = (folder / "log").open("ab")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._hatchery: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        webhook = f"http://127.0.0.1:{self.port}/hooks/sendgrid"
        self.double = DoubleProcess(folder, webhook=webhook, offset=self.offset, **({"stall": 4.0} | faults))
        self.environment = os.environ | self.double.environment() | {
            "ADVOCACY_ENV": "test",
            "DATABASE_URL": settings.database_url,
            "SECRET_KEY": settings.secret_key.get_secret_value(),
            "INSTANCE_PATH": str(folder / "instance"),
            "PROVIDER_TIMEOUT": str(PROVIDER_TIMEOUT),
            "QUARANTINE": str(QUARANTINE),
            "CLOCK_OFFSET_FILE": str(self.offset),
        }  # fmt: skip
        self.settings = settings.model_copy(update={"provider_timeout": PROVIDER_TIMEOUT, "quarantine": QUARANTINE})
        reports = SendGridReports([self.double.key])
        bundle = Gateways(clock=self.clock, provider=FakeProvider(), reports=reports)
        self.app: Flask = create_app(self.settings, bundle)
        self.app.config["WTF_CSRF_ENABLED"] = False
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._web: BaseWSGIServer = make_server("127.0.0.1", self.port, self.app, threaded=True)
        threading.Thread(target=self._web.serve_forever, daemon=True).start()
        self._confirmed = 0

    def launch(self, people: int, prefix: str = "p", **values: Any) -> None:
        """Launch one more campaign, to people of its own."""
        with self.session() as session:
            campaign = add_campaign(session, launched_at=self.clock.now(), **values)
            for number in range(people):
                subscribe(session, add_supporter(session, f"{prefix}{number:05}@example.org"), campaign)
            gateways: Gateways = self.app.extensions["advocacy.gateways"]
            planning.derive(session, campaign, now=self.clock.now(), writer=gateways.mails, settings=self.settings)

    def storm(self, seed: int, kills: int, *, workers: int, batch: int, kind: str = "ours") -> Path:
        """Start workers of which so many are killed; return the file that tells the deaths."""
        tell = self.folder / "deaths.json"
        tell.write_text("{}")
        numbers = [str(number) for number in (seed, kills, workers, batch)]
        self.run(["-m", "tests.storm.nursery", "storm", *numbers, kind, str(tell)])
        return tell

    def worker(self, fault: str = "", *, batch: int) -> int:
        """Start one worker that does what the fault says; return its process number."""
        return self._bear(fault=fault, batch=batch)

    def web(self, port: int, fault: str = "") -> int:
        """Start one web process that does what the fault says; return its process number."""
        return self._bear(fault=fault, port=port)

    def run(self, arguments: list[str], **more: str) -> subprocess.Popen[bytes]:
        """Start a Python of the installation's own."""
        command, environment = [sys.executable, *arguments], self.environment | more
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=self.log, stderr=self.log)
        self._processes.append(process)
        return process

    def pass_time(self, time_: timedelta) -> None:
        self._set_clock(time_)

    def pass_to(self, instant: datetime) -> None:
        self._set_clock(max(instant - self.clock.now(), timedelta()))

    def until(self, true: Callable[[], bool], what: str, seconds: float, *, running: bool = True) -> None:
        """Wait, while the shared clock runs fast and now and then somebody confirms (evidence needs later mails)."""
        ends, rounds = time.monotonic() + seconds, 0
        while not true():
            if time.monotonic() > ends:
                told = (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:]
                raise AssertionError(f"waited {seconds} seconds for {what}: {self.states()}\n{told}")
            time.sleep(_EVERY)
            rounds += 1
            if running:
                self._set_clock(_STEP)
            if running and rounds % 10 == 0 and self.states().get(DispatchState.AMBIGUOUS):
                self._confirm_somebody()

    def states(self) -> dict[str, int]:
        with self.session() as session:
            rows = session.execute(select(Dispatch.state, func.count()).group_by(Dispatch.state)).all()
            return {str(state): count for state, count in rows}

    def over(self) -> bool:
        """Whether each launch is planned and nothing of it is open."""
        with self.session() as session:
            launches = select(Blast.id).where(Blast.rule == "launch")
            unplanned = select(func.count()).where(Blast.rule == "launch", Blast.planned_at.is_(None))
            open_ = select(func.count()).where(Dispatch.blast_id.in_(launches), Dispatch.state.in_(OPEN))
            return session.scalar(unplanned) == 0 and session.scalar(open_) == 0

    def tell(self, people: Iterable[str]) -> str:
        """Say in which request each of these people is, and what became of it: for the one who looks for a fault."""
        with self.session() as session:
            keys = {keys_of(session).email_keys(person)[0]: person for person in people}
            rows = session.execute(
                select(Supporter.email_key, Blast.state, Blast.state_reason, Delivery, Dispatch)
                .join(Delivery, Delivery.supporter_id == Supporter.id)
                .join(Blast, Blast.id == Delivery.blast_id)
                .outerjoin(Dispatch, and_(Dispatch.blast_id == Blast.id, Dispatch.no == Delivery.dispatch_no))
                .where(Supporter.email_key.in_(keys))
                .order_by(Blast.id, Delivery.dispatch_no)
            ).all()
            return "\n".join(
                f"{keys[key]} blast {state} {why} skip {delivery.skip_reason} outcome {delivery.outcome} request "
                + (
                    f"{request.no} of {request.parent_no} {request.state} {request.state_reason} {request.settled_how} "
                    f"{request.http_status} {request.error} begun {request.inflight_at} settled {request.settled_at}"
                    if request
                    else "-"
                )
                for key, state, why, delivery, request in rows
            )

    @property
    def received(self) -> Counter[str]:
        return self.double.received("p")

    def check(self) -> None:
        with self.session() as session:
            broken = invariants.check(session)
        assert broken == [], broken

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.app.app_context():
            yield db.session()
            db.session.commit()
            db.session.remove()

    def close(self) -> None:
        if self._hatchery is not None and self._hatchery.stdin is not None:
            self._hatchery.stdin.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._hatchery is not None and self._hatchery.stdout is not None:
            self._hatchery.stdout.close()
        self.double.close()
        self._web.shutdown()
        self._web.server_close()
        with self.app.app_context():
            db.engine.dispose()
        self.log.close()

    def _bear(self, **asked: Any) -> int:
        if self._hatchery is None:
            command = [sys.executable, "-m", "tests.storm.nursery", "hatch"]
            self._hatchery = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log
            )
            self._processes.append(self._hatchery)
        assert self._hatchery.stdin is not None
        assert self._hatchery.stdout is not None
        self._hatchery.stdin.write(json.dumps(asked).encode() + b"\n")
        self._hatchery.stdin.flush()
        return int(self._hatchery.stdout.readline())

    def _set_clock(self, more: timedelta) -> None:
        """Renamed into place: nobody may read half a number."""
        self._moved += more
        draft = self.offset.with_suffix(".draft")
        draft.write_text(str(self._moved.total_seconds()), encoding="ascii")
        draft.rename(self.offset)

    def _confirm_somebody(self) -> None:
        self._confirmed += 1
        name = f"new{self._confirmed}"
        with self.session() as session:
            person = add_supporter(session, f"{name}@example.org", state=SupporterState.PENDING, confirmed_at=None)
            now = self.clock.now()
            order(session, SingleKind.CONFIRMATION, name, now=now, supporter_id=person.id, secret="t")


def state_of(pid: int) -> str:
    """Return the letter by which the machine names a process's state: T stands still, Z is dead and not yet buried."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]


def stopped(pid: int) -> bool:
    return state_of(pid) == "T"


def dead(pid: int) -> bool:
    return state_of(pid) in ("Z", "X")


def wake(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
