"""Who gets a blast and who does not, as one SQL expression that planning, sending and the pages share.

The rules are those of `domain.audience`, which says them for one person; the tests hold the two against each other.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from advocacy.domain import subject_test
from advocacy.domain.addressee import Channel
from advocacy.domain.audience import LeftOut
from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import GONE, DispatchState
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.models.base import UtcDateTime
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.supporter import Action, Subscription, Supporter, Suppression

Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]

OWN = aliased(Subscription, name="own")
ALERTS = aliased(Subscription, name="alerts")


class Kind(StrEnum):
    """What the rules know of a blast: the action itself, a reminder, news of the campaign, or written by hand."""

    LAUNCH = "launch"
    REMINDER = "reminder"
    NEWS = "news"
    MANUAL = "manual"


def kind_of(rule: str) -> Kind:
    """Return what kind of mail `blast.rule` is."""
    if rule in {"update", "outcome"}:
        return Kind.NEWS
    return {"launch": Kind.LAUNCH, "manual": Kind.MANUAL}.get(rule, Kind.REMINDER)


@dataclass(frozen=True)
class Rule:
    """What is asked of a person before they get one blast. `chain` are the blasts that this one supersedes."""

    blast_id: int
    campaign_id: int
    launched_at: datetime
    kind: Kind
    chain: tuple[int, ...] = ()
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True)
class Moment:
    """When the mail would reach a person, as expressions: `due` by the plan, `at` in truth; `since` is `at` less the
    rest they must have had; `last` says whether it is the last reminder of their plan."""

    due: ColumnElement[datetime]
    at: ColumnElement[datetime]
    since: ColumnElement[datetime]
    last: ColumnElement[bool]


def chain_of(session: Session, blast: Blast) -> tuple[int, ...]:
    """Return the ids of the blasts that this one supersedes, directly or not."""
    found: list[int] = []
    before = blast.supersedes
    while before is not None:
        found.append(before)
        before = session.scalar(select(Blast.supersedes).where(Blast.id == before))
    return tuple(found)


def people(
    rule: Rule, *columns: ColumnElement[Any], within: Callable[[Any], ColumnElement[bool]] | None = None
) -> Select[*tuple[Any, ...]]:
    """Return a query over all supporters with what they asked for: `OWN` and `ALERTS` are joined.

    `within` is what the caller asks of the supporter's id, said again for the joined tables: PostgreSQL does not
    conclude it by itself, and would begin each join of two sorted tables at the first supporter there is.
    """
    own = and_(OWN.supporter_id == Supporter.id, OWN.campaign_id == rule.campaign_id)
    alerts = and_(ALERTS.supporter_id == Supporter.id, ALERTS.campaign_id.is_(None), ALERTS.left_at.is_(None))
    if within is not None:
        own, alerts = and_(own, within(OWN.supporter_id)), and_(alerts, within(ALERTS.supporter_id))
    return select(*columns).select_from(Supporter).outerjoin(OWN, own).outerjoin(ALERTS, alerts)


def related() -> ColumnElement[bool]:
    """Whether the person ever asked for this campaign or is on the alert list."""
    return or_(OWN.id.is_not(None), ALERTS.id.is_not(None))


def reason(rule: Rule, moment: Moment, *, planning: bool) -> ColumnElement[str | None]:
    """Return why the person does not get the mail (a `LeftOut` value), NULL if they do.

    While planning, mails that are only planned count for the frequency cap as if they left when due. Later a planned
    one counts only if its blast is being sent, and of two due at once the older blast goes first.
    """
    whens = [(_already(rule), LeftOut.ALREADY_SENT)] if rule.chain else []
    whens += [(_suppressed(), LeftOut.SUPPRESSED), *_barred()]
    if rule.kind is Kind.REMINDER:
        whens.append((acted(rule.campaign_id), LeftOut.ACTED))
    whens.append((since(rule).is_(None), LeftOut.NOT_SUBSCRIBED))
    if rule.kind is not Kind.LAUNCH:
        whens.append((_wants_fewer(rule, moment), LeftOut.FEWER_MAILS))
    if rule.kind is Kind.REMINDER and planning:
        late = and_(since(rule) > literal(rule.launched_at, UtcDateTime()), moment.due <= since(rule))
        whens.append((late, LeftOut.JOINED_LATER))
    if rule.kind in {Kind.REMINDER, Kind.MANUAL}:
        whens.append((_too_soon(rule, moment, planning=planning), LeftOut.FREQUENCY_CAP))
    return case(*((condition, literal(why.value)) for condition, why in whens), else_=null())


def since(rule: Rule) -> ColumnElement[datetime | None]:
    """Return since when the person is among this campaign's people, NULL if they are not."""
    mine = and_(OWN.id.is_not(None), OWN.left_at.is_(None), Supporter.confirmed_at.is_not(None))
    on_alerts = and_(OWN.left_at.is_(None), ALERTS.id.is_not(None), Supporter.confirmed_at.is_not(None))
    launched = literal(rule.launched_at, UtcDateTime())
    in_time = and_(on_alerts, ALERTS.joined_at <= launched, Supporter.confirmed_at <= launched)
    alerts_since = _later(ALERTS.joined_at, Supporter.confirmed_at)
    own_since = _later(OWN.joined_at, Supporter.confirmed_at)
    both = and_(mine, in_time)
    earlier = case((own_since <= alerts_since, own_since), else_=alerts_since)
    return case((both, earlier), (mine, own_since), (in_time, alerts_since), else_=null())


