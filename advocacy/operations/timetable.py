"""A campaign's plan to its deadline: each mail still to come, when, to how many, and why then. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import object_session

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.cadence import Cadence, Step, StepKind
from advocacy.domain.campaign import Deadline
from advocacy.domain.posting import OwnAims, days_to_allow
from advocacy.domain.schedule import Change, Planned, before_and_after, dues_by_key, itinerary
from advocacy.domain.sentence import Near, Sentence
from advocacy.domain.supporter import Reminders
from advocacy.models.audience import Group
from advocacy.models.campaign import Campaign
from advocacy.models.posting import own_aims

_NAMES = {
    StepKind.LAUNCH: Sentence("The action itself"),
    StepKind.LAST_POST: Sentence("Last useful posting day"),
    StepKind.LAST_DAY: Sentence("Morning of the last day"),
}


@dataclass(frozen=True)
class PlanLine:
    """One mail still to come: first and last instant at which it is due anywhere (aware, UTC), and to how many."""

    rule: str
    name: Sentence
    first_due: datetime
    last_due: datetime
    people: int
    why: Sentence


def itineraries(
    campaign: Campaign,
    deadline: Deadline,
    groups: Sequence[Group],
    *,
    launched_at: datetime,
    cadence: Cadence | None = None,
) -> dict[Group, tuple[Planned, ...]]:
    """Return what is planned for each group of supporters, by the campaign's own cadence unless another is given."""
    cadence = cadence or Cadence.from_json(campaign.cadence)
    by_post = post_only(campaign)
    own = own_aims(object_session(campaign)) if by_post else {}
    plans: dict[tuple[str, str | None], tuple[Planned, ...]] = {}
    for group in groups:
        key = (group.zone, group.country)
        if key not in plans:
            plans[key] = itinerary(
                cadence,
                launched_at=launched_at,
                deadline=deadline,
                zone=ZoneInfo(group.zone),
                post_only=by_post,
                posting_days=posting_days(campaign, group.country, own) if by_post else None,
            )
    return {group: plans[group.zone, group.country] for group in groups}


def lines(
    campaign: Campaign,
    deadline: Deadline,
    groups: Sequence[Group],
    *,
    launched_at: datetime,
    after: datetime,
    cadence: Cadence | None = None,
) -> list[PlanLine]:
    """Return the mails due after `after`, in order, by the campaign's own cadence unless another is given."""
    found: dict[str, list[tuple[Group, Planned]]] = {}
    plans = itineraries(campaign, deadline, groups, launched_at=launched_at, cadence=cadence)
    for group, plan in plans.items():
        for each in plan:
            if each.due_at >= after and _wants(group, each, plan):
                found.setdefault(each.step.key, []).append((group, each))
    told = [_line(rule, members, deadline) for rule, members in found.items()]
    return sorted(told, key=lambda line: (line.first_due, line.last_due))


def changes(
    campaign: Campaign,
    was: Deadline,
    becomes: Deadline,
    groups: Sequence[Group],
    *,
    launched_at: datetime,
    now: datetime,
    cadence: Cadence | None = None,
) -> list[tuple[Sentence, Change]]:
    """Return what a moved deadline or another cadence does to each mail not yet due, for the zone with most people."""
    if not groups:
        return []
    largest = max(groups, key=lambda group: group.people)
    old = itineraries(campaign, was, [largest], launched_at=launched_at)[largest]
    new = itineraries(campaign, becomes, [largest], launched_at=launched_at, cadence=cadence)[largest]
    names = {each.step.key: name_of(each) for each in (*old, *new)}
    before = {key: due for key, due in dues_by_key(old).items() if due > now}
    after = {key: due for key, due in dues_by_key(new).items() if due > now}
    return [(names[change.key], change) for change in before_and_after(before, after)]


def post_only(campaign: Campaign) -> bool:
    """Return whether nobody primary can be reached but by post."""
    primary = [row.value() for row in campaign.addressees if row.role is Role.PRIMARY]
    return bool(primary) and all(addressee.channels() == (Channel.POST,) for addressee in primary)


def posting_days(campaign: Campaign, country: str | None, own: OwnAims) -> int:
    """Return the working days a letter from this country takes to all primary addressees."""
    return days_to_allow(country, [row.country for row in campaign.addressees if row.role is Role.PRIMARY], own)


def _wants(group: Group, each: Planned, plan: Sequence[Planned]) -> bool:
    if each.step.kind is StepKind.LAUNCH:
        return True
    if group.acted or group.reminders is Reminders.NONE:
        return False
    return group.reminders is not Reminders.LAST or each is plan[-1]


def _line(rule: str, members: list[tuple[Group, Planned]], deadline: Deadline) -> PlanLine:
    step = members[0][1].step
    return PlanLine(
        rule=rule,
        name=name_of(members[0][1]),
        first_due=min(each.due_at for _, each in members),
        last_due=max(each.due_at for _, each in members),
        people=sum(group.people for group, _ in members),
        why=_why(step, Near(deadline.day)),
    )


def name_of(each: Planned) -> Sentence:
    """Return what a planned mail is called."""
    return _NAMES.get(each.step.kind) or Sentence.counted(
        "Reminder, %(num)s day before the deadline",
        "Reminder, %(num)s days before the deadline",
        each.step.days_before,
    )


def _why(step: Step, day: Near) -> Sentence:
    if step.kind is StepKind.LAUNCH:
        return Sentence("at the launch, or at the end of the night where it is night then")
    if step.kind is StepKind.LAST_POST:
        return Sentence(
            "the last day on which a letter still arrives by %(day)s; these people can only write by post, and later "
            "reminders would come too late",
            day=day,
        )
    if step.kind is StepKind.LAST_DAY:
        return Sentence("the deadline is %(day)s; in the morning of each supporter's own day", day=day)
    return Sentence.counted(
        "%(num)s day before %(day)s, at %(time)s of each supporter's own day",
        "%(num)s days before %(day)s, at %(time)s of each supporter's own day",
        step.days_before,
        day=day,
        time=step.local_time,
    )
