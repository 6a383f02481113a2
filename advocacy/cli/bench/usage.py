"""What processes used: processor seconds and memory, read from /proc (Linux)."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 0.25


@dataclass
class _Seen:
    """One process: its peak, and what it held each time it was looked at, in MB."""

    peak: float = 0.0
    held: list[float] = field(default_factory=list)


class Usage:
    """Watches the processes below some roots, each under a name. `cpu` is without what they had used before."""

    def __init__(self, roots: dict[str, int]) -> None:
        self._roots = roots
        self._before = {name: _cpu(pid) for name, pid in roots.items()}
        self._after: dict[str, float] = {}
        self._seen: dict[str, dict[int, _Seen]] = {name: {} for name in roots}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Usage":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._look()
        self._after = {name: _cpu(pid) for name, pid in self._roots.items()}

    def cpu(self) -> dict[str, float]:
        return {name: after - self._before[name] for name, after in self._after.items()}

    def peaks(self, name: str) -> list[float]:
        """Return the peak resident memory of each process in MB, the largest first."""
        return sorted((round(each.peak, 1) for each in self._seen[name].values()), reverse=True)

    def growth(self, name: str) -> float | None:
        """Return what the largest process held over the last quarter of the time by what it held over the second."""
        held = max((each.held for each in self._seen[name].values()), key=max, default=[])
        quarter = len(held) // 4
        if not quarter:
            return None
        second, last = held[quarter : 2 * quarter], held[-quarter:]
        return round((sum(last) / len(last)) / (sum(second) / len(second)), 3)

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY):
            self._look()

    def _look(self) -> None:
        children = _children()
        for name, root in self._roots.items():
            for pid in _below(root, children):
                with suppress(OSError, ValueError, KeyError):  # One that has just ended holds nothing.
                    peak, now = _memory(pid)
                    seen = self._seen[name].setdefault(pid, _Seen())
                    seen.peak = max(seen.peak, peak)
                    seen.held.append(now)


def _cpu(root: int) -> float:
    """Return the processor seconds of a process and all below it, those that have ended and were waited for too."""
    total = 0
    for pid in _below(root, _children()):
        with suppress(OSError, ValueError):
            total += sum(int(ticks) for ticks in _stat(pid)[11:15])
    return total / _TICKS


def _memory(pid: int) -> tuple[float, float]:
    """Return peak and present resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    kilobytes = {
        name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if rest[-2:] == "kB"
    }
    return kilobytes["VmHWM"] / 1024, kilobytes["VmRSS"] / 1024


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError, ValueError):
                found.setdefault(int(_stat(int(path.name))[1]), []).append(int(path.name))
    return found


def _below(root: int, children: dict[int, list[int]]) -> list[int]:
    found, ahead = [], [root]
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        ahead += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/pid/stat that follow the name: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
