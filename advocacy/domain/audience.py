"""Which mails of a campaign one person still gets, when and why, and why not the others: the reference answer.

The planner works in sets and must agree with this person by person; the tests hold the two against each other.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from advocacy.domain.cadence import Cadence, Step, StepKind, rest_before
from advocacy.domain.campaign import CampaignState, Deadline
from advocacy.domain.posting import OwnAims, days_to_allow
from advocacy.domain.schedule import Planned, answer_at, itinerary, next_civil
from advocacy.domain.sentence import Sentence
from advocacy.domain.supporter import Reminders, SupporterState

# A mail that leaves within this time of its due time counts as sent at its due time: a blast takes a while.
_LAG = timedelta(hours=1)


class LeftOut(StrEnum):
    """Why a person does not get a mail. `sentence` says it to a reader."""

    ACTED = "acted"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    BOUNCED = "bounced"
    ERASED = "erased"
    NOT_SUBSCRIBED = "not_subscribed"
    FEWER_MAILS = "fewer_mails"
    FREQUENCY_CAP = "frequency_cap"
    JOINED_LATER = "joined_later"
    MERGED = "merged"
    TOO_LATE_TO_POST = "too_late_to_post"
    ALREADY_SENT = "already_sent"
    DEADLINE_PASSED = "deadline_passed"
    NOT_LAUNCHED = "not_launched"
    PAUSED = "paused"
    CLOSED = "closed"

    @property
    def sentence(self) -> Sentence:
        return _SENTENCES[self]


_SENTENCES = {
    LeftOut.ACTED: Sentence("They have sent their appeal, so they are left alone."),
    LeftOut.UNCONFIRMED: Sentence("They have not confirmed their address."),
    LeftOut.UNSUBSCRIBED: Sentence("They unsubscribed from all our mail."),
    LeftOut.SUPPRESSED: Sentence("Their address is on the list of those never to be written to again."),
    LeftOut.BOUNCED: Sentence("Mail to their address came back."),
    LeftOut.ERASED: Sentence("Their data was erased."),
    LeftOut.NOT_SUBSCRIBED: Sentence("They were neither on the alert list at the launch nor on this campaign."),
    LeftOut.FEWER_MAILS: Sentence("They asked for fewer mails than this."),
    LeftOut.FREQUENCY_CAP: Sentence("They had another mail from us too short a time before."),
    LeftOut.JOINED_LATER: Sentence("They joined after this mail was due."),
    LeftOut.MERGED: Sentence("It was not sent in time, and a later mail speaks for it."),
    LeftOut.TOO_LATE_TO_POST: Sentence("It was not sent on the last day on which a letter could still arrive in time."),
    LeftOut.ALREADY_SENT: Sentence("They have had it."),
    LeftOut.DEADLINE_PASSED: Sentence("It would come after the deadline."),
    LeftOut.NOT_LAUNCHED: Sentence("The campaign has not been launched."),
    LeftOut.PAUSED: Sentence("The campaign is paused."),
    LeftOut.CLOSED: Sentence("The campaign is closed."),
}

_BARRED_STATES = {
    SupporterState.PENDING: LeftOut.UNCONFIRMED,
    SupporterState.UNSUBSCRIBED: LeftOut.UNSUBSCRIBED,
    SupporterState.BOUNCED: LeftOut.BOUNCED,
    SupporterState.ERASED: LeftOut.ERASED,
}

_BARRED_CAMPAIGNS = {
    CampaignState.DRAFT: LeftOut.NOT_LAUNCHED,
    CampaignState.PAUSED: LeftOut.PAUSED,
    CampaignState.CLOSED: LeftOut.CLOSED,
}


@dataclass(frozen=True)
class SentMail:
    """One mail of a blast that a person has had, or that is on its way and can no longer be stopped.

    `key` is the step's key if it belongs to this campaign's cadence, else None (another campaign, or written by hand).
    `at` is when it counts as sent: see `counted_at`. Single mails (confirmation, thank-you) are not listed.
    """

    key: str | None
    at: datetime


@dataclass(frozen=True)
class SupporterView:
    """What the rules need to know of one supporter, all instants aware.

    `joined_at` is when they subscribed to this campaign, `alerts_since` when to the alert list; None if not, or left.
    `country` is ISO 3166 alpha-2.
    """

    zone: ZoneInfo
    country: str | None = None
    state: SupporterState = SupporterState.ACTIVE
    suppressed: bool = False
    confirmed_at: datetime | None = None
    joined_at: datetime | None = None
    alerts_since: datetime | None = None
    reminders: Reminders = Reminders.ALL
    acted_at: datetime | None = None
    mails: tuple[SentMail, ...] = ()


@dataclass(frozen=True)
class CampaignView:
    """What the rules need to know of a campaign. `post_to` lists the countries (alpha-2) of its primary addressees if
    each of them can be reached by post only, else it is empty.
    """

    launched_at: datetime
    deadline: Deadline
    cadence: Cadence = field(default_factory=Cadence)
    post_to: tuple[str | None, ...] = ()
    own_aims: OwnAims = field(default_factory=dict)
    state: CampaignState = CampaignState.LIVE


@dataclass(frozen=True)
class DueMail:
    """One mail still due: it leaves at `at` (not before now, aware, UTC) if that is before `send_by`."""

    step: Step
    at: datetime
    send_by: datetime
    why: str


@dataclass(frozen=True)
class NotDue:
    """One step of the plan that this person does not get, or has had."""

    step: Step
    reason: LeftOut


@dataclass(frozen=True)
class Outlook:
    """What is still to come for one person: each step of their zone's plan is in exactly one of the two."""

    due: tuple[DueMail, ...]
    left_out: tuple[NotDue, ...]


