"""How many supporters there are of each kind: counted in the background when there are many, at once when few."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, true
from sqlalchemy.orm import Session

from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import Clock
from advocacy.models import installation, moment, people
from advocacy.models.supporter import Subscription, Supporter
from advocacy.models.supporter_count import SupporterCount

COUNTED_AT = "supporters_counted"
_EVERY = timedelta(minutes=1)
_REST = 60
"""After counting it rests for so many times as long as it took, so that it never takes more than a sixtieth of a core."""

Key = tuple[str, str, SupporterState]


@dataclass(frozen=True)
class Summary:
    """`at` is when it was counted, None for this very moment."""

    at: datetime | None
    numbers: dict[Key, int]

    def people(self, state: SupporterState) -> int:
        return self.numbers.get(("all", "", state), 0)

    @property
    def everyone(self) -> int:
        return sum(number for (facet, _, _), number in self.numbers.items() if facet == "all")

    @property
    def on_alerts(self) -> int:
        return self.numbers.get(("alerts", "", SupporterState.ACTIVE), 0)

    def values(self, facet: str) -> list[tuple[str, int]]:
        """Return what active supporters have of a facet, the most frequent first."""
        found = [
            (value, number)
            for (name, value, state), number in self.numbers.items()
            if name == facet and state is SupporterState.ACTIVE
        ]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def summary(session: Session) -> Summary:
    """Return the numbers: of this moment where few people are to be counted, else those counted last."""
    if people.counted(session, Selection()) <= people.MOST_COUNTED:
        return Summary(None, count(session))
    kept = _kept(session)
    rows = session.execute(
        select(SupporterCount.facet, SupporterCount.value, SupporterCount.state, SupporterCount.people)
    )
    return Summary(kept[0] if kept else None, {(facet, value, state): n for facet, value, state, n in rows})


def when_it_is_time(session: Session, clock: Clock) -> None:
    """Count anew where the last time is long enough ago. Two at once are harmless: both write the same."""
    now, kept = moment.now(session, clock), _kept(session)
    if kept is not None and now - kept[0] < max(_EVERY, _REST * kept[1]):
        session.rollback()
        return
    if people.counted(session, Selection()) <= people.MOST_COUNTED:
        session.rollback()
        return
    began = clock.boottime()
    found = count(session)
    session.rollback()
    took = clock.boottime() - began
    installation.set_fact(session, COUNTED_AT, json.dumps([now.isoformat(), took]))  # Locks, so that two go in turn.
    session.execute(delete(SupporterCount))
    rows = [{"facet": facet, "value": value, "state": state, "people": n} for (facet, value, state), n in found.items()]
    session.execute(insert(SupporterCount), rows)
    session.commit()


def count(session: Session) -> dict[Key, int]:
    """Count everybody by each facet."""
    numbers: Counter[Key] = Counter()
    kinds = (Supporter.state, Supporter.country, Supporter.language, Supporter.timezone)
    for state, country, language, zone, number in session.execute(select(*kinds, func.count()).group_by(*kinds)):
        for facet, value in (("all", ""), ("country", country or ""), ("language", language), ("zone", zone)):
            numbers[facet, value, state] += number
    tag = _each_tag(session)
    tagged = select(tag.c.value, Supporter.state, func.count()).select_from(Supporter).join(tag, true())
    for value, state, number in session.execute(tagged.group_by(tag.c.value, Supporter.state)):
        numbers["tag", value, state] += number
    listed = (
        select(Supporter.state, func.count())
        .join(Subscription, Subscription.supporter_id == Supporter.id)
        .where(Subscription.campaign_id.is_(None), Subscription.left_at.is_(None))
        .group_by(Supporter.state)
    )
    for state, number in session.execute(listed):
        numbers["alerts", "", state] = number
    return dict(numbers)


def _each_tag(session: Session) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return func.jsonb_array_elements_text(Supporter.tags).table_valued("value", name="tag")
    return func.json_each(Supporter.tags).table_valued("value", name="tag")


def _kept(session: Session) -> tuple[datetime, timedelta] | None:
    kept = installation.fact(session, COUNTED_AT)
    if kept is None:
        return None
    at, seconds = json.loads(kept)
    return datetime.fromisoformat(at), timedelta(seconds=seconds)
