"""Correcting an addressee: how and when they are reached."""

import pytest
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Role
from advocacy.domain.errors import InvalidError
from advocacy.operations import editing
from advocacy.operations.editing import Corrections, Entered
from tests.conftest import NOON
from tests.factories import add_campaign


def test_opening_hours_and_the_fields_of_a_form_are_kept_as_typed(session: Session) -> None:
    campaign = add_campaign(session)
    given = Entered(
        row_id=campaign.addressees[0].id,
        name="Minister Ana Example",
        role=Role.PRIMARY,
        form_asks=["Postcode"],
        opening_hours=["Mo-Fr 9:00-16:00"],
        timezone="America/Lima",
    )

    editing.correct(session, campaign, Corrections(addressees=[given]), now=NOON, actor="organiser:1")

    kept = campaign.addressees[0].value()
    assert (kept.form_asks, kept.opening_hours, kept.timezone) == (("Postcode",), ("Mo-Fr 9:00-16:00",), "America/Lima")


def test_hours_and_zones_that_nobody_understands_are_named_field_by_field(session: Session) -> None:
    campaign = add_campaign(session)
    given = Entered(row_id=None, name="Office", role=Role.COPY, opening_hours=["mornings"], timezone="Mars/Base")

    with pytest.raises(InvalidError) as refused:
        editing.correct(session, campaign, Corrections(addressees=[given]), now=NOON, actor="organiser:1")

    assert set(refused.value.faults) == {"targets[0].opening_hours", "targets[0].timezone"}
    assert "“mornings” cannot be read" in refused.value.faults["targets[0].opening_hours"]
