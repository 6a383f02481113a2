"""The clocks: the only module that reads them."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """What time it is.

    `now` is aware UTC. `offset` is what must be added to the database server's clock to agree with `now`: zero but in
    tests and rehearsals. `boottime` is CLOCK_BOOTTIME in seconds: it goes on while the machine or the process sleeps.
    """

    def now(self) -> datetime: ...
    def offset(self) -> timedelta: ...
    def boottime(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def offset(self) -> timedelta:
        return timedelta()

    def boottime(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class OffsetClock(SystemClock):
    """The system clock moved by the seconds in a file, read anew each time, so that tests move time while all runs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return super().now() + self.offset()

    def offset(self) -> timedelta:
        try:
            return timedelta(seconds=float(self._path.read_text(encoding="ascii").strip() or 0))
        except FileNotFoundError:
            return timedelta()


_GOES_ON = 2.0


class SimulatedClock:
    """A clock that stands still until it is set: for rehearsals and tests.

    A database server's clock goes on, so what it reads is moved to agree to within the time a statement takes. For the
    first moments after it was set the server's goes on with it: two readings close together are then in their order.
    """

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def now(self) -> datetime:
        return self._now

    def offset(self) -> timedelta:
        passed = min(time.monotonic() - self._set_at, _GOES_ON)
        return self._now - datetime.now(UTC) + timedelta(seconds=passed)

    def boottime(self) -> float:
        return self._now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.set(self._now + timedelta(seconds=seconds))

    def set(self, now: datetime) -> None:
        self._now, self._set_at = now, time.monotonic()