def acted(campaign_id: int, ways: Collection[str] = ()) -> ColumnElement[bool]:
    """Whether the person told us that they acted in this campaign, by one of these channels where any are named."""
    by = (Action.channel.in_([Channel(way) for way in ways]),) if ways else ()
    return exists().where(Action.campaign_id == campaign_id, Action.supporter_id == Supporter.id, *by)


def selected(session: Session, rule: Rule) -> ColumnElement[bool]:
    """Whether the person is among those a blast written by hand is for."""
    chosen = rule.selection
    wanted = [*described(session, chosen)]
    if chosen.acted is not None:
        has = acted(rule.campaign_id, chosen.ways)
        wanted.append(has if chosen.acted else ~has)
    if chosen.share is not None:
        wanted.append(arm(rule) != "")
    return and_(true(), *wanted)


def arm(rule: Rule) -> ColumnElement[str]:
    """Return which of two subjects the person gets: their lot is a piece of the random id they have had since they came.

    "" where there is one subject, and for those who wait for the better one.
    """
    if rule.selection.share is None:
        return literal("")
    first, both = subject_test.lots(rule.selection.share)
    lot = func.substr(Supporter.uid, subject_test.lot_at(rule.blast_id), 3)
    one, other = subject_test.ARMS
    return case((lot < first, literal(one)), (lot < both, literal(other)), else_=literal(""))


def described(session: Session, chosen: Selection) -> Iterator[ColumnElement[bool]]:
    """Yield what a selection says of people themselves, whatever the campaign."""
    if chosen.countries:
        yield Supporter.country.in_(chosen.countries)
    if chosen.languages:
        yield Supporter.language.in_(chosen.languages)
    if chosen.zones:
        yield Supporter.timezone.in_(chosen.zones)
    if chosen.tags:
        yield _tagged(session, chosen.tags)
    if chosen.states:
        yield Supporter.state.in_([SupporterState(state) for state in chosen.states])
    yield from _with_a_past(chosen)


def _with_a_past(chosen: Selection) -> Iterator[ColumnElement[bool]]:
    if chosen.joined_from is not None:
        yield Supporter.confirmed_at >= _midnight(chosen.joined_from)
    if chosen.joined_until is not None:
        yield Supporter.confirmed_at < _midnight(chosen.joined_until + timedelta(days=1))
    if chosen.had:
        yield _was_sent(chosen.had)
    if chosen.missed:
        yield ~_was_sent(chosen.missed)


