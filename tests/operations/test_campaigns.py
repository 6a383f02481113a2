"""A campaign's life: what keeps it from going live, and what its end leaves to be written."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from advocacy.config import Settings
from advocacy.domain import outcome
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Subscription
from advocacy.operations import campaigns, editing, following, outcomes, releasing
from advocacy.operations.editing import Corrections
from tests.factories import add_campaign
from tests.running import MORNING, Engine, addresses, launched

NAMELESS = {
    "organisation_name": Settings.model_fields["organisation_name"].default,
    "organisation_address": Settings.model_fields["organisation_address"].default,
    "mail_from": Settings.model_fields["mail_from"].default,
}


def test_nothing_goes_live_that_does_not_say_who_it_comes_from(running: Engine) -> None:
    running.clock.set(MORNING)
    draft = add_campaign(running.session, state=CampaignState.DRAFT, launched_at=None)
    running.session.commit()
    nameless = running.settings.model_copy(update=NAMELESS)

    found = campaigns.launch_faults(draft, MORNING, nameless)
    with pytest.raises(ConflictError, match="ORGANISATION_ADDRESS"):
        campaigns.launch(running.session, draft, gateways=running.gateways, settings=nameless, actor="cli")
    running.session.rollback()

    assert [fault.field for fault in found] == ["sender", "address", "contact"]
    assert draft.state is CampaignState.DRAFT
    campaigns.launch(running.session, draft, gateways=running.gateways, settings=running.settings, actor="cli")
    assert draft.state is CampaignState.LIVE


def test_a_campaign_that_is_closed_has_the_mail_drafted_that_tells_how_it_ended(running: Engine) -> None:
    campaign = launched(running, 3)
    running.run()

    _close(running, campaign)
    running.run()

    blast = outcomes.waiting(running.session, campaign)
    assert blast is not None
    subject, text = outcomes.words_of(running.session, blast)
    assert subject == "How it ended: Weavers held without charge"
    assert outcome.is_unfinished(text)
    assert len(running.provider.taken) == 3
    with pytest.raises(InvalidError, match="gap"):
        _send(running, blast, text)
    running.session.rollback()
    _send(running, blast, "All eleven came home.")
    running.at(running.clock.now() + timedelta(minutes=2))
    assert len(running.provider.taken) == 6
    running.check()


@pytest.mark.parametrize(("people", "drafts"), [(2, 1), (0, 0)], ids=["to two people", "to nobody"])
def test_a_deadline_that_passes_drafts_it_once_where_anybody_was_written_to(
    running: Engine, people: int, drafts: int
) -> None:
    campaign = launched(running, people)
    running.run()

    for day in (40, 41):
        running.at(MORNING + timedelta(days=day))

    assert campaign.state is CampaignState.CLOSED
    found = running.session.scalars(select(Blast).where(Blast.rule == "outcome")).all()
    assert [blast.state for blast in found] == [BlastState.DRAFT] * drafts


def test_another_outcome_mail_can_be_begun_once_a_campaign_is_over(running: Engine) -> None:
    campaign = launched(running, 1)
    running.run()
    with pytest.raises(ConflictError, match="close it first"):
        _begin(running, campaign)
    running.session.rollback()
    _close(running, campaign)
    first = outcomes.waiting(running.session, campaign)
    assert first is not None
    _send(running, first, "They are free.")

    _begin(running, campaign)
    _begin(running, campaign)

    drafts = select(Blast).where(Blast.rule == "outcome", Blast.state == BlastState.DRAFT)
    assert len(running.session.scalars(drafts).all()) == 1


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", "pt"])
def test_the_first_words_of_an_outcome_have_a_gap_in_each_language(language: str) -> None:
    subject, text = outcome.first_words("{{ act_url }}", language, 2)

    assert "{" not in subject + text
    assert outcome.is_unfinished(text)
    assert "2 " in text


def test_the_next_action_carries_its_people_over_after_the_first_has_ended(running: Engine) -> None:
    first = launched(running, 2)
    running.session.execute(update(Subscription).values(campaign_id=first.id))  # They joined it, and no alert list.
    running.session.commit()
    running.run()
    running.at(MORNING + timedelta(days=40))
    assert first.state is CampaignState.CLOSED
    running.provider.taken.clear()
    second = following.copy(running.session, first, follows=True, now=running.clock.now(), actor="cli")
    day = (running.clock.now() + timedelta(days=20)).date()
    editing.correct(running.session, second, Corrections(deadline=day), now=running.clock.now(), actor="cli")

    campaigns.launch(running.session, second, gateways=running.gateways, settings=running.settings, actor="cli")
    running.run()

    assert running.provider.addresses == addresses(2)
    running.check()


def _close(running: Engine, campaign: Campaign) -> None:
    campaigns.close(running.session, campaign, gateways=running.gateways, settings=running.settings, actor="cli")


def _begin(running: Engine, campaign: Campaign) -> None:
    outcomes.begin(running.session, campaign, gateways=running.gateways, settings=running.settings, actor="cli")


def _send(running: Engine, blast: Blast, text: str) -> None:
    outcomes.save(
        running.session,
        blast.id,
        "How it ended",
        text,
        gateways=running.gateways,
        settings=running.settings,
        actor="organiser:1",
    )
    releasing.send(
        running.session, blast.id, typed=0, gateways=running.gateways, settings=running.settings, actor="organiser:1"
    )
