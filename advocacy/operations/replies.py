"""The reply box: asking, three weeks later, those who want to be asked, and keeping what they tell."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.reply import ReplyKind, asked_at
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import forget_the_log, keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.reply import Reply, text_of
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Supporter, new_uid
from advocacy.operations import actions, ordering


@dataclass(frozen=True)
class Told:
    """What was told of one addressee's answer."""

    kind: ReplyKind
    text: str


def ask_later(session: Session, supporter_id: int, campaign: Campaign, *, clock: Clock) -> bool:
    """Order the one mail that asks whether an answer came; return False where it was ordered before or may not go.

    Raises ConflictError for somebody who told us of no letter in this campaign.
    """
    now = moment.now(session, clock)
    supporter = session.get_one(Supporter, supporter_id)
    told = actions.told(session, supporter_id, campaign.id)
    if not told:
        raise ConflictError("You have told us of no letter in this action yet.")
    ordered = supporter.state is SupporterState.ACTIVE and ordering.order(
        session,
        SingleKind.REPLY,
        _key(supporter_id, campaign.id),
        now=now,
        due_at=asked_at(now, ZoneInfo(supporter.timezone)),
        supporter_id=supporter_id,
        campaign_id=campaign.id,
        language=supporter.language,
    )
    session.commit()
    return ordered


def do_not_ask(session: Session, supporter_id: int, campaign_id: int) -> None:
    """Take back the wish to be asked, while the mail has not left."""
    session.execute(
        delete(SingleMail).where(
            SingleMail.dedupe_key == _key(supporter_id, campaign_id), SingleMail.state == DispatchState.PLANNED
        )
    )
    session.commit()


def asked_on(session: Session, supporter_id: int, campaign_id: int) -> datetime | None:
    """Return when this supporter is asked, None where nobody will ask them any more."""
    return session.scalar(
        select(SingleMail.due_at).where(
            SingleMail.dedupe_key == _key(supporter_id, campaign_id), SingleMail.state == DispatchState.PLANNED
        )
    )


def tell(
    session: Session,
    supporter_id: int,
    campaign: Campaign,
    addressee_id: int,
    told: Told,
    *,
    clock: Clock,
) -> None:
    """Keep what a supporter tells of one answer, in place of what they told before.

    Raises InvalidError for an addressee to whom they told us of no letter, ConflictError once they are erased.
    """
    now = moment.now(session, clock)
    supporter = session.get_one(Supporter, supporter_id, with_for_update=True, populate_existing=True)
    if supporter.state is SupporterState.ERASED:
        raise ConflictError("Nothing is kept about you any more.")
    if addressee_id not in {number for number, _channel in actions.told(session, supporter_id, campaign.id)}:
        raise InvalidError("You have told us of no letter to this office.")
    row = session.scalar(_rows(supporter_id, campaign.id).where(Reply.addressee_id == addressee_id))
    if row is None:
        row = Reply(supporter_id=supporter_id, campaign_id=campaign.id, addressee_id=addressee_id, uid=new_uid())
        session.add(row)
    row.kind, row.at = told.kind, now
    row.text_sealed = keys_of(session).seal("reply.text", row.uid, told.text) if told.text else None
    session.commit()
    forget_the_log(session)


def found(session: Session, supporter_id: int, campaign_id: int) -> dict[int, Told]:
    """Return what a supporter told of answers, by addressee."""
    rows = session.scalars(_rows(supporter_id, campaign_id))
    return {row.addressee_id: Told(row.kind, text_of(session, row)) for row in rows}


def texts(session: Session, campaign_id: int, *, most: int) -> list[tuple[int, ReplyKind, str]]:
    """Return (addressee, kind, text) of the newest answers that somebody told the words of, without who told."""
    rows = session.scalars(
        select(Reply)
        .where(Reply.campaign_id == campaign_id, Reply.text_sealed.is_not(None))
        .order_by(Reply.at.desc(), Reply.id.desc())
        .limit(most)
    )
    return [(row.addressee_id, row.kind, text_of(session, row)) for row in rows]


def _rows(supporter_id: int, campaign_id: int) -> Select[Reply]:
    return select(Reply).where(Reply.supporter_id == supporter_id, Reply.campaign_id == campaign_id)


def _key(supporter_id: int, campaign_id: int) -> str:
    return f"reply:{supporter_id}:{campaign_id}"
