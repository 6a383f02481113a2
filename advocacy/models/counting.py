"""A campaign's numbers counted from the ledger, in sets: what roll-ups are made of. Nothing here is read by a page.

A mail is one delivery; a person counts once however many mails they got. Accepted means that the provider took the
request with this person in it; delivered, that the provider reported so, or that they complained about what came.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, case, cast, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.report import Opened
from advocacy.domain.supporter import ConsentAction
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.press import Press
from advocacy.models.supporter import Action, Consent, Subscription, Supporter
from advocacy.models.tally import Tally

REACHED = ("delivered", "complained")
BACK = ("blocked", "bounced", "dropped")
REACH = "reach"
"""The one number that is not of the ledger: how many a mail of the plan would go to now."""

Number = tuple[str, int, str, int]
"""What, the blast's id or 0, the key or "", how many."""

_SENT = and_(Dispatch.state == DispatchState.ACCEPTED, Delivery.skip_reason.is_(None))
_COUNTED = and_(_SENT, Dispatch.counts_opens.is_(True))
_REACHED = and_(_SENT, Delivery.outcome.in_(REACHED))


def count(session: Session, campaign_id: int) -> list[Number]:
    """Return every number of a campaign that is not nought.

    Once who got one of its mails is reduced to numbers, those stay as they were counted last, with all that was counted
    of people; only its other mails are counted on.
    """
    reduced = {
        id_: at is not None
        for id_, at in session.execute(select(Blast.id, Blast.reduced_at).where(Blast.campaign_id == campaign_id))
    }
    blast_ids = [id_ for id_, gone in reduced.items() if not gone]
    if len(blast_ids) < len(reduced):
        return [*_kept(session, campaign_id, blast_ids), *_there(_mails(session, blast_ids), _left(session, blast_ids))]
    found = [
        *_mails(session, blast_ids),
        *_people(session, campaign_id, blast_ids),
        *_actions(session, campaign_id),
        *_moved(session, campaign_id, blast_ids),
        *_left(session, blast_ids),
    ]
    return _there(found)


def _there(*numbers: Iterable[Number]) -> list[Number]:
    return [each for each in chain(*numbers) if each[3]]


def _kept(session: Session, campaign_id: int, but: Collection[int]) -> list[Number]:
    stays = or_(Tally.blast_id.not_in(but), Tally.what == "moved")
    rows = session.scalars(select(Tally).where(Tally.campaign_id == campaign_id, stays, Tally.what != REACH))
    return [(row.what, row.blast_id, row.key, row.number) for row in rows]


def _mails(session: Session, blast_ids: Sequence[int]) -> Iterator[Number]:
    """Mails of each blast: those planned and not called off, taken, delivered, returned, complained about."""
    replaced = set(session.scalars(select(Blast.supersedes).where(Blast.supersedes.in_(blast_ids))))
    rows = session.execute(
        select(
            Delivery.blast_id,
            func.count(),
            _sum(Dispatch.state == DispatchState.CANCELLED, Delivery.skip_reason.is_(None)),
            _sum(Delivery.skip_reason.is_not(None)),
            _sum(_SENT),
            _sum(_REACHED),
            _sum(_SENT, Delivery.outcome.in_(BACK)),
            _sum(_SENT, Delivery.outcome == "complained"),
            _sum(_SENT, Delivery.outcome.is_not(None)),
            _sum(_COUNTED),
            _sum(_COUNTED, Delivery.opened == Opened.PERSON),
            _sum(_COUNTED, Delivery.opened == Opened.MACHINE),
        )
        .select_from(Delivery)
        .outerjoin(Dispatch, _its_dispatch(Delivery, Dispatch))
        .where(Delivery.blast_id.in_(blast_ids))
        .group_by(Delivery.blast_id)
    )
    told = ("left_out", "accepted", "delivered", "returned", "complained", "reported")
    names = (*told, "opens_asked", "opened", "machine_opened")
    for blast_id, everyone, cancelled, *numbers in rows:
        # What a moved deadline called off was planned again in the blast that took its place.
        yield "planned", blast_id, "", everyone - (cancelled if blast_id in replaced else 0)
        for name, number in zip(names, numbers, strict=True):
            yield name, blast_id, "", number


def _people(session: Session, campaign_id: int, blast_ids: Sequence[int]) -> Iterator[Number]:
    """The funnel. Each step counts those of the step before who went on."""
    each = (
        select(
            Delivery.supporter_id.label("id"),
            func.max(_one(_SENT)).label("accepted"),
            func.max(_one(_REACHED)).label("delivered"),
        )
        .outerjoin(Dispatch, _its_dispatch(Delivery, Dispatch))
        .where(Delivery.blast_id.in_(blast_ids))
        .group_by(Delivery.supporter_id)
        .subquery()
    )
    acted = select(Action.supporter_id.label("id")).where(Action.campaign_id == campaign_id).distinct().subquery()
    pressed = select(Press.supporter_id.label("id")).where(Press.campaign_id == campaign_id).subquery()
    has_acted, has_pressed = acted.c.id.is_not(None), or_(pressed.c.id.is_not(None), acted.c.id.is_not(None))
    got = each.c.accepted == 1
    row = session.execute(
        select(
            func.count(),
            _sum(got),
            _sum(each.c.delivered == 1),
            _sum(got, has_pressed),
            _sum(got, has_acted),
        )
        .select_from(each)
        .outerjoin(acted, acted.c.id == each.c.id)
        .outerjoin(pressed, pressed.c.id == each.c.id)
    ).one()
    for name, number in zip(("planned", "accepted", "delivered", "pressed", "acted"), row, strict=True):
        yield "people", 0, name, number or 0
    yield "acted", 0, "", session.scalar(select(func.count()).select_from(acted)) or 0
    joined = select(func.count()).where(Subscription.campaign_id == campaign_id)
    yield "joined", 0, "", session.scalar(joined) or 0


