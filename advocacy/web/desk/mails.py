"""A campaign's mails for its pages: those that went, go or went wrong, and those still to come."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.blast import ENDED, BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.models import audience
from advocacy.models.blast import Blast, ContentVersion
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.models.progress import Progress, progress_of
from advocacy.operations import headcounts, releasing, timetable
from advocacy.operations.timetable import PlanLine
from advocacy.web.desk.words import _, mail_name

_BEFORE = re.compile(r"before-(\d+)")


@dataclass(frozen=True)
class Line:
    """One mail. `people` counts those it is planned for, None until they are counted; `blast_id` is None while nothing
    of it is stored."""

    rule: str
    name: str
    short: str
    first_due: datetime
    last_due: datetime
    state: str
    people: int | None
    why: str
    blast_id: int | None = None
    progress: Progress | None = None


def lines(session: Session, campaign: Campaign, now: datetime) -> list[Line]:
    """Return all mails of a campaign in order of time."""
    blasts = session.scalars(
        select(Blast).where(Blast.campaign_id == campaign.id, Blast.state_reason != releasing.UNDONE).order_by(Blast.id)
    ).all()
    superseded = {blast.supersedes for blast in blasts}
    stored = {blast.rule if blast.rule != "manual" else f"manual-{blast.id}": blast for blast in blasts}
    kept = [blast for blast in blasts if blast in stored.values() or blast.id not in superseded]
    counts = progress_of(session, [blast.id for blast in kept])
    subjects = subjects_of(session, kept)
    planned = {line.rule: line for line in _since_launch(session, campaign, now)}
    found = [
        Line(
            rule=blast.rule,
            name=subjects.get(blast.id) or mail_name(blast.rule) if blast.rule == "manual" else mail_name(blast.rule),
            short=short_name(blast.rule),
            first_due=blast.scheduled_at,
            last_due=planned[blast.rule].last_due if blast.rule in planned else blast.scheduled_at,
            state=blast.state.value,
            people=counts[blast.id].planned
            or (planned[blast.rule].people if blast.rule in planned else _reach_now(session, campaign, blast, now)),
            why=planned[blast.rule].why if blast.rule in planned else blast.state_reason,
            blast_id=blast.id,
            progress=counts[blast.id],
        )
        for blast in kept
    ]
    known = {blast.rule for blast in kept}
    found += [
        Line(
            rule=line.rule,
            name=mail_name(line.rule),
            short=short_name(line.rule),
            first_due=line.first_due,
            last_due=line.last_due,
            state=BlastState.SCHEDULED.value,
            people=line.people,
            why=line.why,
        )
        for line in planned.values()
        if line.rule not in known and line.last_due >= now
    ]
    return sorted(found, key=lambda line: (line.first_due, line.last_due))


def rules(session: Session, campaign: Campaign, now: datetime) -> set[str]:
    """Return the steps that this campaign's cadence has, sent or not."""
    return {line.rule for line in _since_launch(session, campaign, now)}


def _since_launch(session: Session, campaign: Campaign, now: datetime) -> list[PlanLine]:
    """The plan with what was due already, so that a mail not yet planned is counted for all of its people."""
    deadline = campaign.due_by()
    if deadline is None or campaign.state is CampaignState.CLOSED:
        return []
    launched = campaign.launched_at or now
    nobody_yet = audience.Group(campaign.timezone, None, None, acted=False, people=0)
    groups = audience.groups(session, campaign) or [nobody_yet]
    return timetable.lines(campaign, deadline, groups, launched_at=launched, after=launched)


def _reach_now(session: Session, campaign: Campaign, blast: Blast, now: datetime) -> int | None:
    """Count whom a mail written by hand would write to, as its writer was told; None for a draft and until it is
    counted, 0 for any other and once it is over."""
    if blast.rule != "manual" or blast.state in ENDED:
        return 0
    reach = headcounts.of_mail(session, blast, campaign, now) if blast.state is not BlastState.DRAFT else None
    return reach.people if reach else None


def subjects_of(session: Session, blasts: Sequence[Blast]) -> dict[int, str]:
    """Return by what those written by hand are known: their subject, as it was written or as it goes out."""
    wanted = [blast.id for blast in blasts if blast.rule == "manual"]
    written = session.execute(
        select(Manuscript.blast_id, Manuscript.subject).where(Manuscript.blast_id.in_(wanted))
    ).all()
    filled = session.execute(
        select(ContentVersion.blast_id, ContentVersion.subject)
        .where(ContentVersion.blast_id.in_(wanted))
        .order_by(ContentVersion.blast_id, ContentVersion.arm.desc(), ContentVersion.id.desc())
    ).all()
    return dict([*written, *filled])


def short_name(rule: str) -> str:
    found = _BEFORE.fullmatch(rule)
    if found:
        return _("%(days)s d before", days=found.group(1))
    named = {
        "launch": _("launch"),
        "last-post": _("last post"),
        "last-day": _("last day"),
        "manual": _("by hand"),
        "update": _("update"),
        "outcome": _("outcome"),
    }
    return named.get(rule, rule)
