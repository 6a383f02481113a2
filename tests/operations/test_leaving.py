"""Leaving, choosing less, and taking a press back."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain.errors import InvalidError
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.installation import AuditEntry
from advocacy.models.supporter import Consent, Subscription, Supporter, Suppression, suppressed
from advocacy.operations import leaving, suppressing, withdrawals
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe

WAIT = timedelta(seconds=20)
ADDRESS = "robin@example.org"


@pytest.fixture
def robin(session: Session) -> Supporter:
    """Someone on the alert list and on one campaign."""
    supporter = add_supporter(session, ADDRESS)
    subscribe(session, supporter, add_campaign(session))
    subscribe(session, supporter)
    session.commit()
    return supporter


def stop_all(session: Session, clock: SimulatedClock, supporter_id: int) -> leaving.Left:
    return leaving.stop_all(session, supporter_id, source="one-click", clock=clock, limit=WAIT)


def running(session: Session) -> int:
    return session.scalar(select(func.count(Subscription.id)).where(Subscription.left_at.is_(None))) or 0


def test_stopping_ends_everything_at_once_and_is_kept_in_the_ledger(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    left = stop_all(session, clock, robin.id)

    assert left.at is not None
    assert left.at.replace(microsecond=0) == NOON
    assert left.clear
    assert suppressed(session, ADDRESS)
    assert running(session) == 0
    session.refresh(robin)
    assert robin.state is SupporterState.UNSUBSCRIBED
    kept = session.execute(select(Consent.purpose, Consent.action).order_by(Consent.purpose)).all()
    assert kept == [("alerts", ConsentAction.WITHDRAWN), ("campaign", ConsentAction.WITHDRAWN)]


def test_stopping_twice_changes_nothing_more(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    stop_all(session, clock, robin.id)

    assert stop_all(session, clock, robin.id).at is None
    assert session.scalar(select(func.count(Consent.id))) == 2
    assert session.scalar(select(func.count(Suppression.id))) == 1


def test_nobody_is_stopped_for_a_person_who_is_not_there(session: Session, clock: SimulatedClock) -> None:
    assert stop_all(session, clock, 4711) == leaving.Left(None)


def test_leaving_one_action_leaves_the_rest(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    campaign_id = session.scalars(select(Subscription.campaign_id).where(Subscription.campaign_id.is_not(None))).one()

    leaving.stop_campaign(session, robin.id, campaign_id or 0, source="/unsubscribe", clock=clock)

    assert leaving.choices(session, robin.id) == [leaving.Choice(None, Reminders.ALL)]
    assert leaving.left_campaigns(session, robin.id) == {campaign_id}
    assert not suppressed(session, ADDRESS)


def test_someone_on_the_alert_list_can_leave_an_action_they_never_chose(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    other = add_campaign(session)
    session.commit()

    left = leaving.stop_campaign(session, robin.id, other.id, source="/unsubscribe", clock=clock)

    assert leaving.left_campaigns(session, robin.id) == {other.id}
    assert left.at is not None
    assert leaving.undo(session, robin.id, left.at, source="/unsubscribe", clock=clock)
    assert leaving.left_campaigns(session, robin.id) == frozenset()
    assert session.scalar(select(func.count(Subscription.id))) == 2


def test_a_press_can_be_taken_back_for_half_an_hour(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    left = stop_all(session, clock, robin.id)
    clock.set(NOON + timedelta(minutes=29))

    assert left.at is not None
    assert leaving.undo(session, robin.id, left.at, source="/unsubscribe", clock=clock)

    assert not suppressed(session, ADDRESS)
    assert running(session) == 2
    session.refresh(robin)
    assert robin.state is SupporterState.ACTIVE
    assert [entry.what for entry in session.scalars(select(AuditEntry))] == ["supporter.undo"]


def test_after_half_an_hour_it_stays(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    left = stop_all(session, clock, robin.id)
    clock.set(NOON + timedelta(minutes=30, seconds=1))

    assert left.at is not None
    assert not leaving.undo(session, robin.id, left.at, source="/unsubscribe", clock=clock)
    assert suppressed(session, ADDRESS)


def test_taking_back_brings_back_only_what_that_press_ended(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    campaign_id = session.scalars(select(Subscription.campaign_id).where(Subscription.campaign_id.is_not(None))).one()
    leaving.stop_campaign(session, robin.id, campaign_id or 0, source="/unsubscribe", clock=clock)
    clock.set(NOON + timedelta(minutes=1))
    left = stop_all(session, clock, robin.id)

    assert left.at is not None
    leaving.undo(session, robin.id, left.at, source="/unsubscribe", clock=clock)

    assert leaving.choices(session, robin.id) == [leaving.Choice(None, Reminders.ALL)]


@pytest.mark.parametrize(
    "reason", [suppressing.Reason.COMPLAINED, suppressing.Reason.BOUNCED, suppressing.Reason.ERASED]
)
def test_no_other_suppression_is_ever_taken_back(
    session: Session, clock: SimulatedClock, robin: Supporter, reason: suppressing.Reason
) -> None:
    suppressing.suppress(session, [robin.id], reason, now=NOON)

    leaving.undo(session, robin.id, NOON, source="/unsubscribe", clock=clock)

    assert suppressed(session, ADDRESS)


def test_fewer_reminders_can_be_chosen_and_one_thing_ended(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    campaign_id = session.scalars(select(Subscription.campaign_id).where(Subscription.campaign_id.is_not(None))).one()

    leaving.set_preferences(
        session,
        robin.id,
        {campaign_id: Reminders.LAST, None: None},
        language="fr",
        zone="Europe/Paris",
        source="/preferences",
        clock=clock,
    )

    assert leaving.choices(session, robin.id) == [leaving.Choice(campaign_id, Reminders.LAST)]
    session.refresh(robin)
    assert (robin.language, robin.timezone) == ("fr", "Europe/Paris")


def test_what_one_is_not_on_cannot_be_chosen_and_nothing_is_changed(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    other = add_campaign(session)
    session.commit()

    with pytest.raises(InvalidError):
        leaving.set_preferences(
            session,
            robin.id,
            {None: None, other.id: Reminders.ALL},
            language=None,
            zone=None,
            source="/preferences",
            clock=clock,
        )

    session.rollback()
    assert running(session) == 2


def test_the_journal_of_withdrawals_misses_nobody_however_many_leave_in_one_minute(
    session: Session, clock: SimulatedClock, tmp_path: Path
) -> None:
    campaign, kept = add_campaign(session), tmp_path / withdrawals.NAME
    for number in range(7):
        person = add_supporter(session, f"leaver{number}@example.org")
        subscribe(session, person, campaign)
        session.commit()
        leaving.stop_campaign(session, person.id, campaign.id, source="page", clock=clock)

    assert withdrawals.extend(session, kept, at_once=2) == 7
    assert withdrawals.extend(session, kept, at_once=2) == 0
    assert len({entry.key for entry in withdrawals.read(kept)}) == 7
