"""A campaign's figures: people and mails at each step from planned to acted, by day, way and country."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from advocacy.domain.addressee import Channel
from advocacy.domain.dispatch import DispatchState
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.progress import progress_of
from advocacy.models.supporter import Action, Subscription, Supporter

T = TypeVar("T")
_REACHED = ("delivered", "opened", "clicked")
_BACK = ("bounced", "dropped")


@dataclass(frozen=True)
class Figures:
    """Mails unless said otherwise. `written_to` and `acted` count people; what was planned anew is `planned` once."""

    planned: int
    accepted: int
    delivered: int
    came_back: int
    complained: int
    written_to: int
    acted: int
    acted_once_written: int
    joined: int
    by_day: list[tuple[date, int]]
    by_channel: list[tuple[Channel, int]]
    by_country: list[tuple[str | None, int]]
    reports_seen: bool


def figures_of(session: Session, campaign: Campaign) -> Figures:
    blasts = session.execute(select(Blast.id, Blast.supersedes).where(Blast.campaign_id == campaign.id)).all()
    blast_ids = [blast_id for blast_id, _before in blasts]
    replaced = {before for _blast_id, before in blasts}
    found = progress_of(session, blast_ids)
    progress = found.values()
    outcomes = dict(
        session.execute(
            select(Delivery.outcome, func.count())
            .where(Delivery.blast_id.in_(blast_ids), Delivery.outcome.is_not(None))
            .group_by(Delivery.outcome)
        ).all()
    )
    acted = Action.campaign_id == campaign.id
    return Figures(
        planned=sum(each.planned - (each.cancelled if no in replaced else 0) for no, each in found.items()),
        accepted=sum(each.accepted for each in progress),
        delivered=sum(outcomes.get(word, 0) for word in _REACHED),
        came_back=sum(outcomes.get(word, 0) for word in _BACK),
        complained=outcomes.get("complained", 0),
        written_to=_count(session, select(func.count(distinct(Delivery.supporter_id))).where(_sent(blast_ids))),
        acted=_count(session, select(func.count(distinct(Action.supporter_id))).where(acted)),
        acted_once_written=_count(
            session,
            select(func.count(distinct(Action.supporter_id))).where(
                acted, Action.supporter_id.in_(select(Delivery.supporter_id).where(_sent(blast_ids)))
            ),
        ),
        joined=_count(session, select(func.count()).where(Subscription.campaign_id == campaign.id)),
        by_day=[(day, people) for day, people in session.execute(_each(Action.day, campaign).order_by(Action.day))],
        by_channel=[(way, people) for way, people in session.execute(_each(Action.channel, campaign))],
        by_country=[
            (country, people)
            for country, people in session.execute(
                select(Supporter.country, func.count(distinct(Action.supporter_id)))
                .join(Supporter, Supporter.id == Action.supporter_id)
                .where(acted)
                .group_by(Supporter.country)
                .order_by(func.count(distinct(Action.supporter_id)).desc())
            )
        ],
        reports_seen=bool(outcomes),
    )


def _sent(blast_ids: list[int]) -> ColumnElement[bool]:
    accepted = (
        select(Dispatch.no)
        .where(
            Dispatch.blast_id == Delivery.blast_id,
            Dispatch.no == Delivery.dispatch_no,
            Dispatch.state == DispatchState.ACCEPTED,
        )
        .exists()
    )
    return Delivery.blast_id.in_(blast_ids) & Delivery.skip_reason.is_(None) & accepted


def _each(column: InstrumentedAttribute[T], campaign: Campaign) -> Select[T, int]:
    return (
        select(column, func.count(distinct(Action.supporter_id)))
        .where(Action.campaign_id == campaign.id)
        .group_by(column)
    )


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(query) or 0
