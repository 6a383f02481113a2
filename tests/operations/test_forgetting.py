"""Sign-ups that nobody confirms are forgotten, and what has to be remembered of them is not."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.joining import Answers
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import keys_of
from advocacy.models.blast import Report
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import SignUp, Supporter, by_address, opened, suppressed
from advocacy.operations import forgetting, joining, supporters, suppressing
from advocacy.operations.joining import Wordings
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter

WORDS = Wordings("I agree.", "Each new one, too.", "2026-11", "en", "http://advocacy.test/a/weavers/join")
ROBIN = Answers("robin@example.org", "Robin", "Toronto", "CA", "en", "America/Toronto", Reminders.ALL, alerts=False)
WEEK = timedelta(days=7)


def join(session: Session, clock: SimulatedClock) -> datetime:
    """Robin signs up; returns when, by the clock of the database."""
    joining.join(session, ROBIN, add_campaign(session), WORDS, clock=clock)
    found = session.scalars(select(SignUp.created_at).order_by(SignUp.id.desc())).first()
    assert found is not None
    return found


def robin(session: Session) -> Supporter:
    session.expire_all()
    found = by_address(session, ROBIN.address)
    assert found is not None
    return found


def test_after_seven_days_a_sign_up_nobody_confirmed_is_gone_with_the_address(
    session: Session, clock: SimulatedClock
) -> None:
    at = join(session, clock)

    assert forgetting.unconfirmed(session, at + WEEK) == 0
    assert forgetting.unconfirmed(session, at + WEEK + timedelta(seconds=1)) == 1

    assert session.scalars(select(SignUp)).all() == []
    assert (robin(session).email_sealed, robin(session).state) == (None, SupporterState.PENDING)
    assert len(session.scalars(select(SingleMail)).all()) == 1


def test_who_signs_up_again_later_is_asked_again(session: Session, clock: SimulatedClock) -> None:
    forgetting.unconfirmed(session, join(session, clock) + WEEK + timedelta(seconds=1))
    session.query(SingleMail).delete()
    session.commit()

    join(session, clock)

    assert opened(session, robin(session), "email") == ROBIN.address
    assert len(session.scalars(select(SingleMail)).all()) == 1


def test_a_supporter_keeps_their_data_when_a_later_form_of_somebody_is_forgotten(
    session: Session, clock: SimulatedClock
) -> None:
    add_supporter(session, ROBIN.address, name="Robin Smith")
    session.commit()
    at = join(session, clock)

    assert forgetting.unconfirmed(session, at + WEEK + timedelta(seconds=1)) == 1

    assert opened(session, robin(session), "name") == "Robin Smith"
    assert opened(session, robin(session), "email") == ROBIN.address


def test_what_was_confirmed_is_kept(session: Session, clock: SimulatedClock) -> None:
    at = join(session, clock)
    mail = session.scalars(select(SingleMail)).one()
    assert mail.secret_sealed is not None
    supporters.confirm(session, keys_of(session).open("single_mail.secret", mail.uid, mail.secret_sealed), clock=clock)

    assert forgetting.unconfirmed(session, at + 2 * WEEK) == 0
    assert opened(session, robin(session), "email") == ROBIN.address


def test_it_is_looked_at_once_an_hour(session: Session, clock: SimulatedClock) -> None:
    late = join(session, clock) + WEEK + timedelta(minutes=1)

    forgetting.when_it_is_time(session, late - timedelta(minutes=30))
    forgetting.when_it_is_time(session, late)
    assert len(session.scalars(select(SignUp)).all()) == 1
    session.rollback()
    forgetting.when_it_is_time(session, late + timedelta(minutes=31))

    assert session.scalars(select(SignUp)).all() == []


def test_reports_that_were_applied_go_when_their_days_are_over(session: Session) -> None:
    for number, (kept_at, applied) in enumerate(((NOON - 2 * WEEK, True), (NOON - 2 * WEEK, False), (NOON, True))):
        session.add(
            Report(
                dedupe_key=bytes([number]) * 32,
                type="delivered",
                at=kept_at,
                kept_at=kept_at,
                applied_at=kept_at if applied else None,
            )
        )
    session.commit()

    assert forgetting.reports(session, before=NOON - WEEK) == 1

    assert sorted(session.scalars(select(Report.dedupe_key))) == [bytes([1]) * 32, bytes([2]) * 32]


def test_who_left_for_good_is_erased_after_the_days_that_the_rules_say(session: Session, clock: SimulatedClock) -> None:
    gone, stays = add_supporter(session, "gone@example.org"), add_supporter(session, "stays@example.org")
    suppressing.suppress(session, [gone.id], suppressing.Reason.UNSUBSCRIBED, now=NOON)

    assert forgetting.left(session, before=NOON, now=NOON + WEEK) == 0
    assert forgetting.left(session, before=NOON + timedelta(seconds=1), now=NOON + WEEK) == 1

    session.expire_all()
    assert (gone.state, gone.email_sealed) == (SupporterState.ERASED, None)
    assert stays.email_sealed is not None
    assert suppressed(session, "gone@example.org")
