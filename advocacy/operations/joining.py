"""Supporters sign up: what was asked is kept and a confirmation ordered, in seven statements that are built once.

Building eighteen statements anew, through the ORM, was four fifths of what a sign-up cost. Known and unknown addresses
run through the same statements in the same order, so that neither the answer nor its time tells them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Insert,
    LargeBinary,
    Row,
    Select,
    Table,
    bindparam,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain import address as addresses
from advocacy.domain.errors import NotFoundError
from advocacy.domain.joining import Answers
from advocacy.domain.keys import Purpose, random_token
from advocacy.domain.supporter import ConsentAction, SupporterState
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import BigId, keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Consent, SignUp, Supporter, Suppression, id_of, new_uid
from advocacy.operations import ordering
from advocacy.operations.consent import ALERTS, CAMPAIGN

BETWEEN_CONFIRMATIONS = timedelta(minutes=10)
DAY = timedelta(days=1)
CONFIRMATIONS_A_DAY = 3
CONFIRMATIONS_UNCONFIRMED = 5

_SUPPORTER = cast("Table", Supporter.__table__)


@dataclass(frozen=True)
class Wordings:
    """What stood beside the boxes, word for word, and where: the proof of consent. `alerts` is the second box's text."""

    campaign: str
    alerts: str
    version: str
    language: str
    source: str


def join(session: Session, answers: Answers, campaign: Campaign | None, wordings: Wordings, *, clock: Clock) -> None:
    """Keep what was asked and order the confirmation, under the caps; the same steps for known and unknown addresses.

    Without a campaign it is for the alert list. A suppressed address gets no mail. Nothing of an existing supporter
    changes before they confirm.
    """
    connection, keys = session.connection(), keys_of(session)
    supporter = _held_row(session, connection, answers.address, clock)
    mailbox = keys.current.digest(Purpose.ABUSE, addresses.mailbox_of(answers.address))
    seen = _seen(session, connection, supporter.id, answers.address, mailbox, clock)
    stopped = seen.stopped or supporter.state is SupporterState.ERASED
    kept = _under_caps(seen, confirmed=supporter.confirmed_at is not None) and not stopped
    sealed = keys.seal("supporter.email", supporter.uid, answers.address)
    connection.execute(_KEEP_EMAIL, {"of": supporter.id, "sealed": sealed, "kept": kept})
    token, token_hash = random_token()
    uid = new_uid()
    asked = {"token_hash": token_hash, "abuse_key": mailbox} if kept else {"token_hash": None, "abuse_key": None}
    campaign_id = campaign.id if campaign else None
    row = _sign_up(session, uid, answers, campaign_id, seen.now) | asked | {"supporter_id": supporter.id}
    connection.execute(_SIGN_UP, row)
    if lines := _asked(answers, campaign_id, wordings):
        whose = {"supporter_id": supporter.id, "at": seen.now}
        connection.execute(_CONSENT, [line | whose for line in lines])
    _order_confirmation(session, row, token, now=seen.now, kept=kept)
    faults.point("web.signup.before_commit")
    session.commit()
    faults.point("web.signup.after_commit")


def _order_confirmation(session: Session, sign_up: Mapping[str, Any], token: str, *, now: datetime, kept: bool) -> None:
    """Order the confirmation. One that must not go is written and taken back, so that the answer takes as long."""
    with session.connection().begin_nested() as trial:
        ordering.order(
            session,
            SingleKind.CONFIRMATION,
            f"confirmation:{sign_up['uid']}",
            now=now,
            supporter_id=sign_up["supporter_id"],
            campaign_id=sign_up["campaign_id"],
            language=sign_up["language"],
            secret=token,
        )
        if not kept:
            trial.rollback()


def _held_row(session: Session, connection: Connection, address: str, clock: Clock) -> Row[Any]:
    """Return the supporter's row, made if need be and locked, so that two presses at once are counted one by one."""
    keys = keys_of(session)
    hashes = keys.email_keys(address)
    named = {f"key{number}": each for number, each in enumerate(hashes)}
    made = {
        "made_uid": new_uid(),
        "made_key": hashes[0],
        "made_suppression": keys.suppression_keys(address)[0],
        "now": moment.moved(session, clock),
    }
    connection.execute(_make(connection.dialect.name, len(hashes)), named | made)
    found = connection.execute(_hold(len(hashes)), named).first()
    if found is None:
        raise NotFoundError("The sign-up could not be kept. Please try again.")
    return found


def _whose(hashes: int) -> ColumnElement[int]:
    """Return the id of the supporter of an address with the hashes `key0`, `key1`, ..."""
    return id_of([bindparam(f"key{number}", type_=LargeBinary) for number in range(hashes)])


@lru_cache(maxsize=8)
def _make(dialect: str, hashes: int) -> Insert:
    """Write a supporter's row unless there is one."""
    columns = _SUPPORTER.c
    values: dict[str, ColumnElement[Any]] = {
        "uid": bindparam("made_uid", type_=columns.uid.type),
        "email_key": bindparam("made_key", type_=LargeBinary),
        "suppression_key": bindparam("made_suppression", type_=LargeBinary),
        "state": literal(SupporterState.PENDING, columns.state.type),
        "language": literal("en", columns.language.type),
        "timezone": literal("UTC", columns.timezone.type),
        "tags": literal([], columns.tags.type),
        "sample": false(),
        "created_at": moment.later(dialect, "now"),
    }
    row = select(*values.values()).where(_whose(hashes).is_(None))
    write = postgresql.insert(_SUPPORTER) if dialect == "postgresql" else sqlite.insert(_SUPPORTER)
    return write.from_select(list(values), row, include_defaults=False).on_conflict_do_nothing(
        index_elements=["email_key"]
    )


