"""What the steps of sending write for each request, built once: building it anew costs more than the database does for it."""

from functools import lru_cache
from typing import cast

from sqlalchemy import ColumnElement, Table, Update, and_, bindparam, case, exists, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState, Event, next_state, states_before
from advocacy.models import moment
from advocacy.models.base import UtcDateTime
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.operations import account
from advocacy.operations.building import Claim
from advocacy.operations.planning import campaign_allows

TABLE = cast("Table", Dispatch.__table__)

HOLD = (
    select(Blast.__table__.c.id)
    .join(Campaign, Campaign.id == Blast.campaign_id)
    .where(Blast.id == bindparam("in_blast"))
    .with_for_update(read=True, key_share=True, of=[Campaign, Blast])
)
"""Campaign first, then blast, then dispatch: the order in which everybody locks them, and PostgreSQL what it is told.

Whoever moves a campaign or a blast locks it FOR UPDATE, and waits for this; whoever plans does not (`find_to_plan`).
This lock may return a row as it was before a planner's change, so the state is asked in the statement after it.
"""


_SENDS = exists().where(
    Blast.id == bindparam("in_blast"),
    Blast.state == BlastState.SENDING,
    Campaign.id == Blast.campaign_id,
    campaign_allows(),
)


def named(claimed: Claim) -> dict[str, object]:
    return {"in_blast": claimed.blast_id, "the_no": claimed.no, "token": claimed.token}


def _of_token() -> ColumnElement[bool]:
    return and_(
        Dispatch.blast_id == bindparam("in_blast"),
        Dispatch.no == bindparam("the_no"),
        Dispatch.lease_token == bindparam("token"),
    )


@lru_cache(maxsize=8)
def begin(dialect: str, event: Event) -> ReturningUpdate[tuple[int]]:
    now, late = moment.later(dialect, "now"), bindparam("late", type_=UtcDateTime())
    values: dict[str, object] = {
        "state": next_state(DispatchState.CLAIMED, event),
        "body_sha256": bindparam("sha"),
    }
    if event is Event.BEGIN:
        values |= {
            "inflight_at": now,
            "answer_by": moment.later(dialect, "answer"),
            "hold_until": None,
            "counts_opens": bindparam("opens"),
            "counts_at": case((now > late, now), else_=Dispatch.due_at),
        }
    else:
        values |= {"settled_at": now, "settled_how": "nobody left", "lease_token": None, "lease_until": None}
    return (
        update(TABLE)
        .where(
            _of_token(),
            Dispatch.state == DispatchState.CLAIMED,
            Dispatch.lease_until > now,
            Dispatch.send_by > moment.later(dialect, "soon"),
            _SENDS,
        )
        .values(values)
        .returning(TABLE.c.no)
    )


@lru_cache(maxsize=4)
def accept(dialect: str) -> Update:
    return (
        update(TABLE)
        .where(_of_token(), Dispatch.state.in_(states_before(Event.ACCEPT)), ~account.recovering())
        .values(
            state=next_state(DispatchState.INFLIGHT, Event.ACCEPT),
            settled_at=moment.later(dialect, "now"),
            settled_how="answer",
            lease_token=None,
            lease_until=None,
            provider_message_id=bindparam("message_id"),
            http_status=bindparam("status"),
            error=None,
        )
    )