def _actions(session: Session, campaign_id: int) -> Iterator[Number]:
    people = func.count(distinct(Action.supporter_id))
    here = Action.campaign_id == campaign_id
    for day, number in session.execute(select(Action.day, people).where(here).group_by(Action.day)):
        yield "acted_day", 0, day.isoformat(), number
    for channel, number in session.execute(select(Action.channel, people).where(here).group_by(Action.channel)):
        yield "acted_channel", 0, channel.value, number
    for outcome, number in session.execute(select(Action.outcome, people).where(here).group_by(Action.outcome)):
        if outcome is not None:
            yield "called", 0, outcome.value, number
    by_country = select(Supporter.country, people).join(Supporter, Supporter.id == Action.supporter_id)
    for country, number in session.execute(by_country.where(here).group_by(Supporter.country)):
        yield "acted_country", 0, country or "", number
    yield "letters", 0, "", session.scalar(select(func.count()).where(here)) or 0


def _moved(session: Session, campaign_id: int, blast_ids: Sequence[int]) -> Iterator[Number]:
    """Whose first action followed which mail: the last one of this campaign that left for them before it."""
    first = (
        select(Action.supporter_id.label("id"), func.min(Action.at).label("at"))
        .where(Action.campaign_id == campaign_id)
        .group_by(Action.supporter_id)
        .subquery()
    )
    latest = func.row_number().over(
        partition_by=first.c.id, order_by=(Dispatch.inflight_at.desc(), Dispatch.blast_id.desc())
    )
    before = (
        select(Delivery.blast_id.label("blast_id"), latest.label("place"))
        .select_from(first)
        .join(Delivery, and_(Delivery.supporter_id == first.c.id, Delivery.blast_id.in_(blast_ids)))
        .join(Dispatch, and_(_its_dispatch(Delivery, Dispatch), _SENT, Dispatch.inflight_at <= first.c.at))
        .subquery()
    )
    yield from _by_blast(session, "moved", before)


def _left(session: Session, blast_ids: Sequence[int]) -> Iterator[Number]:
    """Who left after which mail: the last of all mails that left for them before, if it was one of these blasts."""
    mine = aliased(Delivery, name="mine")
    left = (
        select(Consent.supporter_id.label("id"), Consent.at.label("at"))
        .where(withdrawn(), Consent.supporter_id.in_(select(mine.supporter_id).where(mine.blast_id.in_(blast_ids))))
        .distinct()
        .subquery()
    )
    latest = func.row_number().over(
        partition_by=(left.c.id, left.c.at), order_by=(Dispatch.inflight_at.desc(), Dispatch.blast_id.desc())
    )
    before = (
        select(Delivery.blast_id.label("blast_id"), left.c.id.label("id"), latest.label("place"))
        .select_from(left)
        .join(Delivery, Delivery.supporter_id == left.c.id)
        .join(Dispatch, and_(_its_dispatch(Delivery, Dispatch), _SENT, Dispatch.inflight_at <= left.c.at))
        .subquery()
    )
    last = (
        select(before.c.blast_id, func.count(distinct(before.c.id)))
        .where(before.c.place == 1, before.c.blast_id.in_(blast_ids))
        .group_by(before.c.blast_id)
    )
    for blast_id, number in session.execute(last):
        yield "left", blast_id, "", number


def withdrawn() -> ColumnElement[bool]:
    """Whether a line of the consent ledger is a supporter's own withdrawal, not an organiser's act or an erasure."""
    return and_(Consent.action == ConsentAction.WITHDRAWN, Consent.actor == "supporter")


def _by_blast(session: Session, what: str, before: Subquery) -> Iterator[Number]:
    last: Select[int, int] = (
        select(before.c.blast_id, func.count()).where(before.c.place == 1).group_by(before.c.blast_id)
    )
    for blast_id, number in session.execute(last):
        yield what, blast_id, "", number


def _its_dispatch(delivery: type[Delivery], dispatch: type[Dispatch]) -> ColumnElement[bool]:
    return and_(dispatch.blast_id == delivery.blast_id, dispatch.no == delivery.dispatch_no)


def _one(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return case((and_(*conditions), 1), else_=0)


def _sum(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(_one(*conditions)), 0), Integer)
