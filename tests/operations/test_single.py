"""Single mails: ordered once, handed over once, in a lane of their own."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.config import MailTransport, Settings
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Ambiguous, NotSent
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.mails import Mails
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.operations import engine, single, suppressing
from advocacy.operations.ordering import order
from advocacy.operations.suppressing import Reason
from tests.factories import add_campaign, add_supporter
from tests.running import Engine


def hand_over(running: Engine) -> int:
    return single.hand_over_due(running.session, gateways=running.gateways, settings=running.settings)


@pytest.fixture
def running(running: Engine) -> Engine:
    """With the real words: a single mail is nothing without its link."""
    running.gateways = type(running.gateways)(clock=running.clock, provider=running.provider, mails=Mails())
    return running


def ask_to_confirm(running: Engine, key: str = "confirmation:1") -> int:
    supporter = add_supporter(running.session, "new@example.org", state=SupporterState.PENDING, confirmed_at=None)
    assert order(
        running.session,
        SingleKind.CONFIRMATION,
        key,
        now=running.clock.now(),
        supporter_id=supporter.id,
        secret="the-token",
    )
    running.session.commit()
    return supporter.id


def mail(running: Engine) -> SingleMail:
    return running.session.scalars(select(SingleMail)).one()


def test_a_confirmation_carries_its_link_and_the_token_is_forgotten(running: Engine) -> None:
    ask_to_confirm(running)
    assert b"the-token" not in (mail(running).secret_sealed or b"")

    hand_over(running)
    hand_over(running)

    [request] = running.provider.asked
    assert request.people[0].address == "new@example.org"
    assert "http://advocacy.test/confirm/the-token" in request.text
    assert request.people[0].unsubscribe_url is None
    assert mail(running).state is DispatchState.ACCEPTED
    assert mail(running).secret_sealed is None


def test_what_was_ordered_under_a_key_is_not_ordered_again(running: Engine) -> None:
    ask_to_confirm(running)

    again = order(running.session, SingleKind.CONFIRMATION, "confirmation:1", now=running.clock.now())

    assert again is False


def test_thanks_go_to_the_active_only_and_can_be_stopped(running: Engine) -> None:
    session = running.session
    campaign = add_campaign(session)
    supporter = add_supporter(session, "kind@example.org")
    for number in range(2):
        order(
            session,
            SingleKind.THANKS,
            f"thanks:{number}",
            now=running.clock.now(),
            supporter_id=supporter.id,
            campaign_id=campaign.id,
            facts={"another_channel": False},
        )
        session.commit()
        hand_over(running)
        suppressing.suppress(session, [supporter.id], Reason.UNSUBSCRIBED, now=running.clock.now())

    [request] = running.provider.asked
    assert request.people[0].unsubscribe_url
    states = session.scalars(select(SingleMail.state).order_by(SingleMail.id)).all()
    assert states == [DispatchState.ACCEPTED, DispatchState.EMPTY]


def test_who_complained_is_not_even_asked_to_confirm_again(running: Engine) -> None:
    supporter_id = ask_to_confirm(running)
    suppressing.suppress(running.session, [supporter_id], Reason.COMPLAINED, now=running.clock.now())

    hand_over(running)

    assert running.provider.asked == []
    assert mail(running).state_reason == "suppressed"


def test_a_confirmation_nobody_knows_about_is_left_alone(running: Engine) -> None:
    ask_to_confirm(running)
    running.provider.answer = lambda _: Ambiguous("timed out")

    hand_over(running)
    running.at(running.clock.now() + timedelta(hours=1))

    assert len(running.provider.asked) == 1
    assert mail(running).state is DispatchState.AMBIGUOUS
    assert mail(running).secret_sealed is None


def test_a_provider_that_is_away_gets_it_later(running: Engine) -> None:
    ask_to_confirm(running)
    answers = [NotSent("refused"), Accepted()]
    running.provider.answer = lambda _: answers.pop(0)

    hand_over(running)
    assert mail(running).state is DispatchState.PLANNED
    running.clock.set(running.clock.now() + timedelta(seconds=10))
    hand_over(running)

    assert mail(running).state is DispatchState.ACCEPTED
    assert running.provider.addresses == ["new@example.org"]


def test_a_confirmation_that_waited_for_a_day_is_not_sent(running: Engine) -> None:
    ask_to_confirm(running)

    running.at(running.clock.now() + timedelta(hours=25))

    assert running.provider.asked == []
    assert mail(running).state is DispatchState.CANCELLED


def test_a_held_installation_sends_no_single_mail_either(running: Engine) -> None:
    ask_to_confirm(running)
    engine.hold(running.session)

    assert hand_over(running) == 0


@pytest.mark.parametrize(
    ("answer", "sent"), [(True, 1), (None, 1), (False, 0)], ids=["takes mail", "unanswered", "takes none"]
)
def test_a_domain_is_asked_about_before_a_first_mail_goes_there(
    running: Engine, settings: Settings, *, answer: bool | None, sent: int
) -> None:
    ask_to_confirm(running)
    asked: list[str] = []
    real = settings.model_copy(update={"mail_transport": MailTransport.SENDGRID, "advocacy_env": "local"})

    single.hand_over_due(
        running.session,
        gateways=running.gateways,
        settings=real,
        look=lambda domain: asked.append(domain) or answer,  # type: ignore[func-returns-value]
    )

    assert asked == ["example.org"]
    assert len(running.provider.asked) == sent
