"""A campaign's life: launch, pause, resume, close, and a deadline that moves."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Role
from advocacy.domain.campaign import CampaignState, Deadline
from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.follow_up import UNDECIDED
from advocacy.domain.schedule import Change
from advocacy.domain.sentence import Sentence
from advocacy.domain.supporter import Reminders
from advocacy.gateways import Gateways
from advocacy.models import audience, moment
from advocacy.models import campaign as campaigns
from advocacy.models.campaign import Campaign
from advocacy.operations import audit, following, outcomes, planning, timetable

LONGEST_DAYS = 366
NOT_OF_THE_CASE = ("review", "update", "sender", "address", "contact")
"""Faults that a person's look or a setting mends; a rehearsal, which sends nothing, does not wait for it."""


_NAMELESS = {
    "sender": Sentence("Nobody is told who writes to them: set ORGANISATION_NAME."),
    "address": Sentence("Each mail must name a postal address: set ORGANISATION_ADDRESS."),
    "contact": Sentence(
        "People must be able to answer: set ORGANISATION_CONTACT (or MAIL_FROM) to an address that somebody reads."
    ),
}


@dataclass(frozen=True)
class Fault:
    """Why a campaign cannot be launched: the field to mend and what is wrong with it."""

    field: str
    message: Sentence


def find(session: Session, slug: str) -> Campaign:
    """Return the campaign with this name in addresses. Raises NotFoundError."""
    campaign = campaigns.by_slug(session, slug)
    if campaign is None:
        raise NotFoundError("There is no campaign “%(slug)s”. `advocacy campaigns list` names them all.", slug=slug)
    return campaign


def launch_faults(campaign: Campaign, now: datetime, settings: Settings) -> list[Fault]:
    """Return everything that keeps a draft from going live, the gravest first."""
    faults = [*_unread_faults(campaign), *_deadline_faults(campaign, now)]
    if not campaign.title.strip():
        faults.append(Fault("title", Sentence("The campaign has no title.")))
    if not campaign.demands:
        faults.append(Fault("demands", Sentence("There is no demand yet: say what the addressee is asked to do.")))
    primary = [row.value() for row in campaign.addressees if row.role is Role.PRIMARY]
    if not primary:
        faults.append(Fault("addressees", Sentence("There is nobody to write to yet.")))
    faults += [
        Fault("addressees", Sentence("%(name)s has no address, number or form to write to.", name=addressee.name))
        for addressee in primary
        if not addressee.channels()
    ]
    if not campaign.summary.strip():
        faults.append(Fault("summary", Sentence("Tell the case in two sentences: they open the page and each mail.")))
    return [*faults, *(Fault(name, _NAMELESS[name]) for name in settings.unnamed)]


def launch(session: Session, campaign: Campaign, *, gateways: Gateways, settings: Settings, actor: str) -> None:
    """Take a draft live; the action goes to the alert list and to those already on the campaign.

    Raises ConflictError with every reason when it cannot be launched; launching twice changes nothing the second time.
    """
    now = moment.now(session, gateways.clock)
    _lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise ConflictError(
            "“%(title)s” was launched before. To send it again, copy it to a new draft.", title=campaign.title
        )
    faults = launch_faults(campaign, now, settings)
    if faults:
        raise ConflictError("It cannot be launched. %(reasons)s", reasons=[fault.message for fault in faults])
    go_live(session, campaign, now=now, gateways=gateways, settings=settings, actor=actor)
    session.commit()


def go_live(
    session: Session, campaign: Campaign, *, now: datetime, gateways: Gateways, settings: Settings, actor: str
) -> None:
    """Take a draft live as it is, in the caller's transaction: for `launch`, and for a rehearsal."""
    campaign.launched_at = now
    following.carry_over(session, campaign, now=now)
    _move(session, campaign, CampaignState.LIVE, actor=actor, now=now, why="launched")
    planning.derive(session, campaign, now=now, writer=gateways.mails, settings=settings)


def pause(session: Session, campaign: Campaign, *, gateways: Gateways, actor: str) -> None:
    """Hold every mail of this campaign, from the next request to the provider on."""
    _move_alone(session, campaign, CampaignState.LIVE, CampaignState.PAUSED, gateways=gateways, actor=actor)


def resume(session: Session, campaign: Campaign, *, gateways: Gateways, actor: str) -> None:
    """Let it go on. Reminders that went stale meanwhile are merged into the newest."""
    _move_alone(session, campaign, CampaignState.PAUSED, CampaignState.LIVE, gateways=gateways, actor=actor)


def close(session: Session, campaign: Campaign, *, gateways: Gateways, settings: Settings, actor: str) -> None:
    """End it: no reminder goes out any more, and its page says so. The mail that tells how it ended is drafted."""
    now = moment.now(session, gateways.clock)
    _lock(session, campaign)
    if campaign.state is CampaignState.CLOSED:
        return
    if campaign.state is CampaignState.DRAFT:
        raise ConflictError("“%(title)s” is a draft: there is nothing to close.", title=campaign.title)
    campaign.closed_at = now
    _move(session, campaign, CampaignState.CLOSED, actor=actor, now=now, why="closed")
    planning.close(session, campaign, now=now)
    outcomes.draft_at_end(session, campaign, now=now, gateways=gateways, settings=settings, actor=actor)
    session.commit()


