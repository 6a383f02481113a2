"""Requests that wait for their hour: sent then, or paused, cancelled and expired (contract.md 1.10)."""

import heapq
import threading
from dataclasses import dataclass, field
from typing import Any

from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.pace import Pace

MOST_HELD = 100
CANCEL_BEFORE = 600.0
PAUSE_LIFE = 72 * 3600.0


@dataclass(order=True)
class Waiting:
    """`starts` is when it is sent, in epoch seconds of the stand-in's clock."""

    starts: float
    number: str
    parsed: dict[str, Any] = field(compare=False)


class WaitingRoom:
    def __init__(self, account: Account, pace: Pace) -> None:
        self._account = account
        self._pace = pace
        self._waiting: list[Waiting] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def must_wait(self, parsed: dict[str, Any], now: float) -> bool:
        return _starts(parsed, now) > now or parsed.get("batch_id") in self._account.held

    def enter(self, parsed: dict[str, Any], number: str, now: float) -> None:
        """Let a request wait; each of its personalizations that has an hour of its own waits alone."""
        whole = parsed.get("send_at", 0)
        by_hour: dict[int, list[dict[str, Any]]] = {}
        for one in parsed["personalizations"]:
            by_hour.setdefault(one.get("send_at", whole), []).append(one)
        with self._lock:
            for hour, people in by_hour.items():
                starts = self._pace.after(hour - now) if hour > now else now
                heapq.heappush(self._waiting, Waiting(starts, number, parsed | {"personalizations": people}))

    def due(self, now: float) -> list[Waiting]:
        """Take out what is to be sent by now. What is cancelled or has been paused for too long is gone."""
        sent, stay = [], []
        with self._lock:
            while self._waiting and self._waiting[0].starts <= now:
                one = heapq.heappop(self._waiting)
                status, since = self._account.held.get(one.parsed.get("batch_id", ""), ("", 0.0))
                early = (one.starts - since) * self._pace.speed >= CANCEL_BEFORE
                if status == "pause":
                    if (now - one.starts) * self._pace.speed < PAUSE_LIFE:
                        stay.append(one)
                elif status != "cancel" or not early:
                    sent.append(one)
            for one in stay:
                heapq.heappush(self._waiting, one)
        return sent


def _starts(parsed: dict[str, Any], now: float) -> float:
    hours: list[float] = [parsed.get("send_at", 0), *(one.get("send_at", 0) for one in parsed["personalizations"])]
    return max(now, *hours)
