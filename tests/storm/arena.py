"""An installation with real workers, the stand-in for SendGrid, its events, and a clock that all of them share."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.domain.dispatch import OPEN, DispatchState
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import Gateways
from advocacy.gateways.clock import OffsetClock, SimulatedClock
from advocacy.gateways.sendgrid_reports import SendGridReports
from advocacy.models.base import db
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.single_mail import SingleKind
from advocacy.operations import invariants, planning
from advocacy.operations.ordering import order
from advocacy.sendgrid_double.ledger import read
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider
from tests.running import MORNING

ROOT = Path(__file__).resolve().parents[2]
PROVIDER_TIMEOUT = 2
QUARANTINE = 120
"""Seconds of the shared clock, which runs twenty times as fast as ours."""

_STEP = timedelta(seconds=6)
_EVERY = 0.3


class Arena:
    """`faults` are the stand-in's rates; `seed` is its chance. Everything it starts ends with `close`."""

    def __init__(
        self, settings: Settings, folder: Path, *, seed: int = 0, faults: dict[str, float] | None = None
    ) -> None:
        self.folder, self.offset = folder, folder / "offset"
        self._moved = SimulatedClock(MORNING).offset()
        self._set_clock(timedelta())
        self.clock = OffsetClock(self.offset)
        self.ledger = folder / "ledger.jsonl"
        self.log = (folder / "log").open("ab")
        self._processes: list[subprocess.Popen[bytes]] = []
        port = _free_port()
        url, key = self._start_double(port, seed, faults or {})
        self.environment = os.environ | {
            "ADVOCACY_ENV": "test",
            "DATABASE_URL": settings.database_url,
            "SECRET_KEY": settings.secret_key.get_secret_value(),
            "INSTANCE_PATH": str(folder / "instance"),
            "PUBLIC_URL": "http://advocacy.test",
            "MAIL_TRANSPORT": "sendgrid",
            "MAIL_FROM": "actions@example.org",
            "ORGANISATION_NAME": "Lantern",
            "ORGANISATION_ADDRESS": "1 Harbour Street, Halifax, Canada",
            "SENDGRID_API_KEY": "SG.double",
            "SENDGRID_API_URL": url,
            "SENDGRID_WEBHOOK_KEY": key,
            "PROVIDER_TIMEOUT": str(PROVIDER_TIMEOUT),
            "QUARANTINE": str(QUARANTINE),
            "CLOCK_OFFSET_FILE": str(self.offset),
        }
        reports = SendGridReports([key])
        self.app: Flask = create_app(settings, Gateways(clock=self.clock, provider=FakeProvider(), reports=reports))
        self._web: BaseWSGIServer = make_server("127.0.0.1", port, self.app, threaded=True)
        threading.Thread(target=self._web.serve_forever, daemon=True).start()
        self._settings = settings
        self._confirmed = 0

    def launch(self, people: int) -> None:
        with self.session() as session:
            campaign = add_campaign(session, launched_at=self.clock.now())
            for number in range(people):
                subscribe(session, add_supporter(session, f"p{number:05}@example.org"))
            gateways: Gateways = self.app.extensions["advocacy.gateways"]
            planning.derive(session, campaign, now=self.clock.now(), writer=gateways.mails, settings=self._settings)

    def nursery(self, seed: int, kills: int, *, workers: int, batch: int, kind: str = "ours") -> Path:
        """Start workers of which so many are killed; return the file that tells the deaths."""
        tell = self.folder / "deaths.json"
        tell.write_text("{}")
        numbers = [str(number) for number in (seed, kills, workers, batch)]
        self._run([sys.executable, "-m", "tests.storm.nursery", *numbers, kind, str(tell)], self.environment)
        return tell

    def worker(self, fault: str, *, batch: int) -> subprocess.Popen[bytes]:
        """Start one worker that does what the fault says."""
        code = f"from tests.storm.nursery import work; work({batch}, naive=False)"
        return self._run([sys.executable, "-c", code], self.environment | {"FAULT": fault})

    def end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        self._processes.remove(process)

    def pass_time(self, time_: timedelta) -> None:
        self._set_clock(time_)

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

    def stopped(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the process stands still at its point."""
        state = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        return state == "T"

    def states(self) -> dict[str, int]:
        with self.session() as session:
            rows = session.execute(select(Dispatch.state, func.count()).group_by(Dispatch.state)).all()
            return {str(state): count for state, count in rows}

    def planned(self) -> bool:
        with self.session() as session:
            return session.scalar(select(Blast.planned_at).where(Blast.rule == "launch")) is not None

    def over(self) -> bool:
        """Whether the launch is planned and nothing of it is open."""
        with self.session() as session:
            launch = select(Blast.id).where(Blast.rule == "launch").scalar_subquery()
            open_ = select(func.count()).where(Dispatch.blast_id == launch, Dispatch.state.in_(OPEN))
            return self.planned() and session.scalar(open_) == 0

    @property
    def received(self) -> Counter[str]:
        """How many mails the stand-in took for each of the campaign's people: the judge of all this."""
        if not self.ledger.exists():
            return Counter()
        return Counter(address for entry in read(self.ledger) for address, _ in entry.people if address.startswith("p"))

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
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._web.shutdown()
        self._web.server_close()
        with self.app.app_context():
            db.engine.dispose()
        self.log.close()

    def _start_double(self, web_port: int, seed: int, rates: dict[str, float]) -> tuple[str, str]:
        faults = self.folder / "faults.json"
        faults.write_text(json.dumps({"seed": seed, "rates": rates, "stall": 4.0, "latency": 0.02, "spread": 0.5}))
        said = self.folder / "double.log"
        command = [
            *(str(Path(sys.executable).with_name("advocacy")), "sendgrid-double", "--port", "0", "--speed", "10"),
            *("--ledger", str(self.ledger), "--faults", str(faults), "--seed", str(seed), "--checks", "all"),
            *("--webhook", f"http://127.0.0.1:{web_port}/hooks/sendgrid", "--clock-offset-file", str(self.offset)),
        ]
        with said.open("wb") as file:
            process = subprocess.Popen(command, stderr=file, stdout=file, cwd=ROOT)
        self._processes.append(process)
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            words = said.read_text(encoding="utf-8")
            url, key = re.search(r"listens: (\S+)\n", words), re.search(r"WEBHOOK_KEY=(\S+)\n", words)
            if url and key:
                return url[1].rstrip("/"), key[1]
            time.sleep(0.05)
        raise AssertionError(f"the stand-in did not start: {words}")

    def _run(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=self.log, stderr=self.log)
        self._processes.append(process)
        return process

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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