def move_deadline(
    session: Session, campaign: Campaign, day: date, *, gateways: Gateways, settings: Settings, actor: str
) -> None:
    """Move the deadline, either way: everything unsent is planned anew, and the change is logged.

    Raises InvalidError for a day that has passed or lies over a year away.
    """
    now = moment.now(session, gateways.clock)
    _lock(session, campaign)
    if campaign.state is CampaignState.CLOSED:
        raise ConflictError(
            "“%(title)s” is closed. Start a follow-up campaign with the new date.", title=campaign.title
        )
    _check_day(campaign, day, now)
    was, campaign.deadline = campaign.deadline, day
    audit.record(
        session,
        actor=actor,
        what="campaign.deadline",
        object_=f"campaign:{campaign.id}",
        now=now,
        details={"from": was and was.isoformat(), "to": day.isoformat()},
    )
    if campaign.state is not CampaignState.DRAFT and was != day:
        campaign.generation += 1
        planning.replan(session, campaign, now=now, writer=gateways.mails, settings=settings)
    session.commit()


def replan_by_post(
    session: Session, to_country: str | None, *, now: datetime, gateways: Gateways, settings: Settings
) -> None:
    """Plan anew what is unsent of the campaigns that can only be written to by post, since letters take another time now.

    `to_country` is where letters go (alpha-2, None for anywhere). In the caller's transaction.
    """
    running = Campaign.state.in_((CampaignState.LIVE, CampaignState.PAUSED))
    for campaign in session.scalars(select(Campaign).where(running).order_by(Campaign.id)).all():
        to = {row.country for row in campaign.addressees if row.role is Role.PRIMARY}
        if timetable.post_only(campaign) and (to_country is None or to_country in to):
            _lock(session, campaign)
            campaign.generation += 1
            planning.replan(session, campaign, now=now, writer=gateways.mails, settings=settings)


def deadline_changes(session: Session, campaign: Campaign, day: date, now: datetime) -> list[tuple[Sentence, Change]]:
    """Return the before-and-after of each unsent mail if the deadline moved to `day`. Changes nothing."""
    _check_day(campaign, day, now)
    was, launched = campaign.due_by(), campaign.launched_at or now
    if was is None:
        return []
    becomes = Deadline(day, was.zone)
    groups = audience.groups(session, campaign)
    return timetable.changes(campaign, was, becomes, groups, launched_at=launched, now=now)


def plan(session: Session, campaign: Campaign, now: datetime) -> list[timetable.PlanLine]:
    """Return every mail still to come; for a draft, as if it were launched now. Changes nothing.

    While nobody is on the list, the plan is that of whoever may join from the campaign's own zone.
    """
    deadline = campaign.due_by()
    if deadline is None or campaign.state is CampaignState.CLOSED:
        return []
    nobody_yet = audience.Group(zone=campaign.timezone, country=None, reminders=Reminders.ALL, acted=False, people=0)
    groups = audience.groups(session, campaign) or [nobody_yet]
    return timetable.lines(campaign, deadline, groups, launched_at=campaign.launched_at or now, after=now)


def _check_day(campaign: Campaign, day: date, now: datetime) -> None:
    zone = campaign.due_by()
    new = Deadline(day, zone.zone) if zone else None
    if new is not None and new.passed(now):
        raise InvalidError(
            "%(day)s has passed. Choose today or a later day.",
            day=day,
            faults={"deadline": Sentence("This day has passed.")},
        )
    if (day - now.date()).days > LONGEST_DAYS:
        raise InvalidError(
            "%(day)s is more than a year away. Choose a nearer day.",
            day=day,
            faults={"deadline": Sentence("Too far away.")},
        )


def _unread_faults(campaign: Campaign) -> list[Fault]:
    """What was read of a document goes live only after a person has looked at it."""
    if campaign.document is None:
        return []
    faults = []
    if campaign.follows_id is not None and campaign.document.reading.get("update") == UNDECIDED:
        faults.append(
            Fault("update", Sentence("It follows an earlier action: decide first whether it updates that one."))
        )
    if campaign.reviewed_at is None:
        faults.append(Fault("review", Sentence("Review it first: nobody has checked what was read of the document.")))
    return faults


def _deadline_faults(campaign: Campaign, now: datetime) -> list[Fault]:
    deadline = campaign.due_by()
    if deadline is None:
        return [Fault("deadline", Sentence("It has no deadline: set the last day to act."))]
    if deadline.passed(now):
        return [
            Fault(
                "deadline",
                Sentence("Its deadline, %(day)s, has passed. Set a new one if the action goes on.", day=deadline.day),
            )
        ]
    if deadline.days_left(now) > LONGEST_DAYS:
        return [Fault("deadline", Sentence("Its deadline, %(day)s, is more than a year away.", day=deadline.day))]
    return []


def _lock(session: Session, campaign: Campaign) -> None:
    """Moves of one campaign happen one after the other: a double click finds the first one done."""
    session.refresh(campaign, with_for_update=True)
    planning.lock(session, campaign)


def _move_alone(
    session: Session,
    campaign: Campaign,
    from_: CampaignState,
    to: CampaignState,
    *,
    gateways: Gateways,
    actor: str,
) -> None:
    now = moment.now(session, gateways.clock)
    _lock(session, campaign)
    if campaign.state is to:
        return
    if campaign.state is not from_:
        raise ConflictError(
            "“%(title)s” is %(state)s, so it cannot become %(to)s.", title=campaign.title, state=campaign.state, to=to
        )
    _move(session, campaign, to, actor=actor, now=now, why=to.value)
    session.commit()


def _move(session: Session, campaign: Campaign, to: CampaignState, *, actor: str, now: datetime, why: str) -> None:
    audit.record(
        session,
        actor=actor,
        what="campaign.state",
        object_=f"campaign:{campaign.id}",
        now=now,
        details={"from": campaign.state.value, "to": to.value, "why": why},
    )
    campaign.state = to


def listed(session: Session) -> list[Campaign]:
    """Return all campaigns, the nearest deadline first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.deadline, Campaign.id)))
