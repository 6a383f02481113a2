"""Asking three weeks later whether an answer came, and keeping what is told."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Channel
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.reply import ReplyKind
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import reply
from advocacy.models.campaign import Campaign
from advocacy.models.reply import Reply
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Supporter
from advocacy.operations import actions, leaving, privacy, replies, single
from advocacy.operations.replies import Told
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider

ASKED = datetime(
    2026, 3, 23, 14, 0, tzinfo=UTC
)  # ten o'clock in Toronto, three weeks later and across the clock change


@pytest.fixture
def robin(session: Session) -> Supporter:
    return add_supporter(session, "robin@example.org")


@pytest.fixture
def campaign(session: Session, robin: Supporter, clock: SimulatedClock) -> Campaign:
    """A campaign in which Robin told us of a letter, and was thanked."""
    campaign = add_campaign(session)
    subscribe(session, robin, campaign)
    session.commit()
    actions.sent(session, robin.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)
    session.query(SingleMail).delete()
    session.commit()
    return campaign


def mails_until(app: Flask, clock: SimulatedClock, provider: FakeProvider, settings: Settings, at: datetime) -> int:
    clock.set(at)
    single.hand_over_due(
        app.extensions["sqlalchemy"].session(), gateways=app.extensions["advocacy.gateways"], settings=settings
    )
    return len(provider.taken)


def test_who_asks_to_be_asked_gets_one_mail_three_weeks_later_at_ten(
    app: Flask,
    session: Session,
    clock: SimulatedClock,
    provider: FakeProvider,
    settings: Settings,
    robin: Supporter,
    campaign: Campaign,
) -> None:
    assert replies.ask_later(session, robin.id, campaign, clock=clock)
    assert not replies.ask_later(session, robin.id, campaign, clock=clock)
    assert replies.asked_on(session, robin.id, campaign.id) == ASKED

    assert mails_until(app, clock, provider, settings, ASKED - timedelta(minutes=1)) == 0
    assert mails_until(app, clock, provider, settings, ASKED + timedelta(minutes=1)) == 1
    assert mails_until(app, clock, provider, settings, ASKED + timedelta(days=2)) == 1

    (request,) = provider.taken
    assert request.subject.startswith("Did an answer come?")
    assert request.people[0].unsubscribe_url
    assert "/reply" in request.text


@pytest.mark.parametrize("how", ["do not ask", "no mail of this action", "no mail at all", "erased"])
def test_who_changes_their_mind_is_not_asked(
    app: Flask,
    session: Session,
    clock: SimulatedClock,
    provider: FakeProvider,
    settings: Settings,
    robin: Supporter,
    campaign: Campaign,
    how: str,
) -> None:
    replies.ask_later(session, robin.id, campaign, clock=clock)

    if how == "do not ask":
        replies.do_not_ask(session, robin.id, campaign.id)
    elif how == "no mail of this action":
        leaving.stop_campaign(session, robin.id, campaign.id, source="test", clock=clock)
    elif how == "no mail at all":
        leaving.stop_all(session, robin.id, source="test", clock=clock, limit=timedelta(seconds=1))
    else:
        privacy.erase(session, robin, now=NOON, actor="supporter")

    assert mails_until(app, clock, provider, settings, ASKED + timedelta(hours=1)) == 0


def test_what_came_is_sealed_counted_and_told_anew_in_place_of_the_old(
    session: Session, clock: SimulatedClock, robin: Supporter, campaign: Campaign
) -> None:
    number = campaign.addressees[0].id
    first, then = Told(ReplyKind.NONE, ""), Told(ReplyKind.ITS_OWN, "They will look into it — née")
    for told in (first, then):
        replies.tell(session, robin.id, campaign, number, told, clock=clock)

    row = session.scalars(select(Reply)).one()
    assert row.text_sealed is not None
    assert b"look" not in row.text_sealed
    assert reply.by_kind(session, campaign.id) == {ReplyKind.ITS_OWN: 1}
    assert replies.found(session, robin.id, campaign.id) == {number: then}
    assert replies.texts(session, campaign.id, most=9) == [(number, ReplyKind.ITS_OWN, then.text)]
    (told_of,) = privacy.my_data(session, robin.id)["answers"]
    assert told_of["what it says"] == then.text
    privacy.erase(session, robin, now=NOON, actor="supporter")
    assert session.scalars(select(Reply)).all() == []


def test_only_who_wrote_is_asked_and_heard(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    other = add_campaign(session)

    with pytest.raises(ConflictError):
        replies.ask_later(session, robin.id, other, clock=clock)
    with pytest.raises(InvalidError):
        replies.tell(session, robin.id, other, other.addressees[0].id, Told(ReplyKind.NONE, ""), clock=clock)
    assert session.scalars(select(SingleMail).where(SingleMail.kind == SingleKind.REPLY)).all() == []
