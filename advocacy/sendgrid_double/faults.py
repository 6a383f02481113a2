"""Named faults: chosen by a seeded chance, by a script ("the third request: ..."), or asked for while it runs."""

import json
import random
from collections.abc import Iterable, Mapping
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


SAYS = {
    Fault.TOO_MANY: "429 without a word on when to come back",
    Fault.TOO_MANY_HEADERS: "429 with X-RateLimit-Reset",
    Fault.INTERNAL_BEFORE: "500, nothing taken",
    Fault.HTML_BEFORE: "502 as an HTML page, nothing taken",
    Fault.UNAVAILABLE_BEFORE: "503, nothing taken",
    Fault.GATEWAY_BEFORE: "504, nothing taken",
    Fault.INTERNAL_AFTER: "500 although it was taken",
    Fault.HTML_AFTER: "502 as an HTML page although it was taken",
    Fault.UNAVAILABLE_AFTER: "503 although it was taken",
    Fault.GATEWAY_AFTER: "504 although it was taken",
    Fault.CLOSE_BEFORE: "the connection is closed, nothing taken",
    Fault.CLOSE_AFTER: "taken, then the connection is closed",
    Fault.RESET_AFTER: "taken, then the connection is reset",
    Fault.STALL_BEFORE: "silence, nothing taken",
    Fault.STALL_AFTER: "silence, then taken and answered",
    Fault.SLOW_DRIP: "taken, and answered one byte a second",
    Fault.REDIRECT: "a redirect, nothing taken",
    Fault.NO_CREDITS: "401 “Maximum credits exceeded”",
    Fault.REVOKED: "401, and the key is dead from then on",
    Fault.UNVERIFIED: "403, the sender is not verified",
    Fault.CLOSE_IDLE: "taken and answered, then the connection is closed",
    Fault.ENDLESS: "taken, and answered with a gigabyte",
    Fault.GARBAGE: "bytes that are no HTTP",
}
"""What each fault does, as the page, the command line and docs/sendgrid-double.md tell it."""

TAKEN_FIRST = frozenset({
    Fault.INTERNAL_AFTER, Fault.HTML_AFTER, Fault.UNAVAILABLE_AFTER, Fault.GATEWAY_AFTER, Fault.CLOSE_AFTER,
    Fault.RESET_AFTER, Fault.STALL_AFTER, Fault.SLOW_DRIP, Fault.CLOSE_IDLE, Fault.ENDLESS,
})  # fmt: skip
"""The faults after which the request is in the ledger."""

LONGEST_BURST = 10_000


@dataclass(frozen=True)
class Burst:
    """The same fault for `times` requests in a row."""

    fault: Fault
    times: int = 1


def burst(words: str) -> Burst:
    """Read `429` or, for twenty requests in a row, `429x20`. Raises ValueError."""
    name, _, times = words.partition("x") if words not in set(Fault) else (words, "", "")
    if name not in set(Fault):
        raise ValueError(f"{name!r} is no fault; there are {', '.join(Fault)}")
    if times and not (times.isdigit() and 1 <= int(times) <= LONGEST_BURST):
        raise ValueError(f"{words!r}: a burst is 1 to {LONGEST_BURST} requests")
    return Burst(Fault(name), int(times or 1))


@dataclass
class Faults:
    """Which fault each request gets.

    `rates` are shares of all requests at which a burst begins; `script` is the burst that begins at the nth request
    (from 1); `asked` are the next ones, asked for by the page or by a test. `stall` is in seconds, `latency` in seconds
    for each request (with `spread`, the sigma of a log-normal distribution around it); `retry_after` and `reset` are
    sent with a 429. A connection on which nothing comes for `idle` seconds is closed; 0 is never.
    """

    seed: int = 0
    rates: dict[Burst, float] = field(default_factory=dict)
    script: dict[int, Burst] = field(default_factory=dict)
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
        self._left = Burst(Fault.TOO_MANY, 0)

    def ask(self, wanted: Burst) -> None:
        """Let the next requests meet this fault."""
        self.asked.extend([wanted.fault] * wanted.times)

    def next(self) -> Fault | None:
        """Return what goes wrong with the next request."""
        self.number += 1
        drawn = self._drawn(self._chance.random())
        fault = self._scripted() or (self.asked.pop(0) if self.asked else self._in_a_row(drawn))
        if fault is not None:
            self.counted[fault.value] = self.counted.get(fault.value, 0) + 1
        return fault

    def wait(self) -> float:
        """Return how long the next answer takes, in seconds."""
        if not self.latency:
            return 0.0
        return self.latency * (self._chance.lognormvariate(0.0, self.spread) if self.spread else 1.0)

    def _scripted(self) -> Fault | None:
        if self.number in self.script:
            self._left = self.script[self.number]
            return self._in_a_row(None)
        return None

    def _in_a_row(self, drawn: Burst | None) -> Fault | None:
        """Go on with a burst, or begin the one that was drawn."""
        now = self._left if self._left.times else drawn
        if now is None:
            return None
        self._left = Burst(now.fault, now.times - 1)
        return now.fault

    def _drawn(self, drawn: float) -> Burst | None:
        floor = 0.0
        for wanted, share in self.rates.items():
            floor += share
            if drawn < floor:
                return wanted
        return None


def from_file(path: Path) -> Faults:
    """Read {"seed", "rates": {name: share}, "script": {"3": name}, "stall", "latency", "spread", "retry_after", "reset",
    "idle"}; a name may be a burst.

    Raises ValueError for a name that is no fault, or for a key that is not known.
    """
    return from_values(json.loads(path.read_text(encoding="utf-8")))


def from_values(values: dict[str, Any]) -> Faults:
    known = {"seed", "rates", "script", "stall", "latency", "spread", "retry_after", "reset", "idle"}
    if unknown := set(values) - known:
        raise ValueError(f"not known in a file of faults: {', '.join(sorted(unknown))}")
    rates = {burst(name): float(share) for name, share in values.get("rates", {}).items()}
    _at_most_one(rates, "faults")
    script = {int(number): burst(name) for number, name in values.get("script", {}).items()}
    rest = {name: value for name, value in values.items() if name not in ("rates", "script")}
    return Faults(rates=rates, script=script, **rest)


def shares(words: Iterable[str], known: Iterable[str], what: str) -> dict[str, float]:
    """Read words like `bounce=0.02`. Raises ValueError for an unknown name, or shares that are no shares."""
    found: dict[str, float] = {}
    for word in words:
        name, _, share = word.partition("=")
        if name not in known:
            raise ValueError(f"{name!r} is none of the {what}: {', '.join(known)}")
        found[name] = _share(word, share)
    _at_most_one(found, what)
    return found


def add(faults: Faults, rates: Iterable[str], script: Iterable[str]) -> None:
    """Add what the command line says: `429x20=0.01` as a share, `3=429x20` from the third request on."""
    for word in rates:
        name, _, share = word.partition("=")
        faults.rates[burst(name)] = _share(word, share)
    _at_most_one(faults.rates, "faults")
    for word in script:
        number, _, name = word.partition("=")
        if not number.isdigit() or int(number) < 1:
            raise ValueError(f"{word!r}: say which request, as in 3=429x20")
        faults.script[int(number)] = burst(name)


def _share(word: str, share: str) -> float:
    try:
        number = float(share)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError(f"{word!r}: a share is a number from 0 to 1")
    return number


def _at_most_one(rates: Mapping[Any, float], what: str) -> None:
    if sum(rates.values()) > 1:
        raise ValueError(f"the shares of the {what} add up to more than 1")
