"""The last press on a mail written by hand: scheduled, proposed to a second person, approved, undone."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.blast import BlastState, Move
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.sentence import Sentence
from advocacy.domain.subject_test import ARMS
from advocacy.gateways import Gateways
from advocacy.models import moment
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.operations import approving, audiences, blast_moves, blasts, headcounts, manuscripts, preferences
from advocacy.operations.blasts import Draft
from advocacy.operations.words import content_version

UNDONE = Sentence("undone")
"""Why a blast is cancelled whose words went back to a draft: pages leave it out."""


def send(
    session: Session, blast_id: int, *, typed: int | None, gateways: Gateways, settings: Settings, actor: str
) -> Blast:
    """Schedule a draft; or, where it goes to so many that the house asks for it, propose it to a second person.

    `typed` is the number of people that its sender typed where the house asks for that; None from a command line, which
    names them by an expression. Raises InvalidError for another number or a time that has passed, ConflictError for
    what is no draft.
    """
    now = moment.now(session, gateways.clock)
    blast, manuscript, campaign = manuscripts.all_locked(session, blast_id, BlastState.DRAFT)
    people = _counted(session, blast, manuscript, campaign, typed, now=now)
    manuscript.asked_by, manuscript.approved = actor, 0
    if preferences.read(session).asks_for_approval(people):
        _times(session, blast, manuscript, campaign, now)
        manuscript.note = ""
        why = Sentence("asks for a second person's yes to write to %(people)s people", people=people)
        blast_moves.move(session, blast, Move.PROPOSE, now=now, actor=actor, why=why)
        approving.tell(session, blast, manuscript, campaign, people, now=now, settings=settings)
    else:
        _schedule(session, blast, manuscript, campaign, now=now, gateways=gateways, settings=settings, actor=actor)
    session.commit()
    return blast


def approve(
    session: Session, blast_id: int, *, typed: int | None, gateways: Gateways, settings: Settings, actor: str
) -> Blast:
    """Schedule what somebody else proposed. Raises as `send` does, and ConflictError when it is one's own."""
    now = moment.now(session, gateways.clock)
    blast, manuscript, campaign = manuscripts.all_locked(session, blast_id, BlastState.PROPOSED)
    if manuscript.asked_by == actor:
        raise ConflictError("You asked for this yourself: somebody else has to say yes.")
    people = _counted(session, blast, manuscript, campaign, typed, now=now)
    manuscript.approved = people + approving.got_before(session, blast)
    _schedule(session, blast, manuscript, campaign, now=now, gateways=gateways, settings=settings, actor=actor)
    session.commit()
    return blast


def give_back(session: Session, blast_id: int, note: str, *, now: datetime, actor: str) -> Blast:
    """Make what was proposed a draft again: taken back by who asked, or answered with a note by somebody else."""
    blast, manuscript, _campaign = manuscripts.all_locked(session, blast_id, BlastState.PROPOSED)
    manuscript.note = " ".join(note.split())[:500]
    why = Sentence("taken back") if manuscript.asked_by == actor else Sentence("sent back")
    manuscript.asked_by = None
    blast_moves.move(session, blast, Move.RETURN, now=now, actor=actor, why=why)
    session.commit()
    return blast


def may_undo(session: Session, blast: Blast) -> bool:
    """Whether nothing of a scheduled mail has begun to leave."""
    begun = exists().where(Dispatch.blast_id == blast.id, Dispatch.inflight_at.is_not(None))
    open_ = (BlastState.SCHEDULED, BlastState.PLANNING, BlastState.SENDING, BlastState.PAUSED)
    return blast.state in open_ and session.get(Manuscript, blast.id) is not None and not session.scalar(select(begun))


def undo(session: Session, blast_id: int, *, now: datetime, actor: str) -> Blast:
    """Take a scheduled mail back while nothing of it has left: it ends, and its words are a draft again, which is returned.

    Raises ConflictError once a request of it has begun.
    """
    blast, manuscript, campaign = manuscripts.all_locked(session, blast_id)
    if not may_undo(session, blast):
        session.rollback()
        raise ConflictError("It has begun to leave (or ended), so it cannot be undone. You can pause or stop it.")
    blast_moves.end(session, blast, now=now, actor=actor, why=UNDONE)
    return manuscripts.copy(session, blast, manuscript, campaign, now=now, actor=actor)


def schedule(
    session: Session, campaign: Campaign, draft: Draft, *, gateways: Gateways, settings: Settings, actor: str
) -> Blast:
    """Write and send in one step, as the command line does; proposed where the house asks for a second person."""
    blasts.times(campaign, draft, moment.now(session, gateways.clock), undo=timedelta())
    kept = manuscripts.keep(session, campaign, draft, gateways=gateways, settings=settings, actor=actor)
    return send(session, kept.id, typed=None, gateways=gateways, settings=settings, actor=actor)


def _schedule(
    session: Session,
    blast: Blast,
    manuscript: Manuscript,
    campaign: Campaign,
    *,
    now: datetime,
    gateways: Gateways,
    settings: Settings,
    actor: str,
) -> None:
    draft = manuscripts.draft_of(blast, manuscript)
    blast.scheduled_at, blast.send_by = _times(session, blast, manuscript, campaign, now)
    blast.local_time = draft.local
    tried = draft.share if draft.other_subject else None
    blast.audience = replace(draft.selection, local=draft.at if draft.local else None, share=tried).as_json()
    subjects = dict(zip(ARMS, (draft.subject, draft.other_subject), strict=True)) if tried else {"": draft.subject}
    for arm, subject in subjects.items():
        for language in settings.languages:
            written = replace(draft, subject=subject)
            words = blasts.write(session, campaign, written, language, writer=gateways.mails, settings=settings)
            session.add(content_version(blast.id, language, words, arm, counts_opens=campaign.asks_for_opens))
    manuscript.pressed_at, manuscript.note = now, ""
    why = Sentence("approved") if blast.state is BlastState.PROPOSED else Sentence("written by hand")
    blast_moves.move(session, blast, Move.SCHEDULE, now=now, actor=actor, why=why)


def _times(
    session: Session, blast: Blast, manuscript: Manuscript, campaign: Campaign, now: datetime
) -> tuple[datetime, datetime]:
    undo = timedelta(seconds=preferences.read(session).undo_seconds)
    return manuscripts.times(blast, campaign, manuscripts.draft_of(blast, manuscript), now, undo=undo)


def _counted(
    session: Session, blast: Blast, manuscript: Manuscript, campaign: Campaign, typed: int | None, *, now: datetime
) -> int:
    manuscripts.check_finished(blast, manuscript)
    draft = manuscripts.draft_of(blast, manuscript)
    at = max(blasts.span(draft, now)[0], now)
    by_itself = blast.supersedes is not None or manuscripts.is_news(blast)
    reach = audiences.reach_of_mail(session, blast, campaign, at) if by_itself else None
    people = (reach or audiences.reach_by_hand(session, campaign, draft.selection, at)).people
    right = {people, headcounts.shown(session, blast, campaign, now)}
    if typed is not None and preferences.read(session).asks_to_type(people) and typed not in right:
        said = Sentence(
            "It goes to %(people)s people as things stand now. Type that number to confirm it.", people=people
        )
        raise InvalidError(said, faults={"people": said})
    return people
