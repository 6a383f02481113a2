"""Named points at which tests make a process die, stop, fail or wait. They do nothing outside ADVOCACY_ENV=test."""

import os
import signal
import time
from collections import Counter

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
