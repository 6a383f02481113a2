"""Write to those whom a missed, cancelled or expired mail did not reach: a new blast over everyone not accepted."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.email import Words
from advocacy.domain.errors import ConflictError
from advocacy.domain.selection import Selection
from advocacy.domain.sentence import Sentence
from advocacy.models.blast import Blast, ContentVersion
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, kind_of
from advocacy.operations import audit, blast_moves
from advocacy.operations.words import content_version

WORTH_SENDING = timedelta(hours=24)


def may_go_again(session: Session, blast: Blast, campaign: Campaign, now: datetime) -> bool:
    """Whether there is something to send again: the mail ended too early, and the campaign still runs."""
    deadline = campaign.due_by()
    followed = session.scalar(select(exists().where(Blast.supersedes == blast.id)))
    return (
        blast.state in {BlastState.MISSED, BlastState.CANCELLED}
        and campaign.state is CampaignState.LIVE
        and kind_of(blast.rule) is not Kind.NEWS
        and deadline is not None
        and not deadline.passed(now)
        and not followed
        and blast.reduced_at is None
    )


def send_again(session: Session, blast_id: int, *, now: datetime, actor: str) -> Blast:
    """Make a new blast with the same words for those who did not get this one; return it.

    Whoever was accepted, is under way or in doubt in the old one is left out, and whoever acted meanwhile where it was
    a reminder. Raises ConflictError when there is nothing to send again.
    """
    campaign_id = select(Blast.campaign_id).where(Blast.id == blast_id).scalar_subquery()
    campaign = session.scalar(select(Campaign).where(Campaign.id == campaign_id).with_for_update())
    old = blast_moves.find(session, blast_id)
    if campaign is None or not may_go_again(session, old, campaign, now):
        reduced = old.reduced_at is not None
        session.rollback()
        if reduced:
            raise ConflictError(
                "This mail cannot be sent again: its campaign was closed long ago, and who got it is no longer kept."
            )
        raise ConflictError(
            "This mail cannot be sent again: it was not missed or cancelled, it was sent again before, or its "
            "campaign is over or paused."
        )
    if old.state is BlastState.MISSED:
        blast_moves.end(session, old, now=now, actor=actor, why=Sentence("sent again to those who were missed"))
    made = successor(session, old, campaign, now=now)
    audit.record(
        session,
        actor=actor,
        what="blast.state",
        object_=f"blast:{made.id}",
        now=now,
        details={"from": None, "to": BlastState.SCHEDULED.value, "why": f"those whom blast {old.id} missed"},
    )
    session.commit()
    return made


def successor(session: Session, old: Blast, campaign: Campaign, *, now: datetime, arm: str | None = None) -> Blast:
    """Add a blast with a mail's words for everyone of its audience who did not get it, in the caller's transaction under
    both locks. `arm` says which of two subjects it has; None is the first."""
    chosen = replace(Selection.from_json(old.audience), local=None, share=None)
    if kind_of(old.rule) is Kind.REMINDER:
        chosen = replace(chosen, acted=False)
    deadline = campaign.due_by()
    worth = now + WORTH_SENDING
    made = Blast(
        campaign_id=campaign.id,
        rule="manual",
        occurrence=uuid4().hex,
        supersedes=old.id,
        state=BlastState.SCHEDULED,
        audience=chosen.as_json(),
        scheduled_at=now,
        send_by=min(worth, deadline.end()) if deadline else worth,
        created_at=now,
    )
    session.add(made)
    session.flush()
    versions = session.scalars(select(ContentVersion).where(ContentVersion.blast_id == old.id)).all()
    wanted = arm or min((words.arm for words in versions), default="")
    session.add_all(
        content_version(
            made.id,
            words.language,
            Words(words.subject, words.text, words.html),
            counts_opens=words.counts_opens,
        )
        for words in versions
        if words.arm == wanted
    )
    session.flush()
    return made
