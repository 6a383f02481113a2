from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.config import Settings
from advocacy.domain.addressee import Role
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.domain.rehearsal import Rehearsal
from advocacy.domain.supporter import Reminders
from advocacy.models.base import Base
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.operations import rehearsing
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def draft(session: Session, **values: object) -> Campaign:
    """A draft whose addressee has an e-mail address too, so that all reminders are useful."""
    campaign = add_campaign(session, state=CampaignState.DRAFT, launched_at=None, **values)
    campaign.addressees = [
        AddresseeRow(position=1, role=Role.PRIMARY, name="Minister Example", emails=["m@justice.example"], country="US")
    ]
    session.commit()
    return campaign


def play(session: Session, settings: Settings, campaign: Campaign, supporters: int = 40) -> Rehearsal:
    return rehearsing.rehearse(session, campaign, supporters=supporters, gateways=gateways.current(), settings=settings)


def test_a_rehearsal_keeps_every_promise_and_changes_nothing(
    app: Flask, session: Session, settings: Settings, provider: FakeProvider
) -> None:
    campaign = draft(session, deadline=date(2026, 3, 20))
    zones = ("America/Toronto", "Europe/London", "Australia/Sydney", "Asia/Tokyo")
    for number in range(8):
        subscribe(session, add_supporter(session, timezone=zones[number % 4]))
    session.commit()
    before = counts(session)

    played = play(session, settings, campaign)

    assert played.faults == ()
    assert (played.people, played.made_up, played.silent) == (8, False, 0)
    assert {mail.rule for mail in played.mails} == {
        "launch",
        "before-14",
        "before-7",
        "before-3",
        "before-1",
        "last-day",
        "thanks",
    }
    assert counts(session) == before
    assert campaign.state is CampaignState.DRAFT
    assert provider.asked == []


def test_no_real_address_or_link_is_in_a_rehearsed_mail(app: Flask, session: Session, settings: Settings) -> None:
    campaign = draft(session, deadline=date(2026, 3, 5))
    subscribe(session, add_supporter(session, "maria.canary@example.org", name="Maria Canary"))
    session.commit()

    played = play(session, settings, campaign)

    assert played.mails
    assert not any("canary" in (mail.text + mail.html + mail.person).lower() for mail in played.mails)


def test_who_wants_the_last_reminder_only_gets_the_action_and_that(
    app: Flask, session: Session, settings: Settings
) -> None:
    campaign = draft(session, deadline=date(2026, 3, 20))
    subscribe(session, add_supporter(session), campaign, reminders=Reminders.LAST)
    subscribe(session, add_supporter(session), campaign, reminders=Reminders.NONE)
    session.commit()

    played = play(session, settings, campaign)

    rules = [mail.rule for mail in played.mails if mail.rule != "thanks"]
    assert rules.count("launch") == 2
    assert set(rules) <= {"launch", "last-day"}


def test_without_supporters_it_is_played_with_made_up_people(app: Flask, session: Session, settings: Settings) -> None:
    played = play(session, settings, draft(session, deadline=date(2026, 3, 5)), supporters=12)

    assert played.made_up
    assert played.people == 12
    assert played.faults == ()


def test_a_campaign_whose_deadline_has_passed_is_refused_with_the_reason(
    app: Flask, session: Session, settings: Settings
) -> None:
    campaign = draft(session, deadline=(NOON - timedelta(days=2)).date())

    with pytest.raises(ConflictError, match="has passed"):
        play(session, settings, campaign)


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
