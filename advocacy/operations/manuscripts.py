"""The source of a mail written by hand: kept as a draft, copied, thrown away."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain import outcome
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.email import Writer
from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.selection import Selection
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways
from advocacy.models import moment
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, kind_of
from advocacy.models.manuscript import Manuscript, When
from advocacy.operations import audit, blast_moves, blasts
from advocacy.operations.blasts import Draft

_WALL = "%Y-%m-%dT%H:%M"
_ABOUT = (CampaignState.LIVE, CampaignState.PAUSED)


def find(session: Session, blast_id: int) -> tuple[Blast, Manuscript, Campaign]:
    """Return a mail written by hand with its source and its campaign. Raises NotFoundError."""
    manuscript = session.get(Manuscript, blast_id)
    if manuscript is None:
        raise NotFoundError("There is no mail written by hand of number %(blast_id)s.", blast_id=blast_id)
    blast = session.get_one(Blast, blast_id)
    return blast, manuscript, session.get_one(Campaign, blast.campaign_id)


def draft_of(blast: Blast, manuscript: Manuscript) -> Draft:
    """Return the mail as it was written."""
    return Draft(
        subject=manuscript.subject,
        text=manuscript.text,
        at=_typed(manuscript),
        selection=replace(Selection.from_json(blast.audience), local=None, share=None),
        preheader=manuscript.preheader,
        other_subject=manuscript.other_subject,
        share=manuscript.share,
        wait=timedelta(hours=manuscript.wait_hours),
    )


def is_news(blast: Blast) -> bool:
    """Whether it tells how an action ended: to everyone of it, after its end too, and now or not at all."""
    return kind_of(blast.rule) is Kind.NEWS


def times(
    blast: Blast, campaign: Campaign, draft: Draft, now: datetime, *, undo: timedelta
) -> tuple[datetime, datetime]:
    """Return when it may leave, as `blasts.times` does; news wait for no deadline."""
    if is_news(blast):
        return now + undo, now + undo + blasts.NEWS_WORTH_SENDING
    return blasts.times(campaign, draft, now, undo=undo)


def check_finished(blast: Blast, manuscript: Manuscript) -> None:
    """Raise InvalidError where the gap of an outcome mail's first words is still open."""
    if is_news(blast) and outcome.is_unfinished(manuscript.text):
        said = Sentence("Fill the gap in square brackets first: it would be sent as it stands.")
        raise InvalidError(said, faults={"text": said})


def all_locked(session: Session, blast_id: int, state: BlastState | None = None) -> tuple[Blast, Manuscript, Campaign]:
    """Campaign first, then blast: the order in which everybody locks them."""
    _blast, manuscript, campaign = find(session, blast_id)
    session.refresh(campaign, with_for_update=True)
    blast = _locked(session, blast_id, state)
    if not is_news(blast):
        _check_campaign(campaign)
    session.refresh(manuscript)
    return blast, manuscript, campaign


def keep(
    session: Session,
    campaign: Campaign,
    draft: Draft,
    *,
    blast_id: int | None = None,
    gateways: Gateways,
    settings: Settings,
    actor: str,
) -> Blast:
    """Keep a mail as a draft: a new one, or `blast_id` with these words in place of its own. Nothing is sent by that.

    Raises UnwritableError for words that will not do, InvalidError for a test of subjects that cannot be, ConflictError
    for what is no draft any more or a campaign that is not live.
    """
    now = moment.now(session, gateways.clock)
    check_words(session, campaign, draft, writer=gateways.mails, settings=settings)
    session.refresh(campaign, with_for_update=True)
    _check_campaign(campaign)
    _check_earlier(session, draft.selection)
    blast = _begin(session, campaign, now, actor) if blast_id is None else _locked(session, blast_id, BlastState.DRAFT)
    _write(session, blast, draft, now=now, actor=actor)
    session.commit()
    return blast


def _check_earlier(session: Session, chosen: Selection) -> None:
    """Raise InvalidError where people are chosen by a mail of which nobody knows any more who got it."""
    for name in ("had", "missed"):
        gone = select(Blast.id).where(Blast.id.in_(getattr(chosen, name)), Blast.reduced_at.is_not(None))
        found = session.scalars(gone.order_by(Blast.id)).all()
        if found:
            message = Sentence(
                "Who got mail %(mails)s is no longer kept: its campaign was closed long ago. Choose without it.",
                mails=tuple(map(str, found)),
            )
            raise InvalidError(message, faults={name: message})


