"""Ready or not: what waits for a reason is not stuck."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from advocacy.domain.campaign import CampaignState
from advocacy.gateways.resources import migrations_path
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.operations import readiness
from tests.running import MORNING, Engine, launched

LATER = MORNING + timedelta(minutes=30)


def stuck_blasts(running: Engine, **dispatch: object) -> tuple[str, ...]:
    """Plan a launch to one person, let half an hour pass in which nobody sends, and ask whether all is well."""
    launched(running, 1)
    running.tick()
    running.session.execute(update(Blast).values(progress_at=MORNING))
    running.session.execute(update(Dispatch).values(due_at=MORNING, **dispatch))
    running.session.commit()
    return judged(running)


def judged(running: Engine) -> tuple[str, ...]:
    found = readiness.judge(running.session, now=LATER, migrations=migrations_path())
    return tuple(reason for reason in found.reasons if reason.startswith("Blast"))


def test_mails_due_for_half_an_hour_of_which_none_left_are_stuck(running: Engine) -> None:
    found = stuck_blasts(running, hold_until=None)

    assert len(found) == 1
    assert "`advocacy blasts show" in found[0]


@pytest.mark.parametrize(
    "waits",
    [
        {"hold_until": LATER + timedelta(hours=8)},
        {"hold_until": LATER - timedelta(minutes=1)},
        {"hold_until": None, "civil_until": LATER - timedelta(minutes=1)},
    ],
    ids=["until the morning", "until a minute ago", "its day is over"],
)
def test_what_waits_for_a_reason_is_not_stuck(running: Engine, waits: dict[str, object]) -> None:
    assert stuck_blasts(running, **waits) == ()


def test_a_blast_of_a_paused_campaign_is_not_stuck(running: Engine) -> None:
    assert len(stuck_blasts(running, hold_until=None)) == 1

    campaign = running.session.get_one(Campaign, running.blasts()["launch"].campaign_id)
    campaign.state = CampaignState.PAUSED
    running.session.commit()

    assert judged(running) == ()
