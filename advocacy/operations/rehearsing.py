"""Play a whole campaign with the real engine: a simulated clock, a copy in memory, a mailbox in memory.

Nothing of it touches the real database but a few reads; no address leaves it: the copy's people have made-up ones.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import StaticPool, create_engine, func, inspect, or_, select
from sqlalchemy.orm import Session, object_session

from advocacy.config import Settings
from advocacy.domain.addressee import Role
from advocacy.domain.cadence import Cadence
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.errors import ConflictError
from advocacy.domain.keys import KeyRing
from advocacy.domain.rehearsal import Rehearsal, Rehearsed, broken, days, why
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.gateways.rehearsal import RehearsalMailbox, RehearsedMail
from advocacy.models import moment
from advocacy.models.audience import reachable
from advocacy.models.base import Base, behave
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import AddresseeRow, Campaign, CampaignTranslation, Demand
from advocacy.models.posting import PostingEntry, entries
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Subscription, Supporter, opened, seal
from advocacy.operations import actions, campaigns, engine

MOST_SUPPORTERS = 2000
_STRIDE = timedelta(hours=12)
_ACTS_AFTER = (timedelta(hours=30), timedelta(days=6), None, None)
"""In a rehearsal a quarter of the people act after a day and a bit, a quarter after six days, half never."""

_MADE_UP = (
    ("CA", "America/Toronto", "en"),
    ("CA", "America/Vancouver", "fr"),
    ("GB", "Europe/London", "en"),
    ("MX", "America/Mexico_City", "es"),
    ("DE", "Europe/Berlin", "de"),
    ("AU", "Australia/Sydney", "en"),
)


def rehearse(
    session: Session, campaign: Campaign, *, supporters: int, gateways: Gateways, settings: Settings
) -> Rehearsal:
    """Play the campaign from its launch (now, for a draft) to the day after its deadline, for a sample of people.

    Raises ConflictError when it could not be launched at that moment.
    """
    start = campaign.launched_at or moment.now(session, gateways.clock)
    found = campaigns.launch_faults(campaign, start, settings)
    faults = [fault for fault in found if fault.field not in campaigns.NOT_OF_THE_CASE]
    if faults:
        raise ConflictError("It cannot be rehearsed yet. %(reasons)s", reasons=[fault.message for fault in faults])
    sample = _sample(session, campaign, min(supporters, MOST_SUPPORTERS))
    clock = SimulatedClock(start)
    mailbox = RehearsalMailbox(clock)
    inside = replace(gateways, clock=clock, provider=mailbox, mailbox=None)
    with _copy(session.info["keys"]) as copy:
        double = _copied(copy, campaign)
        if sample:
            cast = _cast(session, copy, campaign, double, sample, start)
        else:
            cast = _made_up(copy, double, supporters, start)
        campaigns.go_live(copy, double, now=start, gateways=inside, settings=settings, actor="rehearsal")
        copy.commit()
        acted = _play(copy, double, cast, inside, settings, clock)
        return _told(copy, double, cast, mailbox.mails, acted, start=start, made_up=not sample)


@dataclass
class _Person:
    row_id: int
    label: str
    country: str
    zone: str
    acts_at: datetime | None


@contextmanager
def _copy(keys: KeyRing) -> Iterator[Session]:
    engine_in_memory = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    behave(engine_in_memory)
    try:
        Base.metadata.create_all(engine_in_memory)
        with Session(engine_in_memory, info={"keys": keys}) as copy:
            yield copy
    finally:
        engine_in_memory.dispose()


def _copied(copy: Session, campaign: Campaign) -> Campaign:
    values = _values(campaign, without={"id", "state", "launched_at", "closed_at", "follows_id", "generation"})
    double = Campaign(**values, state=CampaignState.DRAFT)
    double.demands = [Demand(**_values(row, without={"id", "campaign_id"})) for row in campaign.demands]
    double.addressees = [
        AddresseeRow(**_values(row, without={"id", "campaign_id", "embassy_id"})) for row in campaign.addressees
    ]
    double.translations = [
        CampaignTranslation(**_values(row, without={"campaign_id"})) for row in campaign.translations
    ]
    copy.add(double)
    for entry in reversed(entries(object_session(campaign) or copy)):
        copy.add(PostingEntry(**_values(entry, without={"id"})))
    copy.flush()
    return double


def _values(row: Base, *, without: set[str]) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns if column.key not in without}


def _sample(session: Session, campaign: Campaign, number: int) -> list[Supporter]:
    """Return real people the campaign is for, picked the same way each time."""
    for_it = select(Subscription.supporter_id).where(
        Subscription.left_at.is_(None),
        or_(Subscription.campaign_id == campaign.id, Subscription.campaign_id.is_(None)),
    )
    ordered = select(Supporter).where(reachable(), Supporter.id.in_(for_it)).order_by(Supporter.uid).limit(number)
    return list(session.scalars(ordered))


def _cast(
    session: Session,
    copy: Session,
    campaign: Campaign,
    double: Campaign,
    sample: Sequence[Supporter],
    start: datetime,
) -> list[_Person]:
    """Copy real people under made-up addresses, with what they asked for and their first name."""
    cast = []
    for number, real in enumerate(sample, start=1):
        name = opened(session, real, "name").split(" ")[0] or "Friend"
        person = _add(copy, number, name, real.country, real.timezone, real.language, start)
        for row in session.scalars(
            select(Subscription).where(
                Subscription.supporter_id == real.id,
                Subscription.left_at.is_(None),
                or_(Subscription.campaign_id == campaign.id, Subscription.campaign_id.is_(None)),
            )
        ):
            copy.add(
                Subscription(
                    supporter_id=person.row_id,
                    campaign_id=double.id if row.campaign_id is not None else None,
                    reminders=row.reminders,
                    joined_at=min(row.joined_at, start - timedelta(days=1)),
                )
            )
        cast.append(person)
    return cast


def _made_up(copy: Session, double: Campaign, number: int, start: datetime) -> list[_Person]:
    cast = []
    for index in range(1, min(number, MOST_SUPPORTERS) + 1):
        country, zone, language = _MADE_UP[index % len(_MADE_UP)]
        person = _add(copy, index, f"Person {index}", country, zone, language, start)
        reminders = Reminders.LAST if index % 10 == 0 else Reminders.ALL
        copy.add(
            Subscription(
                supporter_id=person.row_id,
                campaign_id=double.id,
                reminders=reminders,
                joined_at=start - timedelta(days=1),
            )
        )
        cast.append(person)
    return cast


def _add(
    copy: Session, number: int, name: str, country: str | None, zone: str, language: str, start: datetime
) -> _Person:
    address = f"person-{number}@rehearsal.example"
    keys: KeyRing = copy.info["keys"]
    row = Supporter(
        uid=hashlib.sha256(f"rehearsal {number}".encode()).hexdigest()[:32],
        email_key=keys.email_keys(address)[0],
        suppression_key=keys.suppression_keys(address)[0],
        state=SupporterState.ACTIVE,
        country=country,
        language=language,
        timezone=zone,
        created_at=start - timedelta(days=1),
        confirmed_at=start - timedelta(days=1),
    )
    seal(copy, row, email=address, name=name)
    copy.add(row)
    copy.flush()
    wait = _ACTS_AFTER[number % len(_ACTS_AFTER)]
    return _Person(row.id, f"{name} ({number})", country or "?", zone, start + wait if wait else None)


def _play(
    copy: Session,
    double: Campaign,
    cast: Sequence[_Person],
    inside: Gateways,
    settings: Settings,
    clock: SimulatedClock,
) -> dict[int, datetime]:
    """Run the engine from one instant at which something may happen to the next, until a day after the deadline."""
    deadline = double.due_by()
    if deadline is None:
        raise ConflictError("It has no deadline.")
    addressee = next(row for row in double.addressees if row.role is Role.PRIMARY)
    waiting = sorted((person for person in cast if person.acts_at), key=lambda person: person.acts_at or clock.now())
    acted: dict[int, datetime] = {}
    end = deadline.end() + timedelta(days=1)
    while clock.now() < end:
        while waiting and waiting[0].acts_at and waiting[0].acts_at <= min(clock.now(), deadline.end()):
            person = waiting.pop(0)
            acted[person.row_id] = clock.now()
            actions.sent(copy, person.row_id, double, addressee.id, addressee.value().channels()[0], clock=clock)
        engine.run_once(copy, gateways=inside, settings=settings)
        clock.set(min(_next_instant(copy, clock.now(), waiting), end))
    return acted


def _next_instant(copy: Session, now: datetime, waiting: Sequence[_Person]) -> datetime:
    due = [
        copy.scalar(select(func.min(Dispatch.due_at)).where(Dispatch.state == DispatchState.PLANNED)),
        copy.scalar(select(func.min(SingleMail.due_at)).where(SingleMail.state == DispatchState.PLANNED)),
        waiting[0].acts_at if waiting else None,
    ]
    copy.rollback()
    later = [instant for instant in due if instant is not None and instant > now]
    return min([*later, now + _STRIDE])


def _told(
    copy: Session,
    double: Campaign,
    cast: Sequence[_Person],
    mails: Sequence[RehearsedMail],
    acted: dict[int, datetime],
    *,
    start: datetime,
    made_up: bool,
) -> Rehearsal:
    deadline = double.due_by()
    if deadline is None:
        raise ConflictError("It has no deadline.")
    people = {f"person-{number}@rehearsal.example": person for number, person in enumerate(cast, start=1)}
    rules = dict(
        copy.execute(select(Dispatch.public_id, Blast.rule).join(Blast, Blast.id == Dispatch.blast_id)).all()
    ) | {public_id: kind.value for public_id, kind in copy.execute(select(SingleMail.public_id, SingleMail.kind))}
    told = tuple(_rehearsed(mail, people[mail.address], rules[mail.public_id]) for mail in mails)
    reached = {mail.person for mail in told}
    by_label = {person.label: acted[person.row_id] for person in cast if person.row_id in acted}
    return Rehearsal(
        people=len(cast),
        made_up=made_up,
        started_at=start,
        deadline=deadline.day,
        days=days(told, by_label, deadline.zone),
        mails=told,
        silent=sum(person.label not in reached for person in cast),
        faults=tuple(broken(told, by_label, end=deadline.end(), quiet=Cadence.from_json(double.cadence).quiet)),
    )


def _rehearsed(mail: RehearsedMail, person: _Person, rule: str) -> Rehearsed:
    return Rehearsed(
        at=mail.at,
        local=mail.at.astimezone(ZoneInfo(person.zone)),
        person=person.label,
        country=person.country,
        zone=person.zone,
        rule=rule,
        why=why(rule),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
    )
