"""Signing up and confirming."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain.errors import NotFoundError
from advocacy.domain.joining import Answers
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Consent, SignUp, Subscription, Supporter, by_address, opened
from advocacy.operations import joining, supporters, suppressing
from advocacy.operations.joining import Wordings
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe

WORDS = Wordings("I agree.", "Each new one, too.", "2026-11", "en", "http://advocacy.test/a/weavers/join")
ROBIN = Answers("robin@example.org", "Robin", "Toronto", "CA", "en", "America/Toronto", Reminders.LAST, alerts=False)


def join(session: Session, clock: SimulatedClock, campaign: Campaign | None, answers: Answers = ROBIN) -> None:
    joining.join(session, answers, campaign, WORDS, clock=clock)


def mails(session: Session) -> list[SingleMail]:
    return list(session.scalars(select(SingleMail).order_by(SingleMail.id)))


def token_of(session: Session, mail: SingleMail) -> str:
    assert mail.secret_sealed is not None
    return keys_of(session).open("single_mail.secret", mail.uid, mail.secret_sealed)


def to_the_second(at: datetime) -> datetime:
    """A database server's clock goes on while a test stands still."""
    return at.replace(microsecond=0)


def robin(session: Session) -> Supporter:
    found = by_address(session, ROBIN.address)
    assert found is not None
    return found


def test_joining_orders_one_confirmation_and_nothing_else(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)

    join(session, clock, campaign)

    assert [(mail.kind, mail.campaign_id, mail.language) for mail in mails(session)] == [
        (SingleKind.CONFIRMATION, campaign.id, "en")
    ]
    assert robin(session).state is SupporterState.PENDING
    assert robin(session).name_sealed is None
    assert session.scalars(select(Subscription)).all() == []


