"""Two subjects tried by a part of the people: who gets which, and which of them goes to the rest."""

from dataclasses import dataclass
from math import sqrt

ARMS = ("a", "b")

_LOT = 4096
_SURE = 1.96
"""Standard deviations on both sides that hold 95 of 100 cases."""


@dataclass(frozen=True)
class Tried:
    """What became of one subject: of `people` whose mail the provider took, `acted` told us that they acted.

    `pressed` are those of whom the first button pressed on their page came after it: told beside, never what decides.
    """

    arm: str
    people: int
    acted: int
    pressed: int = 0

    @property
    def rate(self) -> float:
        return self.acted / self.people if self.people else 0.0

    @property
    def pressed_rate(self) -> float:
        return self.pressed / self.people if self.people else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which two rates the true one lies in 95 of 100 such trials (Wilson's interval)."""
        if not self.people:
            return 0.0, 1.0
        n, z2 = self.people, _SURE**2
        middle = (self.rate + z2 / (2 * n)) / (1 + z2 / n)
        half = _SURE / (1 + z2 / n) * sqrt(self.rate * (1 - self.rate) / n + z2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Verdict:
    """`arm` goes to the rest. `clear` says whether more than chance speaks for it; `low` and `high` are between which
    two values the second rate less the first lies in 95 of 100 such trials."""

    arm: str
    clear: bool
    low: float
    high: float


def verdict(first: Tried, second: Tried) -> Verdict:
    """Return which subject wins: the one with the higher share of people who acted, the first where they are equal.

    The interval of the difference is Newcombe's, from the two Wilson intervals: it holds for few people, too.
    """
    gap = second.rate - first.rate
    (low_1, high_1), (low_2, high_2) = first.interval, second.interval
    low = gap - sqrt((second.rate - low_2) ** 2 + (high_1 - first.rate) ** 2)
    high = gap + sqrt((high_2 - second.rate) ** 2 + (first.rate - low_1) ** 2)
    return Verdict(second.arm if gap > 0 else first.arm, low > 0 or high < 0, low, high)


def lots(share: int) -> tuple[str, str]:
    """Return the two limits on a person's lot (three hexadecimal digits drawn by chance): below the first they get the
    first subject, below the second the second one, and else they wait for the better one."""
    ends = round(_LOT * share / 100)
    return _written(ends // 2), _written(ends)


def lot_at(blast_id: int) -> int:
    """Return where in a person's random id (from 1) their lot for this mail stands, so that nobody is always first."""
    return 1 + (blast_id * 3) % 10


def _written(limit: int) -> str:
    """A limit above every lot is "g", which comes after the digits."""
    return "g" if limit >= _LOT else f"{limit:03x}"
