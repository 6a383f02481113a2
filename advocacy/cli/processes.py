"""The processes of `advocacy up`: the Procfile's lines under one roof, ended together."""

import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from honcho import manager
from honcho.process import Popen, Process

_PR_SET_PDEATHSIG = 1


def lines_of(procfile: Path) -> dict[str, str]:
    """Return the commands of a Procfile by name."""
    rows = (line.partition(":") for line in procfile.read_text(encoding="utf-8").splitlines())
    return {name.strip(): command.strip() for name, colon, command in rows if colon and not name.startswith("#")}


class Household(manager.Manager):  # type: ignore[misc]
    """Honcho's manager, with three differences.

    It tells a main process to stop and not its children, so that workers drain; it remembers who died first; and
    should it be killed itself, its processes are told to stop too (where the system can do that: Linux).
    """

    def __init__(self, patience: int) -> None:
        super().__init__()
        manager.KILL_WAIT = patience
        self._process_ctor = _Member
        self._procmgr = _Gentle()

    @property
    def first_to_die(self) -> tuple[str, int] | None:
        """Name and exit code of the process that ended by itself; None when we were told to stop."""
        return self._first

    _first: tuple[str, int] | None = None

    def terminate(self) -> None:
        if self._first is None and self.returncode is not None and not self._terminating:
            dead = [(name, each["returncode"]) for name, each in self._processes.items() if "returncode" in each]
            self._first = dead[0] if dead else None
        super().terminate()


class _Gentle(manager.ProcessManager):  # type: ignore[misc]
    """Ends the main process first; only at the end of patience its whole group."""

    def terminate(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return


class _Member(Process):  # type: ignore[misc]
    def run(self, events: Any = None, ignore_signals: bool = False) -> None:  # noqa: FBT001, FBT002 - honcho's signature
        _end_with_parent(signal.SIGKILL)
        self._child_ctor = _popen
        super().run(events, ignore_signals)


def _popen(command: str, *, env: Mapping[str, str], cwd: str | None) -> Popen:
    return Popen(command, env=env, cwd=cwd, preexec_fn=lambda: _end_with_parent(signal.SIGTERM))


def _end_with_parent(number: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
