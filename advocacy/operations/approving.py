"""A second person's yes to a mail to many: asked for by mail, and asked for again where its audience grew meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.blast import Move
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.permissions import Permission
from advocacy.domain.selection import Selection
from advocacy.domain.sentence import Sentence
from advocacy.domain.subject_test import ARMS
from advocacy.models.blast import Blast, ContentVersion, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, chain_of, kind_of
from advocacy.models.manuscript import Manuscript, When
from advocacy.models.organiser import Organiser
from advocacy.models.single_mail import SingleKind
from advocacy.operations import audiences, blast_moves, preferences
from advocacy.operations.ordering import order

GREW = Sentence("its audience grew")
"""Why a scheduled mail waits for a second person after all: pages say it in their reader's language."""

_GETS_IT = (
    DispatchState.PLANNED,
    DispatchState.CLAIMED,
    DispatchState.INFLIGHT,
    DispatchState.ACCEPTED,
    DispatchState.AMBIGUOUS,
)


def tell(
    session: Session,
    blast: Blast,
    manuscript: Manuscript,
    campaign: Campaign,
    people: int,
    *,
    now: datetime,
    settings: Settings,
    grew: bool = False,
) -> None:
    """Order a mail to everybody else who may say yes, in the caller's transaction. It names no supporter."""
    for person in session.scalars(select(Organiser).where(Organiser.active).order_by(Organiser.id)).unique():
        if f"organiser:{person.id}" == manuscript.asked_by or not person.may(Permission.SEND):
            continue
        order(
            session,
            SingleKind.APPROVAL,
            f"approval:{blast.id}:{person.id}:{now.timestamp():.0f}",
            now=now,
            organiser_id=person.id,
            campaign_id=campaign.id,
            language=person.language or "en",
            facts={
                "people": people,
                "subject": manuscript.subject,
                "grew": grew,
                "link": f"{settings.base_url}/desk/blasts/{blast.id}/check",
            },
        )


def held_back(session: Session, blast: Blast, campaign: Campaign, *, now: datetime, settings: Settings) -> bool:
    """Count a mail written by hand anew as its planning begins; propose it to a second person where its audience grew.

    In the caller's transaction under the blast's lock. Its words are written anew after the yes.
    """
    rules = preferences.read(session)
    source = _source(session, blast) if rules.approve_from else None
    if source is None:
        return False
    people = _reach(session, blast, campaign, now) + got_before(session, blast)
    if not rules.asks_for_approval(people, approved=source.approved):
        return False
    manuscript = session.get(Manuscript, blast.id) or _continued(session, blast, source, now)
    session.execute(delete(ContentVersion).where(ContentVersion.blast_id == blast.id))
    manuscript.pressed_at = None
    blast_moves.move(session, blast, Move.PROPOSE, now=now, actor="engine", why=GREW)
    tell(session, blast, manuscript, campaign, people, now=now, settings=settings, grew=True)
    return True


def outgrown(session: Session, blast: Blast) -> bool:
    """Whether so many are in a mail written by hand, with those that it goes on from, that a yes is lacking."""
    rules = preferences.read(session)
    source = _source(session, blast) if rules.approve_from else None
    return source is not None and rules.asks_for_approval(
        _in(session, (blast.id, *chain_of(session, blast))), approved=source.approved
    )


def got_before(session: Session, blast: Blast) -> int:
    """Return how many get the mails that this one goes on from: a yes to the rest is one to all of it."""
    return _in(session, chain_of(session, blast))


def _reach(session: Session, blast: Blast, campaign: Campaign, now: datetime) -> int:
    """Return whom it goes to: of a trial of subjects everybody, of one that goes on from another those without it."""
    if blast.supersedes is not None or kind_of(blast.rule) is Kind.NEWS:
        return audiences.reach_of_mail(session, blast, campaign, now).people
    everybody = replace(Selection.from_json(blast.audience), local=None, share=None)
    return audiences.reach_by_hand(session, campaign, everybody, max(blast.scheduled_at, now)).people


def _in(session: Session, blast_ids: Sequence[int]) -> int:
    query = select(func.sum(Dispatch.n)).where(Dispatch.blast_id.in_(blast_ids), Dispatch.state.in_(_GETS_IT))
    return int(session.scalar(query) or 0)


def _source(session: Session, blast: Blast) -> Manuscript | None:
    """Return the words as they were written, of the mail itself or of the one it goes on from; None for a step of a plan."""
    if kind_of(blast.rule) not in {Kind.MANUAL, Kind.NEWS}:
        return None
    found = (session.get(Manuscript, id_) for id_ in (blast.id, *chain_of(session, blast)))
    return next((each for each in found if each is not None), None)


def _continued(session: Session, blast: Blast, source: Manuscript, now: datetime) -> Manuscript:
    """Give a mail that goes on from another one words of its own: the subject that was chosen, for those without it."""
    chosen = Selection.from_json(blast.audience)
    blast.audience = replace(chosen, missed=(*chosen.missed, *chain_of(session, blast))).as_json()
    made = Manuscript(
        blast_id=blast.id,
        subject=source.other_subject if source.chosen == ARMS[1] else source.subject,
        preheader=source.preheader,
        text=source.text,
        when=When.NOW,
        zone=source.zone,
        saved_at=now,
        saved_by=source.saved_by,
        asked_by=source.asked_by,
        approved=source.approved,
        note="",
    )
    session.add(made)
    session.flush()
    return made
