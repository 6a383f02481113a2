"""How fast each domain takes our mail: as fast as we can until its server asks for patience, then slowly, then faster.

Every worker process learns for itself. Large mail services share one server over many domains; those learn apart.
"""

from dataclasses import dataclass
from math import inf

_COOLS_FOR = 30.0
_LONGEST = 900.0
_SLOWEST = 1 / 30
_AFTER_TROUBLE = 1.0
"""Messages a second with which a domain begins anew."""

_GROWS_AFTER = 20
_FREE_FROM = 50.0
_MOST_DOMAINS = 20_000
_SHORTEST = 1.0


@dataclass
class _Domain:
    """`free_at` is when the next message may begin; `turn` the instant given to the last one that was sent away."""

    rate: float
    free_at: float = 0.0
    turn: float = 0.0
    cool_until: float = 0.0
    troubles: int = 0
    taken: int = 0


class Pace:
    """Instants are CLOCK_BOOTTIME readings. `limit` is what no domain gets more than, in messages a second."""

    def __init__(self, limit: float = inf) -> None:
        self._limit = limit
        self._domains: dict[str, _Domain] = {}

    def wait(self, domain: str, now: float) -> float:
        """Return 0 when a message to this domain may begin now, which counts it; else after how many seconds to ask."""
        known = self._domains.get(domain)
        if known is None:
            if self._limit == inf:
                return 0.0
            known = self._add(domain)
        if now < known.cool_until:
            return max(known.cool_until - now, _SHORTEST)
        if now >= known.free_at:
            known.free_at = now + 1 / known.rate
            return 0.0
        known.turn = max(known.turn, known.free_at) + 1 / known.rate
        return min(max(known.turn - now, _SHORTEST), _LONGEST)

    def took(self, domain: str) -> None:
        """A message was taken: after some of those the domain gets more, and is forgotten when all is well."""
        known = self._domains.get(domain)
        if known is None or known.rate >= self._limit:
            return
        known.taken += 1
        if known.taken < _GROWS_AFTER:
            return
        known.rate, known.taken, known.troubles = min(known.rate * 2, self._limit), 0, 0
        if known.rate >= _FREE_FROM and self._limit == inf:
            del self._domains[domain]

    def asked_for_patience(self, domain: str, now: float) -> float:
        """Return for how many seconds the domain gets nothing: longer each time, and half as fast afterwards."""
        known = self._domains.get(domain) or self._add(domain)
        known.rate = max(min(known.rate / 2, _AFTER_TROUBLE), _SLOWEST)
        cools = min(_COOLS_FOR * 2.0 ** min(known.troubles, 10), _LONGEST)
        known.cool_until, known.taken = now + cools, 0
        known.troubles += 1
        return cools

    def _add(self, domain: str) -> _Domain:
        if len(self._domains) >= _MOST_DOMAINS:
            self._domains.clear()
        return self._domains.setdefault(domain, _Domain(self._limit))