def mails_due(supporter: SupporterView, campaign: CampaignView, now: datetime) -> tuple[DueMail, ...]:
    """Return the mails still due to one person, in order of time, if each leaves when it should."""
    return outlook(supporter, campaign, now).due


def outlook(supporter: SupporterView, campaign: CampaignView, now: datetime) -> Outlook:
    """Return the mails still due to one person and, for each other step, why they do not get it."""
    plan = itinerary_for(supporter.zone, supporter.country, campaign)
    barred = reason_for_silence(supporter, campaign, now)
    last_key = plan[-1].step.key if plan else ""
    mails = list(supporter.mails)
    due: list[DueMail] = []
    left_out: list[NotDue] = []
    for planned in plan:
        at = leaves_at(planned, supporter, campaign, now)
        reason = _reason(planned, at, supporter, campaign, barred=barred, last_key=last_key, mails=mails)
        if reason is None:
            due.append(DueMail(planned.step, at, planned.send_by, _why(planned.step, supporter, campaign)))
            mails.append(SentMail(planned.step.key, at))
        else:
            left_out.append(NotDue(planned.step, reason))
    return Outlook(tuple(due), tuple(left_out))


def itinerary_for(zone: ZoneInfo, country: str | None, campaign: CampaignView) -> tuple[Planned, ...]:
    """Return what the campaign plans for the supporters of one zone and country."""
    return itinerary(
        campaign.cadence,
        launched_at=campaign.launched_at,
        deadline=campaign.deadline,
        zone=zone,
        post_only=bool(campaign.post_to),
        posting_days=days_to_allow(country, campaign.post_to, campaign.own_aims) if campaign.post_to else None,
    )


def subscribed_since(supporter: SupporterView, launched_at: datetime) -> datetime | None:
    """Return since when a person is among this campaign's (subscribed and confirmed), or None if they never were.

    Who was on the alert list when it was launched counts from then; who came to the alert list later does not get it.
    """
    if supporter.confirmed_at is None:
        return None
    ways = []
    if supporter.joined_at is not None:
        ways.append(max(supporter.joined_at, supporter.confirmed_at))
    if supporter.alerts_since is not None:
        on_alerts = max(supporter.alerts_since, supporter.confirmed_at)
        if on_alerts <= launched_at:
            ways.append(on_alerts)
    return min(ways, default=None)


