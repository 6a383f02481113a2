"""Named points at which tests make a process die, stop, fail or wait. They do nothing outside ADVOCACY_ENV=test."""

import os
import signal
import time
from collections import Counter

POINTS = (
    "web.signup.before_commit",
    "web.signup.after_commit",
    "web.unsub.after_commit",
    "web.unsub.before_response",
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
    "hook.inserted.before_commit",
    "hook.after_commit",
    "erase.mid",
    "import.batch",
    "export.mid",
    "migrate.mid",
    "beat.ticked",
)
"""Every point there is. `send.checked` lies between the last look at the clock and the first byte of a request."""

_seen: Counter[str] = Counter()


class PlannedFaultError(Exception):
    """A test asked for a failure at this point."""


def point(name: str) -> None:
    """Do what FAULT=<name>:<nth>[:kill|stop|raise|sleep=ms] asks for, at the nth time this point is passed.

    The nth may be `*` for every time. Read from the environment each time, so that a test moves it while all runs.
    """
    fault = os.environ.get("FAULT", "")
    if not fault or os.environ.get("ADVOCACY_ENV") != "test":
        return
    wanted, nth, kind = (*fault.split(":"), "", "")[:3]
    if wanted != name:
        return
    _seen[name] += 1
    if nth == "*" or _seen[name] == int(nth or 1):
        _strike(name, kind or "kill")


def forget() -> None:
    """Count from the beginning again."""
    _seen.clear()


def _strike(name: str, kind: str) -> None:
    if kind == "raise":
        raise PlannedFaultError(name)
    if kind.startswith("sleep="):
        time.sleep(int(kind.removeprefix("sleep=")) / 1000)
        return
    os.kill(os.getpid(), signal.SIGSTOP if kind == "stop" else signal.SIGKILL)
