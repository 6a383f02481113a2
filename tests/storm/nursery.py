"""Bears workers and web processes as children that share one loaded app, so that each costs a fork and nothing more.

Run as a process of its own, in one of two ways. `storm SEED KILLS WORKERS BATCH ours|naive FILE` keeps workers alive
that a seeded chance kills, at named points and at any moment, and tells the deaths in the file. `hatch` reads lines of
JSON ({"what": "worker"|"web", "fault", "batch", "port"}) and answers each with the child's process number. It kills
only children that it has not yet waited for, so never a process that is not its own.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.serving import make_server

from advocacy.app import create_app
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.operations import engine, planning, sending, single

POINTS = (
    "plan.slice.mid",
    "plan.before_running",
    "send.claimed.before_commit",
    "send.claimed.after_commit",
    "send.rendered",
    "send.begun.before_commit",
    "send.begun.after_commit",
    "send.checked",
    "send.bytes_written",
    "send.answer_read",
    "send.updated.before_commit",
    "send.committed",
    "reap.selected",
    "beat.ticked",
)
_ANY_MOMENT = 0.006
"""The chance, fifty times a second, that one worker is killed wherever it is."""

_CHUNK = 40
"""So few people are planned at a time that most of a blast leaves beside its planning."""

_BLINDLY_AGAIN = text(
    "UPDATE dispatch SET state = 'planned', lease_token = NULL, inflight_at = NULL, answer_by = NULL "
    "WHERE state = 'ambiguous' OR state = 'inflight' AND answer_by < :now"
)


def work(app: Flask, batch: int, *, naive: bool = False) -> None:
    """Tick and send without end."""
    with app.app_context():
        settings, gateways = app.extensions["advocacy.settings"], current()
        gateways.provider.batch = batch
        lanes = 4 if db.engine.dialect.name == "postgresql" else 1
        while True:
            with suppress(DBAPIError):  # A task that fails is tried again at the next tick.
                session = db.session()
                engine.tick(session, gateways=gateways, settings=settings)
                if naive:
                    session.execute(_BLINDLY_AGAIN, {"now": gateways.clock.now().replace(tzinfo=None).isoformat(" ")})
                    session.commit()
                single.hand_over_due(session, gateways=gateways, settings=settings, seconds=0.5)
                sending.hand_over_due(session, gateways=gateways, settings=settings, seconds=0.5, lanes=lanes)
            db.session.remove()
            time.sleep(0.05)


def serve(app: Flask, port: int) -> None:
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def bear(app: Flask, fault: str, *, batch: int = 0, port: int = 0, naive: bool = False) -> int:
    """Fork a worker, or a web process where there is a port, that does what the fault says; return its number."""
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ["FAULT"] = fault
    try:
        with app.app_context():
            db.engine.dispose(close=False)
        if port:
            serve(app, port)
        work(app, batch, naive=naive)
    finally:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        sys.stderr.flush()
        os._exit(1)


class Storm:
    """`kills` are so many deaths; after them the workers live in peace."""

    def __init__(self, app: Flask, seed: int, kills: int, batch: int, *, naive: bool) -> None:
        self._app, self._chance = app, random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._kills, self._batch, self._naive = kills, batch, naive
        self._alive: dict[int, str] = {}
        self.deaths: Counter[str] = Counter()

    def run(self, workers: int, tell: Path) -> None:
        while True:
            while len(self._alive) < workers:
                self._bear()
            time.sleep(0.02)
            if self._killing and self._chance.random() < _ANY_MOMENT:
                pid = self._chance.choice(sorted(self._alive))
                os.kill(pid, signal.SIGKILL)
                self._alive[pid] = "any moment"
            if self._bury():
                draft = tell.with_suffix(".draft")
                draft.write_text(json.dumps(self.deaths), encoding="ascii")
                draft.rename(tell)

    @property
    def _killing(self) -> bool:
        return self.deaths.total() - self.deaths["fell"] < self._kills

    def _bear(self) -> None:
        point = self._chance.choice(POINTS) if self._killing and self._chance.random() < 0.8 else ""
        fault = f"{point}:{self._chance.choice((1, 2, 4, 8))}:kill" if point else ""
        self._alive[bear(self._app, fault, batch=self._batch, naive=self._naive)] = point

    def _bury(self) -> bool:
        before = self.deaths.total()
        for pid in list(self._alive):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                point = self._alive.pop(pid)
                killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
                self.deaths[point if killed else "fell"] += 1
        return self.deaths.total() > before

    def end(self) -> None:
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def hatch(app: Flask, born: list[int]) -> None:
    """The dead are buried at the end only: until then nobody else gets their numbers."""
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        born.append(bear(app, asked["fault"], batch=asked.get("batch", 0), port=asked.get("port", 0)))
        print(born[-1], flush=True)  # noqa: T201 - the answer


def main() -> None:
    app = create_app()
    with app.app_context():
        db.engine.dispose()
    planning.CHUNK.update(sqlite=_CHUNK, postgresql=_CHUNK)
    kind, *arguments = sys.argv[1:]
    born: list[int] = []
    storm: Storm | None = None

    def stop(*_: object) -> None:
        if storm is not None:
            storm.end()
        for pid in born:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    if kind == "hatch":
        hatch(app, born)
        stop()
    seed, kills, workers, batch, how, tell = arguments
    storm = Storm(app, int(seed), int(kills), int(batch), naive=how == "naive")
    storm.run(int(workers), Path(tell))


if __name__ == "__main__":
    main()
