"""A whole installation for tests: an instance of its own, a broker, a worker and beat as real processes."""

import email
import email.policy
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.app import create_app
from advocacy.cli.processes import lines_of
from advocacy.config import load
from advocacy.domain.campaign import CampaignState
from advocacy.gateways import current
from advocacy.gateways.broker import EmbeddedBroker
from advocacy.gateways.resources import procfile_path
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns
from tests.conftest import SECRET
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running_double_process import DoubleProcess

ROOT = Path(__file__).resolve().parents[2]


PROVIDER_TIMEOUT, QUARANTINE = 4, 6


class House:
    """`said` is what the broker told, `log` what worker and beat wrote. Without a database's URL it has an SQLite file.

    Mail goes to the mailbox on disk, or `through_double`: then the stand-in's ledger tells what was sent.
    """

    def __init__(self, folder: Path, url: str = "", *, through_double: bool = False, latency: float = 0.0) -> None:
        self.instance = folder / "instance"
        self.port = free_port()
        self.double: DoubleProcess | None = None
        self.log = folder / "log"
        self.said: list[str] = []
        self.broker = EmbeddedBroker(self.instance, self.said.append)
        self.environment = os.environ | {
            "ADVOCACY_ENV": "test",
            "INSTANCE_PATH": str(self.instance),
            "REDIS_URL": self.broker.place.url,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "PORT": str(self.port),
            "PROVIDER_TIMEOUT": str(PROVIDER_TIMEOUT),
            "QUARANTINE": str(QUARANTINE),
        }
        if through_double:
            webhook = f"http://127.0.0.1:{self.port}/hooks/sendgrid"
            self.double = DoubleProcess(folder, webhook=webhook, latency=latency)
            self.environment |= self.double.environment()
        self.app: Flask = create_app(
            load(
                folder / "no.env",
                advocacy_env="test",
                instance_path=self.instance,
                database_url=url,
                secret_key=SECRET,
                mail_from="actions@lantern.example",
                organisation_name="Lantern",
                organisation_address="1 Harbour Street, Halifax, Canada",
            )
        )
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.command("migrate")

    def command(self, *words: str, **other: str) -> str:
        """Run `advocacy WORDS` beside it and return what it printed."""
        command = [Path(sys.executable).with_name("advocacy"), *words]
        done = subprocess.run(
            command, env=self.environment | other, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"advocacy {' '.join(words)}: {done.stderr}"
        return done.stdout

    def start(self, *names: str) -> None:
        """Start the Procfile's lines of these names; "beat:2" is one more of a kind."""
        lines = lines_of(procfile_path())
        with self.log.open("ab") as log:
            for name in names:
                self._processes[name] = subprocess.Popen(
                    shlex.split(lines[name.partition(":")[0]].removeprefix("exec ")),
                    env=self.environment,
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def serves(self) -> bool:
        """Say whether the web process answers."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.environment['PORT']}/healthz", timeout=2):
                return True
        except OSError:
            return False

    def kill(self, *names: str) -> None:
        """End processes and their children at once, as a power cut would."""
        processes = [self._processes.pop(name) for name in names]
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
        for process in processes:
            process.wait()

    def stop(self, name: str) -> float:
        """Tell a process to stop; return how many seconds it took."""
        process, began = self._processes.pop(name), time.monotonic()
        process.terminate()
        process.wait(timeout=60)
        return time.monotonic() - began

    def children(self, name: str) -> list[int]:
        """Return the process numbers of a process's children."""
        pid = self._processes[name].pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def runs(self, name: str) -> bool:
        return self._processes[name].poll() is None

    def kill_broker(self, *, delete_data: bool) -> None:
        pid = int(self.broker.place.pid_file.read_text(encoding="ascii"))
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: self.broker.answering_pid() is None, "the broker to end", 5)
        if delete_data:
            shutil.rmtree(self.broker.place.data)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.app.app_context():
            yield db.session()
            db.session.commit()

    def launch(self, people: int) -> None:
        """Add people for whom it is noon on the alert list, and take a campaign live."""
        self.join("early", people)
        with self.session() as session:
            campaign = add_campaign(
                session,
                state=CampaignState.DRAFT,
                launched_at=None,
                deadline=(datetime.now(UTC) + timedelta(days=21)).date(),  # noqa: TID251 - the processes' own clock
            )
            session.commit()
            campaigns.launch(
                session,
                campaign,
                gateways=current(),
                settings=self.app.extensions["advocacy.settings"],
                actor="test",
            )

    def join(self, name: str, number: int) -> None:
        """Add people on the alert list before the launch, and to the campaign after it."""
        now = datetime.now(UTC)  # noqa: TID251 - the processes' own clock
        with self.session() as session:
            campaign = session.scalar(select(Campaign))
            for index in range(number):
                person = add_supporter(
                    session, f"{name}{index}@example.org", timezone=_where_it_is_noon(now.hour), confirmed_at=now
                )
                subscribe(session, person, campaign, joined_at=now)

    @property
    def delivered(self) -> Counter[str]:
        """How many mails each address got, as the mailbox on disk tells."""
        return Counter(
            str(email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["To"])
            for path in (self.instance / "mailbox" / "new").glob("*")
        )

    @property
    def mails(self) -> int:
        folder = self.instance / "mailbox" / "new"
        return sum(1 for _ in os.scandir(folder)) if folder.exists() else 0

    def until(self, true: Callable[[], bool], what: str, seconds: float = 90) -> None:
        ends = time.monotonic() + seconds
        while not true():
            if time.monotonic() > ends:
                log = self.log.read_text(encoding="utf-8")[-3000:] if self.log.exists() else ""
                raise AssertionError(f"waited {seconds} seconds for {what}; {self.mails} mails\n{log}")
            time.sleep(0.05)

    def close(self) -> None:
        for name in list(self._processes):
            self.kill(name)
        self.broker.stop()
        if self.double is not None:
            self.double.close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _where_it_is_noon(utc_hour: int) -> str:
    """Return a zone without summer time where it is between noon and one. Its sign is the reverse of what one expects."""
    ahead = 12 - utc_hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
