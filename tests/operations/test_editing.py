"""Correcting a campaign: how and when its addressees are reached, and taking something out and putting it back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Role
from advocacy.domain.errors import InvalidError
from advocacy.models.campaign import AddresseeRow, Demand, removed_from
from advocacy.operations import editing
from advocacy.operations.editing import Corrections, Entered
from tests.conftest import NOON
from tests.factories import add_campaign, add_campaign_with_embassy


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


def test_what_was_taken_out_is_put_back_where_it_stood_with_all_it_said(session: Session) -> None:
    campaign = add_campaign_with_embassy(session)
    editing.correct(session, campaign, Corrections(demands=["one", "two", "three"]), now=NOON, actor="cli")
    ids = [row.id for row in campaign.demands]
    minister, embassy = (entered(row) for row in campaign.addressees)
    told = [row.value() for row in campaign.addressees]

    editing.correct(
        session, campaign, Corrections(demands=["one", "three"], addressees=[embassy]), now=NOON, actor="cli"
    )
    left = ([row.text for row in campaign.demands], [row.name for row in campaign.addressees])
    for row in removed_from(session, campaign):
        editing.put_back(session, campaign, row, now=NOON, actor="cli")
        editing.put_back(session, campaign, row, now=NOON, actor="cli")

    assert left == (["one", "three"], [embassy.name])
    assert [row.id for row in campaign.demands] == ids
    assert [row.text for row in campaign.demands] == ["one", "two", "three"]
    assert [row.value() for row in campaign.addressees] == told
    assert minister.row_id == campaign.addressees[0].id
    assert removed_from(session, campaign) == []


def test_a_demand_keeps_its_row_and_so_its_count_when_the_order_changes(session: Session) -> None:
    campaign = add_campaign(session)
    editing.correct(session, campaign, Corrections(demands=["one", "two", "three"]), now=NOON, actor="cli")
    ids = {row.text: row.id for row in campaign.demands}

    editing.correct(
        session, campaign, Corrections(demands=["three", "one", "two, in other words"]), now=NOON, actor="cli"
    )

    assert {row.text: row.id for row in campaign.demands} == {
        "three": ids["three"],
        "one": ids["one"],
        "two, in other words": ids["two"],
    }
    assert [row.position for row in campaign.demands] == [1, 2, 3]


def test_a_draft_with_something_taken_out_can_be_deleted(session: Session) -> None:
    campaign = add_campaign(session, state="draft")
    editing.correct(session, campaign, Corrections(demands=["one"]), now=NOON, actor="cli")

    session.delete(campaign)
    session.commit()

    assert session.scalars(select(Demand)).all() == []


def entered(row: AddresseeRow) -> Entered:
    return Entered(
        row_id=row.id,
        name=row.name,
        role=row.role,
        salutation=row.salutation or "",
        postal_lines=row.postal_lines,
        country=row.country or "",
        emails=row.emails,
        phones=row.phones,
        for_countries=row.for_countries,
    )
