"""Unsubscribing, choosing less, one's own data: over HTTP."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.campaign import CampaignState
from advocacy.domain.keys import KeyRing
from advocacy.domain.links import Links
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Subscription, Supporter, suppressed
from advocacy.operations import leaving, privacy
from tests.conftest import NOON, SECRET
from tests.web.public.people import add_robin, pages_of, text_of

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ADDRESS = "robin@example.org"

BODIES = {
    "as the standard says": {"data": ONE_CLICK},
    "multipart": {"data": ONE_CLICK, "content_type": "multipart/form-data"},
    "another body": {"data": {"x": "y"}},
    "no body": {},
    "not a form": {"data": b"\xff\x00{", "content_type": "application/json"},
    "a campaign it has no right to name": {"data": {"only": "1"}},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_one_click_stops_all_mail_without_cookie_or_form_token(
    app: Flask, session: Session, body: dict[str, object]
) -> None:
    _robin, _campaign, pages = add_robin(session)
    app.config["WTF_CSRF_ENABLED"] = True

    answer = app.test_client(use_cookies=False).post(pages.unsubscribe, **body)

    assert answer.status_code == 200
    assert answer.get_data(as_text=True).startswith("You are unsubscribed.")
    assert "Set-Cookie" not in answer.headers
    assert suppressed(session, ADDRESS)


def test_one_click_answers_the_same_twice_a_year_later_and_after_all_has_ended(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    robin, campaign, pages = add_robin(session)
    client = app.test_client()
    answers = [client.post(pages.unsubscribe, data=ONE_CLICK).data]
    clock.set(NOON + timedelta(days=365))
    answers.append(client.post(pages.unsubscribe, data=ONE_CLICK).data)
    session.get_one(Campaign, campaign.id).state = CampaignState.CLOSED
    session.commit()
    answers.append(client.post(pages.unsubscribe, data=ONE_CLICK).data)
    privacy.erase(session, session.get_one(Supporter, robin.id), now=clock.now(), actor="supporter")
    answers.append(client.post(pages.unsubscribe, data=ONE_CLICK).data)

    assert len(set(answers)) == 1


def test_a_link_made_under_an_old_key_still_stops_mail(app: Flask, session: Session) -> None:
    robin, _campaign, _pages = add_robin(session)
    old = "an old secret that was rotated out of service long ago"
    app.extensions["advocacy.keys"] = KeyRing((SECRET, old))
    session.info["keys"] = app.extensions["advocacy.keys"]

    answer = app.test_client().post(Links("", KeyRing((old,))).unsubscribe(robin.id), data=ONE_CLICK)

    assert answer.status_code == 200
    assert suppressed(session, ADDRESS)


def test_looking_at_the_page_changes_nothing_and_names_nobody(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)

    page = text_of(app.test_client(), pages.unsubscribe)

    assert "Robin" not in page
    assert ADDRESS not in page
    assert campaign.title in page
    assert not suppressed(session, ADDRESS)


def test_the_page_stops_all_and_can_take_it_back(app: Flask, session: Session, clock: SimulatedClock) -> None:
    robin, _campaign, pages = add_robin(session)
    client = app.test_client()

    stopped = client.post(pages.unsubscribe, data={"from": "page"}).get_data(as_text=True)
    found = re.search(r'name="undo" value="([^"]+)"', stopped)
    assert found is not None
    assert suppressed(session, ADDRESS)
    clock.set(NOON + timedelta(minutes=5))
    undone = client.post(f"{pages.unsubscribe}/undo", data={"undo": found.group(1)})

    assert "Taken back" in undone.get_data(as_text=True)
    session.expire_all()
    assert not suppressed(session, ADDRESS)
    assert session.get_one(Supporter, robin.id).state is SupporterState.ACTIVE


@pytest.mark.parametrize("undo", ["", "x", "dW5kby4xLjE.AAAA"])
def test_nobody_can_make_up_an_undo(app: Flask, session: Session, undo: str) -> None:
    _robin, _campaign, pages = add_robin(session)
    client = app.test_client()
    client.post(pages.unsubscribe, data=ONE_CLICK)

    assert client.post(f"{pages.unsubscribe}/undo", data={"undo": undo}).status_code == 404
    assert suppressed(session, ADDRESS)


def test_the_page_stops_one_action_alone(app: Flask, session: Session) -> None:
    robin, campaign, pages = add_robin(session)

    app.test_client().post(pages.unsubscribe, data={"from": "page", "only": str(campaign.id)})

    assert not suppressed(session, ADDRESS)
    assert leaving.choices(session, robin.id) == [leaving.Choice(None, Reminders.ALL)]


def test_preferences_can_be_set_to_less(app: Flask, session: Session) -> None:
    robin, campaign, pages = add_robin(session)

    answer = app.test_client().post(
        pages.preferences, data={f"for-{campaign.id}": "last", "for-alerts": "stop", "language": "de"}
    )

    assert answer.status_code == 303
    assert leaving.choices(session, robin.id) == [leaving.Choice(campaign.id, Reminders.LAST)]
    assert "Was ich bekomme" in text_of(app.test_client(), pages.preferences)


@pytest.mark.parametrize("name", ["for-0", "for--1", "for-9223372036854775808", "for-x", "for-4711", "for-'"])
def test_somebody_elses_list_cannot_be_named(app: Flask, session: Session, name: str) -> None:
    _robin, _campaign, pages = add_robin(session)

    answer = app.test_client().post(pages.preferences, data={name: "stop", "for-alerts": "stop"})

    assert answer.status_code == 422
    session.expire_all()
    assert len(session.scalars(select(Subscription).where(Subscription.left_at.is_(None))).all()) == 2


def test_a_form_that_lost_its_token_is_refused_where_there_is_a_cookie(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()

    assert client.post(pages.preferences, data={"for-alerts": "stop"}).status_code == 400
    assert client.post(f"{pages.act}/sent", data={"addressee": 1, "channel": "post"}).status_code == 400
    assert client.post(f"/a/{campaign.slug}/join", data={"email": ADDRESS}).status_code == 400


def test_ones_data_is_shown_downloaded_and_erased_by_a_fresh_link_only(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    robin, _campaign, pages = add_robin(session)
    client = app.test_client()
    client.post(f"{pages.preferences}/data")
    mail = session.scalars(select(SingleMail)).one()
    assert mail.secret_sealed is not None
    path = keys_of(session).open("single_mail.secret", mail.uid, mail.secret_sealed)

    looked = text_of(client, path)
    shown = client.post(path).get_data(as_text=True)
    found = re.search(r'name="ticket" value="([^"]+)"', shown)
    assert found is not None
    file = client.post("/preferences/data/download", data={"ticket": found.group(1)})
    erased = client.post("/preferences/data/erase", data={"ticket": found.group(1)})

    assert ADDRESS not in looked
    assert ADDRESS in shown
    assert json.loads(file.data)["name"] == "Robin Smith"
    assert erased.status_code == 200
    assert client.post(path).status_code == 404
    session.expire_all()
    assert session.get_one(Supporter, robin.id).state is SupporterState.ERASED
    assert clock.now() == NOON


@pytest.mark.parametrize("make", ["act", "unsubscribe", "preferences"])
@pytest.mark.parametrize("text", ["", "x", "a.b", "a" * 10_000, "%00", "..%2f..%2fetc", "MQ.AAAA", "ü"])
def test_any_other_text_is_no_link_and_is_told_the_same_way(app: Flask, make: str, text: str) -> None:
    answer = app.test_client().get(f"/{make}/{text}")

    assert answer.status_code == 404
    assert "There is no page here" in answer.get_data(as_text=True)


def test_a_link_of_one_purpose_is_refused_for_every_other(app: Flask, session: Session) -> None:
    robin, campaign, pages = add_robin(session)
    client = app.test_client()
    act, leave = pages.act.rpartition("/")[2], pages.unsubscribe.rpartition("/")[2]

    assert client.get(f"/unsubscribe/{act}").status_code == 404
    assert client.post(f"/unsubscribe/{act}", data=ONE_CLICK).status_code == 404
    assert client.get(f"/act/{leave}").status_code == 404
    assert client.get(f"/confirm/{act}").status_code == 404
    assert client.get(f"/preferences/data/{leave}").status_code == 404
    assert not suppressed(session, ADDRESS)
    assert pages_of(session, robin, campaign) == pages


def test_no_altered_link_opens_another_persons_page(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)
    token = pages.unsubscribe.rpartition("/")[2]
    client = app.test_client()

    opened = []
    for place in range(len(token)):
        for sign in "AZaz09-_.":
            altered = token[:place] + sign + token[place + 1 :]
            if altered != token and client.get(f"/unsubscribe/{altered}").status_code == 200:
                opened.append(altered)

    # The last sign of base64 has bits to spare, so some spellings are the same token: never another person's.
    assert all(alike(session, altered, token) for altered in opened)


def alike(session: Session, one: str, other: str) -> bool:
    links = [Links("", keys_of(session)).unsubscribe(number) for number in range(1, 50)]
    return one.rpartition(".")[0] == other.rpartition(".")[0] and f"/unsubscribe/{other}" in links