def planned_already(rule: Rule) -> ColumnElement[bool]:
    """Whether the person has a row in this very blast."""
    return exists().where(Delivery.blast_id == rule.blast_id, Delivery.supporter_id == Supporter.id)


def _tagged(session: Session, tags: Collection[str]) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        has_any: ColumnElement[bool] = type_coerce(Supporter.tags, JSONB).has_any(cast(list(tags), ARRAY(Text)))
        return has_any
    each = func.json_each(Supporter.tags).table_valued("value", name="tag")
    return exists(select(literal(1)).select_from(each).where(each.c.value.in_(list(tags))))


def _was_sent(blast_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether the provider took one of these mails for the person."""
    return exists().where(
        Delivery.supporter_id == Supporter.id,
        Delivery.blast_id.in_(blast_ids),
        Delivery.skip_reason.is_(None),
        Dispatch.blast_id == Delivery.blast_id,
        Dispatch.no == Delivery.dispatch_no,
        Dispatch.state == DispatchState.ACCEPTED,
    )


def _midnight(day: date) -> ColumnElement[datetime]:
    return literal(datetime.combine(day, time(), UTC), UtcDateTime())


def _barred() -> list[tuple[ColumnElement[bool], LeftOut]]:
    return [
        (Supporter.state == SupporterState.PENDING, LeftOut.UNCONFIRMED),
        (Supporter.state == SupporterState.UNSUBSCRIBED, LeftOut.UNSUBSCRIBED),
        (Supporter.state == SupporterState.BOUNCED, LeftOut.BOUNCED),
        (Supporter.state == SupporterState.ERASED, LeftOut.ERASED),
        (Supporter.email_sealed.is_(None), LeftOut.ERASED),
        (Supporter.confirmed_at.is_(None), LeftOut.UNCONFIRMED),
    ]


def _suppressed() -> ColumnElement[bool]:
    return exists().where(Suppression.suppression_key == Supporter.suppression_key, Suppression.scope == "all")


def _already(rule: Rule) -> ColumnElement[bool]:
    return exists().where(
        Delivery.supporter_id == Supporter.id,
        Delivery.blast_id.in_(rule.chain),
        Delivery.skip_reason.is_(None),
        Dispatch.blast_id == Delivery.blast_id,
        Dispatch.no == Delivery.dispatch_no,
        Dispatch.state.in_(GONE),
    )


def _wants_fewer(rule: Rule, moment: Moment) -> ColumnElement[bool]:
    choice = case((and_(OWN.id.is_not(None), OWN.left_at.is_(None)), OWN.reminders), else_=ALERTS.reminders)
    none = choice == Reminders.NONE.value
    if rule.kind is Kind.NEWS:
        return none
    last_only = choice == Reminders.LAST.value
    unwanted = last_only if rule.kind is Kind.MANUAL else and_(last_only, ~moment.last)
    return or_(none, unwanted)


def _too_soon(rule: Rule, moment: Moment, *, planning: bool) -> ColumnElement[bool]:
    waiting: ColumnElement[bool] = Dispatch.state.in_((DispatchState.PLANNED, DispatchState.CLAIMED))
    if not planning:
        goes_first = or_(Dispatch.counts_at < moment.at, Delivery.blast_id < rule.blast_id)
        waiting = and_(waiting, goes_first, Blast.state == BlastState.SENDING)
    return exists().where(
        Delivery.supporter_id == Supporter.id,
        Delivery.blast_id != rule.blast_id,
        Delivery.skip_reason.is_(None),
        Dispatch.blast_id == Delivery.blast_id,
        Dispatch.no == Delivery.dispatch_no,
        Blast.id == Delivery.blast_id,
        Dispatch.counts_at > moment.since,
        Dispatch.counts_at <= moment.at,
        or_(Dispatch.state.in_(GONE), waiting),
    )


def _later(one: Instant, other: Instant) -> ColumnElement[datetime | None]:
    return case((one >= other, one), else_=other)
