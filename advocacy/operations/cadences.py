"""A campaign's cadence: what another one would do to everything unsent, and taking it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.cadence import Cadence
from advocacy.domain.campaign import CampaignState, Deadline
from advocacy.domain.errors import ConflictError
from advocacy.domain.schedule import Change
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways
from advocacy.models import audience, moment
from advocacy.models.audience import Group
from advocacy.models.campaign import Campaign
from advocacy.operations import audit, planning, timetable
from advocacy.operations.timetable import PlanLine

ZONES = ("America/Toronto", "Europe/Paris", "Asia/Manila", "Pacific/Auckland")
"""Where it is looked at from while supporters live in fewer than four zones."""


@dataclass(frozen=True)
class InZone:
    """What somebody in one zone would get: when each mail is due, by its key; None for one that they would not get."""

    zone: str
    people: int
    dues: Mapping[str, datetime | None]


def of(campaign: Campaign) -> Cadence:
    """Return the campaign's cadence."""
    return Cadence.from_json(campaign.cadence)


def lines(session: Session, campaign: Campaign, cadence: Cadence, now: datetime) -> list[PlanLine]:
    """Return every mail of the plan with this cadence, those that went included. Changes nothing."""
    deadline = campaign.due_by()
    if deadline is None:
        return []
    launched = campaign.launched_at or now
    groups = _groups(session, campaign)
    return timetable.lines(campaign, deadline, groups, launched_at=launched, after=launched, cadence=cadence)


def changes(session: Session, campaign: Campaign, cadence: Cadence, now: datetime) -> list[tuple[Sentence, Change]]:
    """Return the before-and-after of each unsent mail with this cadence. Changes nothing."""
    deadline = campaign.due_by()
    if deadline is None:
        return []
    return timetable.changes(
        campaign,
        deadline,
        deadline,
        _groups(session, campaign),
        launched_at=campaign.launched_at or now,
        now=now,
        cadence=cadence,
    )


def in_zones(session: Session, campaign: Campaign, cadence: Cadence, now: datetime) -> list[InZone]:
    """Return what somebody in each of four zones would get: those with most people, filled up with some afar."""
    deadline = campaign.due_by()
    if deadline is None:
        return []
    people: dict[str, int] = {}
    for group in audience.groups(session, campaign):
        people[group.zone] = people.get(group.zone, 0) + group.people
    most = sorted(people, key=lambda zone: (-people[zone], zone))
    zones = list(dict.fromkeys((*most[: len(ZONES)], campaign.timezone, *ZONES)))[: len(ZONES)]
    return [
        InZone(
            zone, people.get(zone, 0), _dues(campaign, deadline, cadence, zone, launched_at=campaign.launched_at or now)
        )
        for zone in sorted(zones, key=lambda zone: now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta())
    ]


def change(
    session: Session, campaign: Campaign, cadence: Cadence, *, gateways: Gateways, settings: Settings, actor: str
) -> None:
    """Take another cadence: everything unsent is planned anew, and the change is logged.

    Raises ConflictError for a campaign that is closed.
    """
    now = moment.now(session, gateways.clock)
    session.refresh(campaign, with_for_update=True)
    planning.lock(session, campaign)
    if campaign.state is CampaignState.CLOSED:
        raise ConflictError("“%(title)s” is closed: no mail of it is still to come.", title=campaign.title)
    was = of(campaign).as_json()
    if was == cadence.as_json():
        session.rollback()
        return
    campaign.cadence = cadence.as_json()
    audit.record(
        session,
        actor=actor,
        what="campaign.cadence",
        object_=f"campaign:{campaign.id}",
        now=now,
        details={name: f"{was[name]} → {value}" for name, value in cadence.as_json().items() if was[name] != value},
    )
    if campaign.state is not CampaignState.DRAFT:
        campaign.generation += 1
        planning.replan(session, campaign, now=now, writer=gateways.mails, settings=settings)
    session.commit()


def _groups(session: Session, campaign: Campaign) -> Sequence[Group]:
    return audience.groups(session, campaign) or [Group(campaign.timezone, None, None, acted=False, people=0)]


def _dues(
    campaign: Campaign, deadline: Deadline, cadence: Cadence, zone: str, *, launched_at: datetime
) -> dict[str, datetime | None]:
    group = Group(zone, None, None, acted=False, people=0)
    plan = timetable.itineraries(campaign, deadline, [group], launched_at=launched_at, cadence=cadence)[group]
    return {each.step.key: each.due_at for each in plan}