def reason_for_silence(supporter: SupporterView, campaign: CampaignView, now: datetime) -> LeftOut | None:
    """Return why a person gets nothing at all from this campaign's cadence at `now`, or None."""
    state = _BARRED_STATES.get(supporter.state)
    running = _BARRED_CAMPAIGNS.get(campaign.state)
    facts = (
        (supporter.suppressed, LeftOut.SUPPRESSED),
        (state is not None, state),
        (supporter.confirmed_at is None, LeftOut.UNCONFIRMED),
        (supporter.acted_at is not None and supporter.acted_at <= now, LeftOut.ACTED),
        (campaign.deadline.passed(now), LeftOut.DEADLINE_PASSED),
        (running is not None, running),
        (subscribed_since(supporter, campaign.launched_at) is None, LeftOut.NOT_SUBSCRIBED),
    )
    return next((reason for is_so, reason in facts if is_so), None)


def leaves_at(planned: Planned, supporter: SupporterView, campaign: CampaignView, now: datetime) -> datetime:
    """Return when this mail leaves for this person if nothing keeps it back (aware, UTC, never before now).

    The action goes to who joins a live campaign at once; all else waits for its due time and for the end of the quiet
    hours of their zone.
    """
    since = subscribed_since(supporter, campaign.launched_at)
    if planned.step.kind is StepKind.LAUNCH and since is not None and since > campaign.launched_at:
        return answer_at(since, now, supporter.zone, cadence=campaign.cadence)
    return planned.due_at if planned.due_at >= now else next_civil(now, supporter.zone, campaign.cadence.quiet)


def counted_at(due_at: datetime, begun_at: datetime | None) -> datetime:
    """Return when a mail counts as sent, for the frequency cap: when it was due, or when its request really began if
    that was more than an hour later.
    """
    return due_at if begun_at is None or begun_at - due_at <= _LAG else begun_at


def too_soon(step: Step, at: datetime, last: datetime, cadence: Cadence) -> bool:
    """Return whether this step at `at` would come too soon after another mail that counts as sent at `last`."""
    return timedelta() <= at - last < rest_before(step, cadence)


def _reason(
    planned: Planned,
    at: datetime,
    supporter: SupporterView,
    campaign: CampaignView,
    *,
    barred: LeftOut | None,
    last_key: str,
    mails: list[SentMail],
) -> LeftOut | None:
    step = planned.step
    since = subscribed_since(supporter, campaign.launched_at) or campaign.launched_at
    late = since > campaign.launched_at and step.kind is not StepKind.LAUNCH and planned.due_at <= since
    stale = step.kind is not StepKind.LAUNCH and at >= planned.send_by
    facts = (
        (step.key in {mail.key for mail in supporter.mails}, LeftOut.ALREADY_SENT),
        (barred is not None, barred),
        (not _wanted(step, supporter.reminders, last_key), LeftOut.FEWER_MAILS),
        (late, LeftOut.JOINED_LATER),
        (at >= campaign.deadline.end(), LeftOut.DEADLINE_PASSED),
        (stale, LeftOut.TOO_LATE_TO_POST if step.kind is StepKind.LAST_POST else LeftOut.MERGED),
        (any(too_soon(step, at, mail.at, campaign.cadence) for mail in mails), LeftOut.FREQUENCY_CAP),
    )
    return next((reason for is_so, reason in facts if is_so), None)


def _wanted(step: Step, reminders: Reminders, last_key: str) -> bool:
    if step.kind is StepKind.LAUNCH or reminders is Reminders.ALL:
        return True
    return reminders is Reminders.LAST and step.key == last_key


def _why(step: Step, supporter: SupporterView, campaign: CampaignView) -> str:
    since = subscribed_since(supporter, campaign.launched_at)
    if step.kind is StepKind.LAUNCH:
        joined_live = since is not None and since > campaign.launched_at
        return (
            Sentence("The action itself, at once after joining.")
            if joined_live
            else Sentence("The action itself, at its launch.")
        )
    if step.kind is StepKind.LAST_POST:
        return Sentence("The last day on which a letter posted in their country arrives in time.")
    if step.kind is StepKind.LAST_DAY:
        return Sentence("The morning of the last day.")
    return Sentence.counted(
        "A reminder %(num)s day before the deadline.",
        "A reminder %(num)s days before the deadline.",
        step.days_before or 0,
    )
