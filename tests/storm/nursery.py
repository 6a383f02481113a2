"""Keeps workers alive that a seeded chance kills: at named points, and at any moment. Run as a process of its own.

Arguments: seed, kills, workers, people in a request, and "ours" or "naive". It ends with SIGTERM, and takes its
workers with it. It kills only children that it has not yet waited for, so never a process that is not its own.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import text

from advocacy.app import create_app
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.operations import engine, sending, single

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

_BLINDLY_AGAIN = text(
    "UPDATE dispatch SET state = 'planned', lease_token = NULL, inflight_at = NULL, answer_by = NULL "
    "WHERE state = 'ambiguous' OR state = 'inflight' AND answer_by < :now"
)


def work(batch: int, *, naive: bool) -> None:
    """Tick and send without end."""
    app = create_app()
    with app.app_context():
        settings, gateways = app.extensions["advocacy.settings"], current()
        gateways.provider.batch = batch
        while True:
            session = db.session()
            engine.tick(session, gateways=gateways, settings=settings)
            if naive:
                session.execute(_BLINDLY_AGAIN, {"now": gateways.clock.now().replace(tzinfo=None).isoformat(" ")})
                session.commit()
            single.hand_over_due(session, gateways=gateways, settings=settings, seconds=0.5)
            sending.hand_over_due(session, gateways=gateways, settings=settings, seconds=0.5)
            db.session.remove()
            time.sleep(0.02)


class Nursery:
    """`kills` are so many deaths; after them the workers live in peace."""

    def __init__(self, seed: int, kills: int, batch: int, *, naive: bool) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
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
            self._bury()
            draft = tell.with_suffix(".draft")
            draft.write_text(json.dumps(self.deaths), encoding="ascii")
            draft.rename(tell)

    @property
    def _killing(self) -> bool:
        return self.deaths.total() - self.deaths["fell"] < self._kills

    def _bear(self) -> None:
        point = self._chance.choice(POINTS) if self._killing and self._chance.random() < 0.8 else ""
        fault = f"{point}:{self._chance.choice((1, 1, 2, 4))}:kill" if point else ""
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.environ["FAULT"] = fault
            try:
                work(self._batch, naive=self._naive)
            finally:
                sys.stderr.flush()
                sys.excepthook(*sys.exc_info())
                os._exit(1)
        self._alive[pid] = point

    def _bury(self) -> None:
        for pid in list(self._alive):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                point = self._alive.pop(pid)
                killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
                self.deaths[point if killed else "fell"] += 1

    def end(self) -> None:
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def main() -> None:
    seed, kills, workers, batch, kind, tell = sys.argv[1:]
    nursery = Nursery(int(seed), int(kills), int(batch), naive=kind == "naive")

    def stop(*_: object) -> None:
        nursery.end()
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    nursery.run(int(workers), Path(tell))


if __name__ == "__main__":
    main()
