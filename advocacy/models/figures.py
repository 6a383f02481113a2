"""A campaign's figures as its roll-ups have them: mails by blast, people from planned to acted, actions by day and way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.call import CallOutcome
from advocacy.models import stall
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.press import DemandCount
from advocacy.models.tally import Counted, tallies


@dataclass(frozen=True)
class MailFigures:
    """One blast, in mails. `left` and `moved` are the people whose withdrawal or first action followed it. Of the
    `opens_asked` that left with opens counted, `opened` were by somebody and `machine_opened` by programs alone."""

    blast_id: int
    rule: str
    at: datetime
    planned: int
    accepted: int
    reported: int
    delivered: int
    returned: int
    complained: int
    left: int
    moved: int
    opens_asked: int
    opened: int
    machine_opened: int


@dataclass(frozen=True)
class People:
    """People, each once. All but `planned` are among those whose mail was accepted."""

    planned: int
    accepted: int
    delivered: int
    pressed: int
    acted: int


@dataclass(frozen=True)
class Figures:
    """`acted` counts everyone who told us, written to or not; `letters` what they told us of; `counted_at` is None
    until the first count. By day, channel and country: people, each once in a row."""

    counted_at: datetime | None
    people: People
    mails: list[MailFigures]
    acted: int
    letters: int
    joined: int
    by_day: list[tuple[date, int]]
    by_channel: list[tuple[Channel, int]]
    by_country: list[tuple[str, int]]
    by_demand: list[tuple[str, int]]
    letters_with_demands: int
    calls: list[tuple[CallOutcome, int]]
    at_stalls: list[tuple[Channel, int]]

    @property
    def moved_by_none(self) -> int:
        """Those who acted before any mail of the campaign left for them."""
        return self.acted - sum(mail.moved for mail in self.mails)

    @property
    def reports_seen(self) -> bool:
        return any(mail.reported for mail in self.mails)


def figures_of(session: Session, campaign: Campaign) -> Figures:
    numbers: dict[str, dict[tuple[int, str], int]] = {}
    for row in tallies(session, campaign.id):
        numbers.setdefault(row.what, {})[row.blast_id, row.key] = row.number
    counted = session.get(Counted, campaign.id)
    letters = dict(
        session.execute(
            select(DemandCount.demand_id, DemandCount.letters).where(DemandCount.campaign_id == campaign.id)
        ).all()
    )
    stalls = stall.by_channel(session, campaign.id)
    channels, calls = _keyed(numbers, "acted_channel"), _keyed(numbers, "called")
    return Figures(
        counted_at=counted.counted_at if counted else None,
        people=People(**{step: _keyed(numbers, "people").get(step, 0) for step in People.__dataclass_fields__}),
        mails=_mails(session, campaign, numbers),
        acted=_keyed(numbers, "acted").get("", 0),
        letters=_keyed(numbers, "letters").get("", 0),
        joined=_keyed(numbers, "joined").get("", 0),
        by_day=sorted((date.fromisoformat(day), people) for day, people in _keyed(numbers, "acted_day").items()),
        by_channel=[(way, channels[way]) for way in Channel if way in channels],
        by_country=sorted(_keyed(numbers, "acted_country").items(), key=lambda each: (-each[1], each[0])),
        by_demand=[(row.text, letters.get(row.id, 0)) for row in campaign.demands],
        letters_with_demands=letters.get(0, 0),
        calls=[(outcome, calls[outcome]) for outcome in CallOutcome if outcome in calls],
        at_stalls=[(way, stalls[way]) for way in Channel if way in stalls],
    )


def _keyed(numbers: Mapping[str, Mapping[tuple[int, str], int]], what: str) -> dict[str, int]:
    return {key: number for (_blast_id, key), number in numbers.get(what, {}).items()}


def _mails(
    session: Session, campaign: Campaign, numbers: Mapping[str, Mapping[tuple[int, str], int]]
) -> list[MailFigures]:
    def of(what: str, blast_id: int) -> int:
        return numbers.get(what, {}).get((blast_id, ""), 0)

    rows = session.execute(
        select(Blast.id, Blast.rule, Blast.scheduled_at)
        .where(Blast.campaign_id == campaign.id)
        .order_by(Blast.scheduled_at, Blast.id)
    )
    return [
        MailFigures(
            blast_id=blast_id,
            rule=rule,
            at=at,
            planned=of("planned", blast_id),
            accepted=of("accepted", blast_id),
            reported=of("reported", blast_id),
            delivered=of("delivered", blast_id),
            returned=of("returned", blast_id),
            complained=of("complained", blast_id),
            left=of("left", blast_id),
            moved=of("moved", blast_id),
            opens_asked=of("opens_asked", blast_id),
            opened=of("opened", blast_id),
            machine_opened=of("machine_opened", blast_id),
        )
        for blast_id, rule, at in rows
        if of("planned", blast_id)
    ]