@lru_cache(maxsize=4)
def _hold(hashes: int) -> Select[Any]:
    columns = _SUPPORTER.c
    return (
        select(columns.id, columns.uid, columns.state, columns.confirmed_at)
        .where(columns.id == _whose(hashes))
        .with_for_update(of=_SUPPORTER)
    )


_KEEP_EMAIL = (
    update(_SUPPORTER)
    .where(
        _SUPPORTER.c.id == bindparam("of"),
        _SUPPORTER.c.email_sealed.is_(None),
        bindparam("kept", type_=Boolean()) == true(),
    )
    .values(email_sealed=bindparam("sealed", type_=LargeBinary))
)
"""Asked of everybody, so that it takes as long; it finds a row only where there is no address yet and one may be kept."""

_SIGN_UP = insert(cast("Table", SignUp.__table__))
_CONSENT = insert(cast("Table", Consent.__table__))


def _seen(
    session: Session, connection: Connection, supporter_id: int, address: str, mailbox: bytes, clock: Clock
) -> Row[Any]:
    """Return now, whether the address is suppressed, and how many confirmations went to the person and the mailbox."""
    hashes = keys_of(session).suppression_keys(address)
    named: dict[str, object] = {f"stop{number}": each for number, each in enumerate(hashes)}
    named |= {
        "of": supporter_id,
        "mailbox": mailbox,
        "now": moment.moved(session, clock),
        "soon": moment.moved(session, clock, -BETWEEN_CONFIRMATIONS),
        "day": moment.moved(session, clock, -DAY),
    }
    return connection.execute(_look(connection.dialect.name, len(hashes)), named).one()


@lru_cache(maxsize=8)
def _look(dialect: str, hashes: int) -> Select[Any]:
    soon, day = moment.later(dialect, "soon"), moment.later(dialect, "day")
    ordered, sent_to = SingleMail.created_at, SignUp.created_at
    mails = (
        select(
            func.count().label("ever"),
            func.count().filter(ordered > soon).label("person_soon"),
            func.count().filter(ordered > day).label("person_day"),
        )
        .where(
            SingleMail.supporter_id == bindparam("of", type_=BigId),
            SingleMail.kind == literal(SingleKind.CONFIRMATION, SingleMail.kind.type),
        )
        .subquery()
    )
    boxes = (
        select(
            func.count().filter(sent_to > soon).label("box_soon"),
            func.count().label("box_day"),
        )
        .where(SignUp.abuse_key == bindparam("mailbox", type_=LargeBinary), sent_to > day)
        .subquery()
    )
    stops = [bindparam(f"stop{number}", type_=LargeBinary) for number in range(hashes)]
    stopped = exists().where(or_(*(Suppression.suppression_key == stop for stop in stops)), Suppression.scope == "all")
    now = moment.later(dialect, "now").label("now")
    return select(now, stopped.label("stopped"), *mails.c, *boxes.c).select_from(mails.join(boxes, true()))


def _under_caps(seen: Row[Any], *, confirmed: bool) -> bool:
    """Whether one more confirmation may go: one in 10 minutes, three a day, five while unconfirmed (design.md, rule 5).

    Counted for the person, and for the mailbox behind all its "+tag" spellings.
    """
    if seen.person_soon or seen.box_soon:
        return False
    if max(seen.person_day, seen.box_day) >= CONFIRMATIONS_A_DAY:
        return False
    return bool(confirmed or seen.ever < CONFIRMATIONS_UNCONFIRMED)


def _sign_up(session: Session, uid: str, answers: Answers, campaign_id: int | None, now: datetime) -> dict[str, Any]:
    keys = keys_of(session)
    return {
        "uid": uid,
        "campaign_id": campaign_id,
        "reminders": answers.reminders if campaign_id is not None else None,
        "alerts": answers.alerts,
        "name_sealed": keys.seal("sign_up.name", uid, answers.name) if answers.name else None,
        "town_sealed": keys.seal("sign_up.town", uid, answers.town) if answers.town else None,
        "country": answers.country,
        "language": answers.language,
        "timezone": answers.timezone,
        "created_at": now,
    }


def _asked(answers: Answers, campaign_id: int | None, wordings: Wordings) -> list[dict[str, Any]]:
    asked: list[tuple[str, str, int | None]] = []
    if campaign_id is not None:
        asked.append((CAMPAIGN, wordings.campaign, campaign_id))
    if answers.alerts:
        asked.append((ALERTS, wordings.alerts, None))
    return [
        {
            "campaign_id": about,
            "purpose": purpose,
            "action": ConsentAction.ASKED,
            "wording": wording,
            "version": wordings.version,
            "language": wordings.language,
            "source": wordings.source,
            "actor": "supporter",
        }
        for purpose, wording, about in asked
    ]