def test_confirming_makes_an_active_supporter_with_what_they_asked_for(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    join(session, clock, campaign, replace(ROBIN, alerts=True))
    clock.set(NOON + timedelta(hours=1))

    told = supporters.confirm(session, token_of(session, mails(session)[0]), clock=clock)

    assert told.confirmed
    supporter = robin(session)
    assert supporter.state is SupporterState.ACTIVE
    assert (opened(session, supporter, "name"), opened(session, supporter, "town")) == ("Robin", "Toronto")
    assert (supporter.country, supporter.timezone) == ("CA", "America/Toronto")
    rows = [
        (row.campaign_id, row.reminders, to_the_second(row.joined_at))
        for row in session.scalars(select(Subscription).order_by(Subscription.id))
    ]
    assert rows == [
        (campaign.id, Reminders.LAST, NOON + timedelta(hours=1)),
        (None, Reminders.ALL, NOON + timedelta(hours=1)),
    ]


def test_the_ledger_keeps_the_very_words_that_were_asked_and_confirmed(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    join(session, clock, campaign, replace(ROBIN, alerts=True))
    clock.set(NOON + timedelta(hours=1))

    supporters.confirm(session, token_of(session, mails(session)[0]), clock=clock)

    rows = [
        (row.purpose, row.action, row.wording, row.version, to_the_second(row.at))
        for row in session.scalars(select(Consent).order_by(Consent.id))
    ]
    assert rows == [
        ("campaign", ConsentAction.ASKED, "I agree.", "2026-11", NOON),
        ("alerts", ConsentAction.ASKED, "Each new one, too.", "2026-11", NOON),
        ("campaign", ConsentAction.CONFIRMED, "I agree.", "2026-11", NOON + timedelta(hours=1)),
        ("alerts", ConsentAction.CONFIRMED, "Each new one, too.", "2026-11", NOON + timedelta(hours=1)),
    ]


def test_confirming_twice_changes_nothing_more(session: Session, clock: SimulatedClock) -> None:
    join(session, clock, add_campaign(session))
    token = token_of(session, mails(session)[0])
    supporters.confirm(session, token, clock=clock)
    before = session.scalar(select(func.count(Consent.id)))

    told = supporters.confirm(session, token, clock=clock)

    assert told.confirmed
    assert session.scalar(select(func.count(Consent.id))) == before
    assert session.scalar(select(func.count(Subscription.id))) == 1


def test_a_confirmation_dies_after_seven_days(session: Session, clock: SimulatedClock) -> None:
    join(session, clock, add_campaign(session))
    clock.set(NOON + timedelta(days=7, seconds=1))

    told = supporters.confirm(session, token_of(session, mails(session)[0]), clock=clock)

    assert told.expired
    assert robin(session).state is SupporterState.PENDING


@pytest.mark.parametrize("token", ["", "x", "a" * 10_000, "../../etc", "\0", "ü"])
def test_any_other_text_confirms_nothing(session: Session, clock: SimulatedClock, token: str) -> None:
    with pytest.raises(NotFoundError):
        supporters.confirm(session, token, clock=clock)


def test_somebody_elses_form_changes_nothing_of_a_supporter(session: Session, clock: SimulatedClock) -> None:
    supporter = add_supporter(session, ROBIN.address, name="Robin", town="Halifax", timezone="America/Halifax")
    session.commit()

    join(session, clock, add_campaign(session), replace(ROBIN, name="Mallory", town="Elsewhere", country="US"))

    session.refresh(supporter)
    assert opened(session, supporter, "name") == "Robin"
    assert (supporter.country, supporter.timezone) == ("CA", "America/Halifax")


@pytest.mark.parametrize(
    ("minutes", "ordered"),
    [
        ((0, 9), 1),
        ((0, 10.1), 2),
        ((0, 20, 40, 60), 3),
        ((0, 20, 40, 24 * 60 + 1), 4),
        ((0, 600, 1200, 1800, 2400, 3000), 5),
    ],
    ids=["a second within ten minutes", "after ten", "a fourth on one day", "the next day", "a sixth, unconfirmed"],
)
def test_confirmations_stay_under_the_caps(
    session: Session, clock: SimulatedClock, minutes: tuple[float, ...], ordered: int
) -> None:
    campaign = add_campaign(session)

    for minute in minutes:
        clock.set(NOON + timedelta(minutes=minute))
        join(session, clock, campaign)

    assert len(mails(session)) == ordered


def test_the_caps_hold_for_the_mailbox_behind_all_its_tags(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)

    for tag in range(20):
        clock.set(NOON + timedelta(minutes=11 * tag))
        join(session, clock, campaign, replace(ROBIN, address=f"robin+{tag}@example.org"))

    assert len(mails(session)) == 3


def test_a_suppressed_address_gets_no_mail_and_its_rows_do_not_change(session: Session, clock: SimulatedClock) -> None:
    supporter = add_supporter(session, ROBIN.address)
    session.commit()
    suppressing.suppress(session, [supporter.id], suppressing.Reason.UNSUBSCRIBED, now=NOON)

    join(session, clock, add_campaign(session))

    assert mails(session) == []
    assert robin(session).state is SupporterState.UNSUBSCRIBED


def test_a_confirmation_pressed_after_leaving_brings_nobody_back(session: Session, clock: SimulatedClock) -> None:
    join(session, clock, add_campaign(session))
    suppressing.suppress(session, [robin(session).id], suppressing.Reason.UNSUBSCRIBED, now=NOON)

    told = supporters.confirm(session, token_of(session, mails(session)[0]), clock=clock)

    assert told.stopped
    assert robin(session).state is SupporterState.UNSUBSCRIBED
    assert session.scalars(select(Subscription)).all() == []


def test_confirming_again_after_leaving_one_action_brings_it_back(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    supporter = add_supporter(session, ROBIN.address)
    row = subscribe(session, supporter, campaign)
    row.left_at = NOON - timedelta(days=1)
    session.commit()
    join(session, clock, campaign)

    supporters.confirm(session, token_of(session, mails(session)[0]), clock=clock)

    session.refresh(row)
    assert row.left_at is None
    assert (row.reminders, to_the_second(row.joined_at)) == (Reminders.LAST, NOON)


def test_the_alert_list_alone_needs_no_campaign(session: Session, clock: SimulatedClock) -> None:
    join(session, clock, None, replace(ROBIN, alerts=True))

    supporters.confirm(session, token_of(session, mails(session)[0]), clock=clock)

    assert session.scalars(select(Subscription.campaign_id)).all() == [None]
    assert [row.purpose for row in session.scalars(select(Consent))] == ["alerts", "alerts"]


def test_what_was_typed_is_sealed_until_it_is_confirmed_and_gone_from_the_sign_up_after(
    session: Session, clock: SimulatedClock
) -> None:
    join(session, clock, add_campaign(session))
    sign_up = session.scalars(select(SignUp)).one()
    assert sign_up.name_sealed is not None
    assert b"Robin" not in sign_up.name_sealed

    supporters.confirm(session, token_of(session, mails(session)[0]), clock=clock)

    session.refresh(sign_up)
    assert sign_up.name_sealed is None
