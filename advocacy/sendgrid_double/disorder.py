"""How untidy the events are that the stand-in tells: doubled, late, lost, changed."""

import random
from dataclasses import dataclass
from typing import Any

from advocacy.sendgrid_double.switches import described

EVENTS = (
    "processed", "dropped", "deferred", "delivered", "bounce", "open", "click", "spamreport", "unsubscribe",
    "group_unsubscribe", "group_resubscribe",
)  # fmt: skip


@dataclass
class Disorder:
    """How untidy the events are."""

    twice: float = described("share of events that stand twice in a batch", otherwise=0.02)
    batch_twice: float = described("share of batches posted twice", otherwise=0.05)
    missing_processed: float = described("share of `processed` events that never come", otherwise=0.02)
    lost: float = described("share of all events that never come", otherwise=0.0)
    lost_ids: float = described("share of events without any of our ids and arguments", otherwise=0.0)
    changed_ids: float = described("share of events told a second time under another sg_event_id", otherwise=0.01)
    no_event_id: float = described("share of unsubscribes without an sg_event_id", otherwise=0.0)
    odd_fields: float = described(
        "share of events with fields nobody knows, a category as text, a pool id as text", otherwise=0.02
    )
    late: float = described("share of events that come late", otherwise=0.01)
    late_seconds: float = described("how late those come, in seconds", otherwise=23 * 3600.0)
    shuffled: bool = described("the events of a batch stand in any order", otherwise=True)
    servers: int = described("how many sending servers post batches of their own", otherwise=3)
    batch_seconds: float = described("for how many seconds events are collected", otherwise=30.0)

    @classmethod
    def tidy(cls) -> "Disorder":
        """Return no disorder at all."""
        return cls(twice=0, batch_twice=0, missing_processed=0, changed_ids=0, odd_fields=0, late=0, shuffled=False)

    def never_tells(self, event: dict[str, Any], chance: random.Random) -> bool:
        missing = event["event"] == "processed" and chance.random() < self.missing_processed
        return missing or chance.random() < self.lost

    def untidy(self, event: dict[str, Any], chance: random.Random) -> dict[str, Any]:
        """Return the event as it is told."""
        told = dict(event)
        if chance.random() < self.odd_fields:
            told |= {"sg_unknown": 12345, "pool": {"name": "shared", "id": "7"}}
            told |= {"category": told["category"][0]} if told.get("category") else {}
        if "unsubscribe" in told["event"] and chance.random() < self.no_event_id:
            del told["sg_event_id"]
        return _without_ids(told) if chance.random() < self.lost_ids else told


def _without_ids(event: dict[str, Any]) -> dict[str, Any]:
    ours = ("smtp-id", "pool", "category")
    return {k: v for k, v in event.items() if k not in ours and not k.startswith("adv_")} | {"sg_message_id": ""}
