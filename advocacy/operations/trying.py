"""Two subjects tried by a part of a mail's people: how each does, and the better one sent on to the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session

from advocacy.domain import subject_test
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.subject_test import ARMS, Tried, Verdict
from advocacy.models.blast import Blast, ContentVersion, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.counting import Number
from advocacy.models.manuscript import Manuscript
from advocacy.models.press import Press
from advocacy.models.supporter import Action
from advocacy.models.tally import Tally
from advocacy.operations import again, audit, blast_moves

_ON_ITS_WAY = (DispatchState.PLANNED, DispatchState.CLAIMED, DispatchState.INFLIGHT)
_TRIED = "tried"
_KEPT = ("people", "acted", "pressed")
_SENT = (BlastState.SENDING, BlastState.COMPLETED)


@dataclass(frozen=True)
class Trial:
    """`decides_at` is None until all of the trial has left: the wait is counted from its last request."""

    first: Tried
    second: Tried
    decides_at: datetime | None

    @property
    def verdict(self) -> Verdict:
        return subject_test.verdict(self.first, self.second)


def trial(session: Session, blast: Blast, manuscript: Manuscript) -> Trial:
    """Return how the two subjects of a mail do, as things stand. Opens count nothing: people who acted since do, and decide;
    who pressed a button on their page since is told beside them."""
    found = _kept(session, blast) if blast.reduced_at is not None else _counted(session, blast)
    first, second = (found.get(arm, Tried(arm, 0, 0)) for arm in ARMS)
    return Trial(first, second, _decides_at(session, blast, manuscript))


def numbers(session: Session, blast: Blast) -> list[Number]:
    """Return how its subjects did as numbers to keep, once the people's own rows go."""
    return [
        (_TRIED, blast.id, f"{each.arm}/{name}", getattr(each, name))
        for each in _counted(session, blast).values()
        if each.arm in ARMS
        for name in _KEPT
    ]


def _kept(session: Session, blast: Blast) -> dict[str, Tried]:
    rows = session.execute(
        select(Tally.key, Tally.number).where(
            Tally.campaign_id == blast.campaign_id, Tally.what == _TRIED, Tally.blast_id == blast.id
        )
    )
    kept = dict(rows.all())
    return {arm: Tried(arm, *(kept.get(f"{arm}/{name}", 0) for name in _KEPT)) for arm in ARMS}


def _counted(session: Session, blast: Blast) -> dict[str, Tried]:
    acted = exists().where(
        Action.campaign_id == blast.campaign_id,
        Action.supporter_id == Delivery.supporter_id,
        Action.at >= Dispatch.inflight_at,
    )
    pressed = exists().where(
        Press.campaign_id == blast.campaign_id,
        Press.supporter_id == Delivery.supporter_id,
        Press.at >= Dispatch.inflight_at,
    )
    sums = [func.sum(case((did, 1), else_=0)) for did in (acted, pressed)]
    rows = session.execute(
        select(ContentVersion.arm, func.count(), *sums)
        .select_from(Delivery)
        .join(Dispatch, and_(Dispatch.blast_id == Delivery.blast_id, Dispatch.no == Delivery.dispatch_no))
        .join(ContentVersion, ContentVersion.id == Dispatch.content_version_id)
        .where(
            Delivery.blast_id == blast.id,
            Delivery.skip_reason.is_(None),
            Dispatch.state == DispatchState.ACCEPTED,
        )
        .group_by(ContentVersion.arm)
    )
    return {arm: Tried(arm, people, int(did), int(began)) for arm, people, did, began in rows}


def decide_due(session: Session, now: datetime) -> None:
    """Send the better subject on where the wait is over. Twice at once is harmless: the first one notes that it did."""
    waiting = session.scalars(
        select(Manuscript.blast_id)
        .join(Blast, Blast.id == Manuscript.blast_id)
        .where(
            Manuscript.other_subject != "",
            Manuscript.pressed_at.is_not(None),
            Manuscript.decided_at.is_(None),
            Blast.state.in_(_SENT),
            Blast.planned_at.is_not(None),
        )
    ).all()
    for blast_id in waiting:
        _decide(session, blast_id, now)


def _decide(session: Session, blast_id: int, now: datetime) -> None:
    """Campaign first, then blast: the order in which everybody locks them."""
    campaign_id = select(Blast.campaign_id).where(Blast.id == blast_id).scalar_subquery()
    campaign = session.scalar(select(Campaign).where(Campaign.id == campaign_id).with_for_update())
    blast = blast_moves.find(session, blast_id)
    manuscript = session.get_one(Manuscript, blast_id, populate_existing=True)
    found = trial(session, blast, manuscript)
    ready = found.decides_at is not None and found.decides_at <= now
    if campaign is None or campaign.state is CampaignState.PAUSED or not ready:
        session.rollback()
        return
    if manuscript.decided_at is not None or blast.state not in _SENT:
        session.rollback()
        return
    verdict = found.verdict
    manuscript.decided_at, manuscript.chosen = now, verdict.arm
    deadline = campaign.due_by()
    runs = campaign.state is CampaignState.LIVE and deadline is not None and not deadline.passed(now)
    if runs and manuscript.share < 100:
        made = again.successor(session, blast, campaign, now=now, arm=verdict.arm)
        _record(session, f"blast:{made.id}", now, {"from": None, "to": "scheduled", "why": f"the rest of {blast_id}"})
    audit.record(
        session,
        actor="engine",
        what="blast.subject_chosen",
        object_=f"blast:{blast_id}",
        now=now,
        details={
            "chosen": verdict.arm,
            "clear": verdict.clear,
            "acted": [found.first.acted, found.second.acted],
            "people": [found.first.people, found.second.people],
        },
    )
    session.commit()


def _decides_at(session: Session, blast: Blast, manuscript: Manuscript) -> datetime | None:
    on_its_way, last = session.execute(
        select(
            func.count(case((Dispatch.state.in_(_ON_ITS_WAY), 1))),
            func.max(Dispatch.inflight_at),
        ).where(Dispatch.blast_id == blast.id)
    ).one()
    return None if on_its_way or last is None else last + timedelta(hours=manuscript.wait_hours)


def _record(session: Session, object_: str, now: datetime, details: dict[str, object]) -> None:
    audit.record(session, actor="engine", what="blast.state", object_=object_, now=now, details=details)
