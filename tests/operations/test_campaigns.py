"""A campaign's life: what keeps it from going live."""

import pytest

from advocacy.config import Settings
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.operations import campaigns
from tests.factories import add_campaign
from tests.running import MORNING, Engine

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
