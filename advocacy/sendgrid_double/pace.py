"""The stand-in's clock: the machine's, moved by a file when asked, with the delays between events made shorter."""

import time
from pathlib import Path


class Pace:
    """`speed` divides every delay, so that the 72 hours of a deferral fit in a test; the time told is never ahead."""

    def __init__(self, *, speed: float = 1.0, offset_file: Path | None = None) -> None:
        if speed <= 0:
            raise ValueError("the speed is a number above zero")
        self.speed = speed
        self._offset_file = offset_file

    def now(self) -> float:
        """Return epoch seconds."""
        return time.time() + self._offset()

    def after(self, seconds: float) -> float:
        """Return when something happens that takes so long in the real world."""
        return self.now() + seconds / self.speed

    def _offset(self) -> float:
        if self._offset_file is None:
            return 0.0
        try:
            return float(self._offset_file.read_text(encoding="ascii").strip() or 0)
        except FileNotFoundError:
            return 0.0
