"""The worker's Celery app: its tasks run inside the Flask app, and know when the worker is told to stop."""

import ctypes
import multiprocessing
from contextlib import suppress

from celery import Celery, Task, signals
from flask import Flask
from kombu.exceptions import OperationalError

from advocacy import logs
from advocacy.models.base import db
from workers.timetable import TICK_SECONDS, configuration

_ARENAS = -8
"""M_ARENA_MAX of glibc's malloc.h."""

_stopping = multiprocessing.get_context("fork").Event()


def make(flask: Flask) -> Celery:
    """Return a Celery app whose tasks run inside this Flask app."""
    app = Celery("advocacy", task_cls=_task_inside(flask), set_as_current=True)
    app.conf.update(configuration(flask.extensions["advocacy.settings"]))
    app.set_default()
    _listen(flask)
    return app


def stopping() -> bool:
    """Return whether this worker was told to stop: a task that works in rounds ends after the one at hand."""
    return _stopping.is_set()


def nudge(*tasks: Task) -> None:
    """Wake these tasks up. When the broker takes no message, only time is lost: the next tick nudges again."""
    for task in tasks:
        with suppress(OperationalError):
            task.apply_async(expires=2 * TICK_SECONDS)


def _task_inside(flask: Flask) -> type[Task]:
    class InsideTheApp(Task):  # type: ignore[misc]
        """A task that runs in an app context of its own; the session ends with it."""

        def __call__(self, *args: object, **kwargs: object) -> object:
            with flask.app_context():
                return self.run(*args, **kwargs)

    return InsideTheApp


def _listen(flask: Flask) -> None:
    def stop(**_: object) -> None:
        _stopping.set()

    def own_connections(**_: object) -> None:
        with flask.app_context():
            db.engine.dispose(close=False)  # A forked child must not speak through its parent's connections.

    def keep_together(**_: object) -> None:
        # Where the C library is glibc. It would give the threads of a worker heaps of their own, up to eight for each
        # core, and each keeps what it once needed; the interpreter lets one thread run at a time anyway.
        told = getattr(ctypes.CDLL(None), "mallopt", None)
        if told is not None:
            told(_ARENAS, 2)

    def log(**_: object) -> None:
        logs.configure()

    signals.worker_shutting_down.connect(stop, weak=False)
    signals.worker_process_init.connect(own_connections, weak=False)
    signals.worker_process_init.connect(keep_together, weak=False)
    signals.setup_logging.connect(log, weak=False)
