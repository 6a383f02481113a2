"""The list of campaigns: by state, searched, ordered and paged by the database; all of it stands in the address."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, selectinload

from advocacy.domain.campaign import CampaignState
from advocacy.models.campaign import Campaign
from advocacy.models.tally import Tally
from advocacy.operations import editing

TABS = (CampaignState.LIVE, CampaignState.DRAFT, CampaignState.PAUSED, CampaignState.CLOSED)
ORDERS = ("deadline", "title", "acted", "newest")
PAGE = 25
_LONGEST = 100


@dataclass(frozen=True)
class Row:
    """One campaign, how many acted in it, and the fields left to check in a draft."""

    campaign: Campaign
    acted: int
    left: int


@dataclass(frozen=True)
class Listed:
    rows: list[Row]
    state: CampaignState
    search: str
    order: str
    page: int
    matching: int
    counts: dict[CampaignState, int]

    @property
    def pages(self) -> int:
        return max(-(-self.matching // PAGE), 1)


def asked_for(session: Session) -> Listed:
    """Return the part of the list that the address asks for: ?state= ?search= ?order= ?page="""
    search = request.args.get("search", "").strip()[:_LONGEST]
    by_state = select(Campaign.state, func.count()).where(_matches(search)).group_by(Campaign.state)
    counts = dict(session.execute(by_state).all())
    state, order = _state(counts), request.args.get("order", "")
    order = order if order in ORDERS else ORDERS[0]
    here = and_(Campaign.state == state, _matches(search))
    matching = counts.get(state, 0)
    page = min(max(request.args.get("page", 1, type=int), 1), max(-(-matching // PAGE), 1))
    found = session.execute(
        select(Campaign, Tally.number)
        .outerjoin(Tally, and_(Tally.campaign_id == Campaign.id, Tally.what == "acted"))
        .options(selectinload(Campaign.document), selectinload(Campaign.demands), selectinload(Campaign.addressees))
        .where(here)
        .order_by(*_ordered(order, state), Campaign.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    draft = state is CampaignState.DRAFT
    rows = [Row(campaign, acted or 0, _left(campaign) if draft else 0) for campaign, acted in found]
    return Listed(rows, state, search, order, page, matching, counts)


def _state(counts: dict[CampaignState, int]) -> CampaignState:
    asked = request.args.get("state", "")
    if asked in set(CampaignState):
        return CampaignState(asked)
    return next((tab for tab in TABS if counts.get(tab)), TABS[0])


def _matches(search: str) -> ColumnElement[bool]:
    columns = (Campaign.title, Campaign.ua_number, Campaign.index_number, cast(Campaign.countries, String))
    return or_(*(func.coalesce(column, "").icontains(search, autoescape=True) for column in columns))


def _ordered(order: str, state: CampaignState) -> tuple[ColumnElement[Any], ...]:
    first: ColumnElement[Any] = Campaign.closed_at.desc() if state is CampaignState.CLOSED else Campaign.deadline.asc()
    newest: ColumnElement[Any] = Campaign.created_at.desc()
    orders: dict[str, tuple[ColumnElement[Any], ...]] = {
        "deadline": (first, newest),
        "title": (func.lower(Campaign.title),),
        "acted": (func.coalesce(Tally.number, 0).desc(),),
        "newest": (newest,),
    }
    return orders[order]


def _left(campaign: Campaign) -> int:
    return len(editing.left_to_check(campaign))
