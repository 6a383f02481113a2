"""The mail that tells everyone how an action ended: drafted when it closes, sent when an organiser says so."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, delete, exists, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain import outcome
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.errors import ConflictError
from advocacy.gateways import Gateways
from advocacy.models import acted, moment
from advocacy.models.blast import Blast, ContentVersion, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript, When
from advocacy.operations import audit, blast_moves, blasts

RULE = "outcome"
_LONGEST_SUBJECT = 120


def first_words(update: Campaign) -> tuple[str, str]:
    """Return subject and text of the outcome mail, as an update tells it: a start for the organiser's own words."""
    title = outcome.plain(update.title)
    told = outcome.plain(update.case_text or update.summary)
    paragraphs = [f"There is news: {title}.", told, "Thank you to everyone who wrote. Nothing more is asked of you."]
    return f"News: {title}"[:_LONGEST_SUBJECT], "\n\n".join(part for part in paragraphs if part)


def draft(
    session: Session,
    campaign: Campaign,
    subject: str,
    text: str,
    *,
    now: datetime,
    gateways: Gateways,
    settings: Settings,
    actor: str,
) -> Blast:
    """Keep the mail as a draft in the caller's transaction, whose campaign and blasts the caller has locked."""
    blast = Blast(
        campaign_id=campaign.id,
        rule=RULE,
        occurrence=uuid4().hex,
        state=BlastState.DRAFT,
        scheduled_at=now,
        send_by=now + blasts.NEWS_WORTH_SENDING,
        created_at=now,
    )
    session.add(blast)
    session.flush()
    _write(session, blast, campaign, subject, text, now=now, gateways=gateways, settings=settings, actor=actor)
    audit.record(
        session, actor=actor, what="blast.drafted", object_=f"blast:{blast.id}", now=now, details={"rule": RULE}
    )
    return blast


def draft_at_end(
    session: Session, campaign: Campaign, *, now: datetime, gateways: Gateways, settings: Settings, actor: str
) -> None:
    """Draft it for a campaign that ends, once and where anybody was written to, in the caller's transaction under its lock."""
    mails = select(Blast.id).where(Blast.campaign_id == campaign.id)
    there = exists(mails.where(Blast.rule == RULE))
    written_to = exists().where(Dispatch.blast_id.in_(mails), Dispatch.state == DispatchState.ACCEPTED)
    if session.scalar(select(and_(~there, written_to))):
        words = _at_end(session, campaign)
        draft(session, campaign, *words, now=now, gateways=gateways, settings=settings, actor=actor)


def begin(session: Session, campaign: Campaign, *, gateways: Gateways, settings: Settings, actor: str) -> None:
    """Draft another one for a campaign that is over, unless one waits. Raises ConflictError for one that still runs."""
    now = moment.now(session, gateways.clock)
    session.refresh(campaign, with_for_update=True)
    if campaign.state is not CampaignState.CLOSED:
        raise ConflictError(
            "“%(title)s” is %(state)s: close it first, then tell how it ended.",
            title=campaign.title,
            state=campaign.state,
        )
    if waiting(session, campaign) is None:
        words = _at_end(session, campaign)
        draft(session, campaign, *words, now=now, gateways=gateways, settings=settings, actor=actor)
    session.commit()


def _at_end(session: Session, campaign: Campaign) -> tuple[str, str]:
    return outcome.first_words(campaign.title, campaign.language, acted.people(session, campaign.id))


def waiting(session: Session, campaign: Campaign) -> Blast | None:
    """Return the outcome mail that waits for an organiser's word, if there is one."""
    return session.scalar(
        select(Blast)
        .where(Blast.campaign_id == campaign.id, Blast.rule == RULE, Blast.state == BlastState.DRAFT)
        .order_by(Blast.id.desc())
    )


def words_of(session: Session, blast: Blast) -> tuple[str, str]:
    """Return subject and text of a draft as they were written; drafts from before 30 November keep them as an audience."""
    manuscript = session.get(Manuscript, blast.id)
    if manuscript is not None:
        return manuscript.subject, manuscript.text
    return str(blast.audience.get("subject", "")), str(blast.audience.get("text", ""))


def save(
    session: Session,
    blast_id: int,
    subject: str,
    text: str,
    *,
    gateways: Gateways,
    settings: Settings,
    actor: str,
) -> Blast:
    """Keep the words of a draft. It goes out by `releasing.send`, as every mail written by hand does.

    Raises UnwritableError for words that will not do, ConflictError when it is no draft any more.
    """
    now = moment.now(session, gateways.clock)
    blast = blast_moves.find(session, blast_id)
    if blast.rule != RULE or blast.state is not BlastState.DRAFT:
        raise ConflictError("This mail is %(state)s: its words cannot be changed any more.", state=blast.state)
    campaign = session.get_one(Campaign, blast.campaign_id)
    session.execute(delete(ContentVersion).where(ContentVersion.blast_id == blast.id))
    _write(session, blast, campaign, subject, text, now=now, gateways=gateways, settings=settings, actor=actor)
    session.commit()
    return blast


def _write(
    session: Session,
    blast: Blast,
    campaign: Campaign,
    subject: str,
    text: str,
    *,
    now: datetime,
    gateways: Gateways,
    settings: Settings,
    actor: str,
) -> None:
    for language in settings.languages:
        written = blasts.Draft(subject=subject, text=text)
        blasts.write(session, campaign, written, language, writer=gateways.mails, settings=settings)
    manuscript = session.get(Manuscript, blast.id)
    if manuscript is None:
        manuscript = Manuscript(blast_id=blast.id, when=When.NOW, saved_at=now, saved_by=actor)
        session.add(manuscript)
    if (manuscript.subject, manuscript.text) != (subject, text):
        manuscript.tested_at = None
    manuscript.subject, manuscript.text = subject, text
    manuscript.saved_at, manuscript.saved_by = now, actor
    blast.audience = {}
    session.flush()
