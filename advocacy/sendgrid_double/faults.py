"""Named faults: chosen by a seeded chance, by a script ("the third request: ..."), or asked for while it runs."""

import json
import random
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Fault(StrEnum):
    """What goes wrong with a request. `..._before` takes nothing; `..._after` has taken the request."""

    TOO_MANY = "429"
    TOO_MANY_HEADERS = "429_headers"
    INTERNAL_BEFORE = "500_before"
    HTML_BEFORE = "502_before"
    UNAVAILABLE_BEFORE = "503_before"
    GATEWAY_BEFORE = "504_before"
    INTERNAL_AFTER = "500_after"
    HTML_AFTER = "502_after"
    UNAVAILABLE_AFTER = "503_after"
    GATEWAY_AFTER = "504_after"
    CLOSE_BEFORE = "close_before"
    CLOSE_AFTER = "accept_then_close"
    RESET_AFTER = "accept_then_reset"
    STALL_BEFORE = "stall"
    STALL_AFTER = "stall_then_accept"
    SLOW_DRIP = "slow_drip"
    REDIRECT = "redirect"
    NO_CREDITS = "401_credits"
    REVOKED = "401_revoked"
    UNVERIFIED = "403_sender"
    CLOSE_IDLE = "close_idle"
    ENDLESS = "endless_answer"
    GARBAGE = "garbage"


TAKEN_FIRST = frozenset({
    Fault.INTERNAL_AFTER, Fault.HTML_AFTER, Fault.UNAVAILABLE_AFTER, Fault.GATEWAY_AFTER, Fault.CLOSE_AFTER,
    Fault.RESET_AFTER, Fault.STALL_AFTER, Fault.SLOW_DRIP, Fault.CLOSE_IDLE, Fault.ENDLESS,
})  # fmt: skip
"""The faults after which the request is in the ledger."""


@dataclass
class Faults:
    """Which fault each request gets.

    `rates` are shares of all requests by name; `script` names the fault of the nth request (from 1); `asked` are the
    next ones, asked for by the page or by a test. `stall` is in seconds, `latency` in seconds for each request (with
    `spread`, the sigma of a log-normal distribution around it); `retry_after` and `reset` are sent with a 429. A
    connection on which nothing comes for `idle` seconds is closed; 0 is never.
    """

    seed: int = 0
    rates: dict[Fault, float] = field(default_factory=dict)
    script: dict[int, Fault] = field(default_factory=dict)
    asked: list[Fault] = field(default_factory=list)
    stall: float = 60.0
    latency: float = 0.0
    spread: float = 0.0
    retry_after: str = ""
    reset: int | None = None
    idle: float = 0.0
    counted: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - repeatable, not secret

    def next(self) -> Fault | None:
        """Return what goes wrong with the next request."""
        self.number += 1
        drawn = self._chance.random()
        fault = self.script.get(self.number) or (self.asked.pop(0) if self.asked else self._drawn(drawn))
        if fault is not None:
            self.counted[fault.value] = self.counted.get(fault.value, 0) + 1
        return fault

    def wait(self) -> float:
        """Return how long the next answer takes, in seconds."""
        if not self.latency:
            return 0.0
        return self.latency * (self._chance.lognormvariate(0.0, self.spread) if self.spread else 1.0)

    def _drawn(self, drawn: float) -> Fault | None:
        floor = 0.0
        for fault, share in self.rates.items():
            floor += share
            if drawn < floor:
                return fault
        return None


def from_file(path: Path) -> Faults:
    """Read {"seed", "rates": {name: share}, "script": {"3": name}, "stall", "latency", "spread", "retry_after", "reset",
    "idle"}.

    Raises ValueError for a name that is no fault, or for a key that is not known.
    """
    return from_values(json.loads(path.read_text(encoding="utf-8")))


def from_values(values: dict[str, Any]) -> Faults:
    known = {"seed", "rates", "script", "stall", "latency", "spread", "retry_after", "reset", "idle"}
    if unknown := set(values) - known:
        raise ValueError(f"not known in a file of faults: {', '.join(sorted(unknown))}")
    rates = {Fault(name): float(share) for name, share in values.get("rates", {}).items()}
    if sum(rates.values()) > 1:
        raise ValueError("the shares of the faults add up to more than 1")
    script = {int(number): Fault(name) for number, name in values.get("script", {}).items()}
    rest = {name: value for name, value in values.items() if name not in ("rates", "script")}
    return Faults(rates=rates, script=script, **rest)
