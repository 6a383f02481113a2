"""One's own data: the link, the data, the erasure."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import keys_of
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Action, Consent, Subscription, Supporter, suppressed
from advocacy.operations import actions, privacy
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe

ADDRESS = "robin@example.org"


@pytest.fixture
def robin(session: Session, clock: SimulatedClock) -> Supporter:
    supporter = add_supporter(session, ADDRESS, name="Robin Smith", town="Halifax")
    campaign = add_campaign(session)
    subscribe(session, supporter, campaign)
    session.commit()
    actions.sent(session, supporter.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)
    session.query(SingleMail).delete()
    session.commit()
    return supporter


def link(session: Session, clock: SimulatedClock, supporter: Supporter) -> str:
    privacy.request_data_link(session, supporter.id, clock=clock)
    mail = session.scalars(select(SingleMail).order_by(SingleMail.id.desc())).first()
    assert mail is not None
    assert mail.secret_sealed is not None
    path = keys_of(session).open("single_mail.secret", mail.uid, mail.secret_sealed)
    assert path.startswith("/preferences/data/")
    return path.rpartition("/")[2]


def test_a_link_opens_once_and_gives_half_an_hour(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    token = link(session, clock, robin)
    assert privacy.still_good(session, token, NOON)

    visit = privacy.open_data(session, token, clock=clock)

    assert visit.supporter_id == robin.id
    assert not privacy.still_good(session, token, NOON)
    with pytest.raises(NotFoundError):
        privacy.open_data(session, token, clock=clock)
    assert privacy.visit(session, visit.ticket, NOON + timedelta(minutes=29)).supporter_id == robin.id
    with pytest.raises(NotFoundError):
        privacy.visit(session, visit.ticket, NOON + timedelta(minutes=31))


def test_a_link_lives_ten_minutes(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    token = link(session, clock, robin)
    clock.set(NOON + timedelta(minutes=10, seconds=1))

    with pytest.raises(NotFoundError):
        privacy.open_data(session, token, clock=clock)


def test_links_are_one_in_ten_minutes_and_three_a_day(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    for minutes in (0, 5, 11, 22, 33, 44):
        clock.set(NOON + timedelta(minutes=minutes))
        privacy.request_data_link(session, robin.id, clock=clock)

    assert len(session.scalars(select(SingleMail.id)).all()) == 3


@pytest.mark.parametrize("ticket", ["", "x", "undo.1.2"])
def test_any_other_text_is_no_visit(session: Session, ticket: str) -> None:
    with pytest.raises(NotFoundError):
        privacy.visit(session, ticket, NOON)


def test_the_data_is_everything_and_fits_json(session: Session, robin: Supporter) -> None:
    data = privacy.my_data(session, robin.id)

    assert json.loads(json.dumps(data)) == data
    assert (data["address"], data["name"], data["town"]) == (ADDRESS, "Robin Smith", "Halifax")
    (action,) = data["actions"]
    assert action["when"].startswith("2026-03-02T12:00:00")
    assert action | {"when": ""} == {
        "campaign": "Weavers held without charge",
        "addressee": "Minister Ana Example",
        "channel": "post",
        "how the call went": None,
        "when": "",
    }


def test_erasing_leaves_a_hash_and_a_trace_without_a_name(session: Session, robin: Supporter) -> None:
    privacy.erase(session, robin, now=NOON, actor="supporter")

    row = session.get_one(Supporter, robin.id, populate_existing=True)
    assert (row.state, row.erased_at) == (SupporterState.ERASED, NOON)
    assert (row.email_sealed, row.name_sealed, row.town_sealed, row.country) == (None, None, None, None)
    assert suppressed(session, ADDRESS)
    assert session.scalars(select(Subscription)).all() == []
    assert session.scalars(select(Action)).all() == []
    assert [(entry.source, entry.actor) for entry in session.scalars(select(Consent))] == [("erasure", "supporter")]
    with pytest.raises(NotFoundError):
        privacy.my_data(session, robin.id)


def test_no_byte_of_an_erased_person_stays_in_the_files(
    app: Flask, session: Session, robin: Supporter, tmp_path: Path
) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the server keeps its own files")
    sealed = [robin.email_sealed, robin.name_sealed, robin.town_sealed]
    session.commit()

    def found() -> list[bool]:
        content = b"".join(path.read_bytes() for path in tmp_path.glob("advocacy.sqlite*"))
        return [each is not None and each in content for each in sealed]

    assert found() == [True, True, True]
    privacy.erase(session, robin, now=NOON, actor="supporter")

    assert found() == [False, False, False]


def test_erasing_twice_changes_nothing_more(session: Session, robin: Supporter) -> None:
    privacy.erase(session, robin, now=NOON, actor="supporter")
    privacy.erase(session, robin, now=NOON + timedelta(days=1), actor="supporter")

    assert len(session.scalars(select(Consent)).all()) == 1


def test_an_organiser_stops_mail_in_the_persons_name_once(session: Session, robin: Supporter) -> None:
    privacy.stop(session, robin, now=NOON, actor="organiser:1")

    assert suppressed(session, ADDRESS)
    session.refresh(robin)
    with pytest.raises(ConflictError):
        privacy.stop(session, robin, now=NOON, actor="organiser:1")
