"""Who got which mail is forgotten some time after a campaign was closed; its numbers stay."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.preferences import Preferences
from advocacy.domain.selection import Selection
from advocacy.models.blast import Blast, Delivery
from advocacy.models.campaign import Campaign
from advocacy.models.figures import figures_of
from advocacy.models.installation import set_fact
from advocacy.operations import again, campaigns, figures, forgetting, manuscripts, preferences, reducing
from advocacy.operations.blasts import Draft
from tests.factories import add_campaign
from tests.running import MORNING, Engine, launched

LONG = MORNING + timedelta(days=200)


def closed(running: Engine, people: int = 3) -> Campaign:
    campaign = launched(running, people)
    campaign.state = CampaignState.LIVE
    running.run()
    running.run()
    campaigns.close(running.session, campaign, gateways=running.gateways, settings=running.settings, actor="ana")
    running.run()
    return campaign


def rows(running: Engine) -> int:
    return running.session.scalar(select(func.count()).select_from(Delivery)) or 0


def upkeep(running: Engine, days: int) -> None:
    set_fact(running.session, "forgot_at", None)
    forgetting.when_it_is_time(running.session, MORNING + timedelta(days=days))


def test_rows_go_ninety_days_after_the_campaign_was_closed_and_its_results_stay(running: Engine) -> None:
    campaign = closed(running)
    figures.recount(running.session, clock=running.clock)
    (before,) = figures_of(running.session, campaign).mails

    upkeep(running, 89)
    assert rows(running) == 3
    upkeep(running, 91)
    assert rows(running) == 0

    figures.recount(running.session, clock=running.clock)
    assert figures_of(running.session, campaign).mails == [before]
    assert figures_of(running.session, campaign).people.planned == 3
    assert before.planned == before.accepted == 3
    running.check()


def test_how_long_they_stay_is_the_owners_to_say(running: Engine) -> None:
    closed(running)
    preferences.change(running.session, Preferences(keep_mails_days=200), now=MORNING, actor="organiser:1")

    upkeep(running, 91)
    assert rows(running) == 3
    upkeep(running, 201)
    assert rows(running) == 0
    with pytest.raises(InvalidError):
        Preferences(keep_mails_days=30)


def test_a_campaign_that_runs_keeps_its_rows_however_old_they_are(running: Engine) -> None:
    launched(running, 2)
    running.run()

    upkeep(running, 400)

    assert rows(running) == 2


def test_a_mail_that_is_in_doubt_waits(running: Engine) -> None:
    campaign = closed(running)
    running.session.execute(update(Blast).where(Blast.campaign_id == campaign.id).values(state=BlastState.SENDING))
    running.session.commit()

    upkeep(running, 400)

    assert rows(running) == 3


def test_what_a_kill_left_is_taken_away_by_the_next_run(running: Engine) -> None:
    campaign = closed(running)
    reducing.count_last(running.session, campaign.id, before=LONG, now=LONG)  # The rows go after this is committed.
    assert rows(running) == 3

    upkeep(running, 201)

    assert rows(running) == 0


def test_sending_again_and_choosing_by_such_a_mail_are_refused_with_the_reason(running: Engine) -> None:
    closed(running)
    upkeep(running, 201)
    blast_id = running.blasts()["launch"].id
    other = add_campaign(running.session, state=CampaignState.LIVE)
    running.session.commit()

    with pytest.raises(ConflictError, match="who got it is no longer kept"):
        again.send_again(running.session, blast_id, now=LONG, actor="ana")
    for chosen in (Selection(had=(blast_id,)), Selection(missed=(blast_id,))):
        draft = Draft(subject="S", text="T", selection=chosen)
        with pytest.raises(InvalidError, match="no longer kept"):
            manuscripts.keep(
                running.session, other, draft, gateways=running.gateways, settings=running.settings, actor="ana"
            )
