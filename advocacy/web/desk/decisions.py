"""What only a person can settle, the gravest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.complaints import FEWEST, WATCH
from advocacy.domain.dispatch import DispatchState
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.tally import Tally
from advocacy.operations import editing, outcomes

_MOST = 30


@dataclass(frozen=True)
class Decisions:
    """`held` requests with their people; mails that `stopped`; `proposed` ones that wait for a second person's yes;
    campaigns whose complaints come near the line, with (reported, delivered); those that end within two days or ended;
    outcome mails that are drafted;
    drafts with the fields left to check."""

    held: list[tuple[Campaign, Blast, int]]
    stopped: list[tuple[Campaign, Blast]]
    proposed: list[tuple[Campaign, Blast]]
    complained: list[tuple[Campaign, int, int]]
    ended: list[Campaign]
    ending: list[Campaign]
    outcomes: list[tuple[Campaign, Blast]]
    to_check: list[tuple[Campaign, int]]

    def __bool__(self) -> bool:
        return any(vars(self).values())


def wanted(session: Session, now: datetime) -> Decisions:
    near = _near_their_end(session)
    days = {campaign.id: due.days_left(now) for campaign in near if (due := campaign.due_by())}
    return Decisions(
        held=_held(session),
        stopped=_in_state(session, BlastState.BLOCKED, BlastState.MISSED),
        proposed=_in_state(session, BlastState.PROPOSED),
        complained=_complained(session),
        ended=[campaign for campaign in near if days.get(campaign.id, 0) < 0],
        ending=[campaign for campaign in near if 0 <= days.get(campaign.id, 99) <= 2],
        outcomes=_in_state(session, BlastState.DRAFT, rule=outcomes.RULE),
        to_check=_to_check(session),
    )


def _held(session: Session) -> list[tuple[Campaign, Blast, int]]:
    people = (
        select(Dispatch.blast_id, func.sum(Dispatch.n).label("people"))
        .where(Dispatch.state == DispatchState.AMBIGUOUS)
        .group_by(Dispatch.blast_id)
        .subquery()
    )
    rows = session.execute(
        select(Campaign, Blast, people.c.people)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .join(people, people.c.blast_id == Blast.id)
        .order_by(people.c.people.desc(), Blast.id)
        .limit(_MOST)
    )
    return [(campaign, blast, int(number)) for campaign, blast, number in rows]


def _in_state(session: Session, *states: BlastState, rule: str = "") -> list[tuple[Campaign, Blast]]:
    rows = session.execute(
        select(Campaign, Blast)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(Blast.state.in_(states), Blast.rule == rule if rule else true())
        .order_by(Blast.scheduled_at, Blast.id)
        .limit(_MOST)
    )
    return [(campaign, blast) for campaign, blast in rows]


def _complained(session: Session) -> list[tuple[Campaign, int, int]]:
    """Campaigns still open of whose delivered mails more than the watched share was reported as spam."""
    told, arrived = aliased(Tally), aliased(Tally)
    here = (told.campaign_id == Campaign.id) & (told.what == "complained")
    same = (arrived.campaign_id == Campaign.id) & (arrived.what == "delivered") & (arrived.blast_id == told.blast_id)
    complaints, delivered = func.sum(told.number), func.sum(arrived.number)
    rows = session.execute(
        select(Campaign, complaints, delivered)
        .join(told, here)
        .join(arrived, same)
        .where(Campaign.state != CampaignState.CLOSED)
        .group_by(Campaign.id)
        .having(complaints >= FEWEST, complaints > WATCH * delivered)
        .order_by(complaints.desc())
        .limit(_MOST)
    )
    return [(campaign, int(number), int(whole)) for campaign, number, whole in rows]


def _near_their_end(session: Session) -> list[Campaign]:
    runs = Campaign.state.in_((CampaignState.LIVE, CampaignState.PAUSED))
    rows = select(Campaign).where(runs, Campaign.deadline.is_not(None))
    return list(session.scalars(rows.order_by(Campaign.deadline, Campaign.id).limit(_MOST)))


def _to_check(session: Session) -> list[tuple[Campaign, int]]:
    drafts = session.scalars(
        select(Campaign)
        .options(selectinload(Campaign.document), selectinload(Campaign.demands), selectinload(Campaign.addressees))
        .where(Campaign.state == CampaignState.DRAFT)
        .order_by(Campaign.created_at.desc())
        .limit(_MOST)
    )
    return [(campaign, len(left)) for campaign in drafts if (left := editing.left_to_check(campaign))]
