"""Drafts: kept only on request, readable with the key alone, gone with the deadline, the person or a press."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.draft import Draft
from advocacy.models.supporter import Supporter
from advocacy.operations import drafts, forgetting, privacy
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter

MINE: dict[str, Any] = {"why": "I am a weaver — née Smith", "bodies": {"1": "All of it"}}


def test_a_draft_is_sealed_and_the_newest_one_counts(session: Session, clock: SimulatedClock) -> None:
    robin, campaign = add_supporter(session), add_campaign(session)
    drafts.save(session, robin.id, campaign, {"why": "an earlier one"}, clock=clock)
    drafts.save(session, robin.id, campaign, MINE, clock=clock)

    row = session.scalars(select(Draft)).one()
    assert b"weaver" not in row.content_sealed
    kept = drafts.find(session, robin.id, campaign.id)
    assert kept is not None
    assert kept.content == MINE
    assert drafts.find(session, add_supporter(session).id, campaign.id) is None


def test_drafts_die_at_the_deadline_and_with_a_closed_campaign(session: Session, clock: SimulatedClock) -> None:
    robin = add_supporter(session)
    going, ending, closing = add_campaign(session), add_campaign(session, deadline=NOON.date()), add_campaign(session)
    for campaign in (going, ending, closing):
        drafts.save(session, robin.id, campaign, MINE, clock=clock)
    closing.state = CampaignState.CLOSED
    session.commit()
    last = NOON + timedelta(hours=16)  # the deadline's day ends in Toronto at 5:00 UTC

    assert drafts.forget_ended(session, last) == 1
    forgetting.when_it_is_time(session, last + timedelta(hours=1))

    assert [row.campaign_id for row in session.scalars(select(Draft))] == [going.id]
    clock.set(last + timedelta(hours=1))
    with pytest.raises(ConflictError):
        drafts.save(session, robin.id, ending, MINE, clock=clock)


def test_a_draft_is_in_ones_data_and_goes_with_ones_erasure(session: Session, clock: SimulatedClock) -> None:
    robin, campaign = add_supporter(session), add_campaign(session)
    drafts.save(session, robin.id, campaign, MINE, clock=clock)

    (told,) = privacy.my_data(session, robin.id)["drafts"]
    privacy.erase(session, session.get_one(Supporter, robin.id), now=NOON, actor="supporter")

    assert (told["campaign"], told["why"]) == (campaign.title, MINE["why"])
    assert session.scalars(select(Draft)).all() == []
    with pytest.raises(ConflictError):
        drafts.save(session, robin.id, campaign, MINE, clock=clock)
