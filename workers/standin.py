"""The stand-in: keeps the engine going while no nudge arrives, because the broker is away or nobody beats.

A thread in the worker's main process watches for ticks. When none has come for a while it starts this module as a
process of its own, which runs the engine in rounds until nudges come again. Two of them, or one beside a worker,
are harmless: each dispatch has one holder.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import structlog
from celery import Celery, signals
from flask import Flask

from advocacy import gateways, logs
from advocacy.app import create_app
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.operations import engine, figures

QUIET_SECONDS = 20.0
"""Without a tick for so long, the worker starts its stand-in."""

ROUND_SECONDS = 5.0
RESPAWN_SECONDS = 45.0

ALONE = "--alone"
"""Given when there is no worker at all, on a machine for which no broker comes with us."""

log = structlog.get_logger(__name__)


class Watch:
    """Starts the stand-in when the worker hears no tick, and stops it when it hears one again."""

    def __init__(self) -> None:
        self._heard_at = time.monotonic()
        self._stood_in_at = 0.0
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self, **_: object) -> None:
        threading.Thread(target=self._watch, name="standin-watch", daemon=True).start()

    def hear(self, **_: object) -> None:
        self._heard_at = time.monotonic()

    def end(self, **_: object) -> None:
        self._ended.set()
        self._stop()

    def _watch(self) -> None:
        while not self._ended.wait(1.0):
            if time.monotonic() - self._heard_at < QUIET_SECONDS:
                self._stop()
            elif not self._running() and time.monotonic() - self._stood_in_at > RESPAWN_SECONDS:
                self._start()

    def _running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _start(self) -> None:
        log.warning("standin.started", quiet_seconds=QUIET_SECONDS)
        self._stood_in_at = time.monotonic()
        self._process = subprocess.Popen([sys.executable, "-m", "workers.standin"])

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            log.info("standin.stopped")
        self._process = None
        self._stood_in_at = 0.0


def watch_over(_app: Celery) -> None:
    """Watch over a worker from its first moment on: at a start without a broker it never becomes ready."""
    watch = Watch()
    signals.worker_init.connect(watch.begin, weak=False)
    signals.task_received.connect(watch.hear, weak=False)
    signals.worker_shutting_down.connect(watch.end, weak=False)


def main() -> None:
    """Run the engine in rounds until told to stop, or until the worker that started this is gone."""
    logs.configure()
    parent = os.getppid()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    app = create_app()
    if ALONE not in sys.argv and _ticked_lately(app):
        return
    while not ended.is_set() and os.getppid() == parent:
        _round(app)
        ended.wait(ROUND_SECONDS)


def _ticked_lately(app: Flask) -> bool:
    """Return whether somebody else keeps the engine going: with many workers each hears a tick now and then only."""
    with app.app_context():
        session = db.session()
        at = engine.last_tick(session)
        now = moment.now(session, gateways.current().clock)
        return at is not None and now - at < timedelta(seconds=QUIET_SECONDS / 2)


def _round(app: Flask) -> None:
    with app.app_context():
        try:
            engine.run_once(db.session(), gateways=gateways.current(), settings=app.extensions["advocacy.settings"])
            figures.count_due(db.session(), clock=gateways.current().clock)
        except Exception:
            log.exception("standin.round_failed")  # The database may be away too; the next round tries again.


if __name__ == "__main__":
    main()