def check_words(session: Session, campaign: Campaign, draft: Draft, *, writer: Writer, settings: Settings) -> None:
    """Raise UnwritableError, or InvalidError where a second subject is no other or comes at each person's own hour."""
    blasts.write(session, campaign, draft, campaign.language, writer=writer, settings=settings)
    if not draft.other_subject:
        return
    try:
        other = replace(draft, subject=draft.other_subject)
        blasts.write(session, campaign, other, campaign.language, writer=writer, settings=settings)
    except InvalidError as error:
        raise InvalidError(error.sentence, faults={"other_subject": error.sentence}) from error
    facts = (
        (draft.other_subject == draft.subject, "other_subject", Sentence("Both subjects are the same.")),
        (
            draft.local,
            "when",
            Sentence("Two subjects are tried at one moment for everyone: choose that, or only one subject."),
        ),
        (not 2 <= draft.share <= 100, "share", Sentence("Give a whole number from 2 to 100.")),
        (
            not timedelta(hours=1) <= draft.wait <= timedelta(hours=72),
            "wait",
            Sentence("Give a whole number from 1 to 72."),
        ),
    )
    for is_so, field, message in facts:
        if is_so:
            raise InvalidError(message, faults={field: message})


def copy(
    session: Session,
    blast: Blast,
    manuscript: Manuscript,
    campaign: Campaign,
    *,
    now: datetime,
    actor: str,
    without_those: bool = False,
) -> Blast:
    """Begin a new draft with the words and the audience of another mail; `without_those` leaves out who got that one."""
    news = is_news(blast)
    if not news:
        _check_campaign(campaign)
    draft = draft_of(blast, manuscript)
    if without_those and not news:
        chosen = replace(draft.selection, missed=(*draft.selection.missed, blast.id))
        draft = replace(draft, selection=chosen)
    made = _begin(session, campaign, now, actor, rule=blast.rule if news else "manual")
    _write(session, made, draft, now=now, actor=actor)
    session.commit()
    return made


def throw_away(session: Session, blast_id: int, *, now: datetime, actor: str) -> Campaign:
    """Delete a draft; return its campaign."""
    blast, manuscript, campaign = all_locked(session, blast_id, BlastState.DRAFT)
    audit.record(session, actor=actor, what="blast.thrown_away", object_=f"blast:{blast_id}", now=now)
    session.delete(manuscript)
    session.flush()
    session.delete(blast)
    session.commit()
    return campaign


def note_test(session: Session, blast_id: int, now: datetime) -> None:
    """Remember, in the caller's transaction, that its writer had a test of the draft as it is kept."""
    manuscript = session.get(Manuscript, blast_id)
    if manuscript is not None:
        manuscript.tested_at = now


def _begin(session: Session, campaign: Campaign, now: datetime, actor: str, *, rule: str = "manual") -> Blast:
    blast = Blast(
        campaign_id=campaign.id,
        rule=rule,
        occurrence=uuid4().hex,
        state=BlastState.DRAFT,
        scheduled_at=now,
        send_by=now + blasts.WORTH_SENDING,
        created_at=now,
    )
    session.add(blast)
    session.flush()
    session.add(Manuscript(blast_id=blast.id, saved_at=now, saved_by=actor))
    audit.record(
        session, actor=actor, what="blast.drafted", object_=f"blast:{blast.id}", now=now, details={"rule": rule}
    )
    session.flush()
    return blast


def _write(session: Session, blast: Blast, draft: Draft, *, now: datetime, actor: str) -> None:
    manuscript = session.get_one(Manuscript, blast.id)
    words = {name: getattr(draft, name) for name in ("subject", "text", "preheader", "other_subject", "share")}
    if any(getattr(manuscript, name) != value for name, value in words.items()):
        manuscript.tested_at = None
    for name, value in words.items():
        setattr(manuscript, name, value)
    manuscript.wait_hours = int(draft.wait / timedelta(hours=1))
    manuscript.when = When.NOW if draft.at is None else When.LOCAL if draft.local else When.INSTANT
    if draft.at is not None:
        manuscript.wall = draft.at.strftime(_WALL)
    manuscript.zone = str(draft.at.tzinfo) if draft.at is not None and draft.at.tzinfo is not None else "UTC"
    manuscript.saved_at, manuscript.saved_by = now, actor
    blast.audience = draft.selection.as_json()
    blast.scheduled_at = max(blasts.span(draft, now)[0], now)
    blast.send_by = blast.scheduled_at + blasts.WORTH_SENDING
    session.flush()


def _typed(manuscript: Manuscript) -> datetime | None:
    if manuscript.when is When.NOW or not manuscript.wall:
        return None
    wall = datetime.strptime(manuscript.wall, _WALL)  # noqa: DTZ007 - a wall time: its zone stands beside it
    return wall if manuscript.when is When.LOCAL else wall.replace(tzinfo=ZoneInfo(manuscript.zone))


def _locked(session: Session, blast_id: int, state: BlastState | None) -> Blast:
    blast = blast_moves.find(session, blast_id)
    if state is not None and blast.state is not state:
        raise ConflictError(
            "This mail is %(state)s by now: somebody was faster. Reload its page to see how it stands.",
            state=blast.state,
        )
    return blast


def _check_campaign(campaign: Campaign) -> None:
    if campaign.state not in _ABOUT:
        raise ConflictError(
            "“%(title)s” is %(state)s: only a live campaign can be written about.",
            title=campaign.title,
            state=campaign.state,
        )
