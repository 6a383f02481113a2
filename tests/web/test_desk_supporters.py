"""The supporters' list: filters in the address, pages by place, numbers, tags and files of whom it shows."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Channel
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.reply import ReplyKind
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import people
from advocacy.models.supporter import Supporter
from advocacy.operations import actions, drafts, lists, replies, supporter_counts
from advocacy.operations.replies import Told
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter
from tests.web.desks import add_organiser, sign_in

HERE = "/desk/supporters"


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.OWNER))


@pytest.fixture
def crowd(session: Session) -> list[int]:
    """A hundred and twenty people, each third in France and tagged, one a day."""
    rows = [
        add_supporter(
            session,
            f"p{number:03}@example.org",
            country="CA" if number % 3 else "FR",
            tags=[] if number % 3 else ["press"],
            confirmed_at=NOON - timedelta(days=number),
        )
        for number in range(120)
    ]
    session.commit()
    return [row.id for row in rows]


def numbers(page: str) -> list[int]:
    return [int(found.replace(",", "")) for found in re.findall(r"No\. ([\d,]+)", page)]


def all_pages(client: FlaskClient, url: str) -> list[int]:
    found: list[int] = []
    while True:
        page = client.get(url).text
        found += numbers(page)
        older = re.search(r'href="([^"]+)">Older', page)
        if older is None:
            return found
        url = older[1].replace("&amp;", "&")


def test_the_list_is_paged_through_without_a_gap_in_each_order(client: FlaskClient, crowd: list[int]) -> None:
    assert all_pages(client, HERE) == crowd[::-1]
    first = (NOON - timedelta(days=100)).date()
    assert all_pages(client, f"{HERE}?from={first}") == crowd[:101]
    assert all_pages(client, f"{HERE}?country=FR&tag=press&state=active") == crowd[::3][::-1]


def test_filters_count_and_say_when_nobody_fits(client: FlaskClient, crowd: list[int]) -> None:
    page = client.get(f"{HERE}?country=FR").text
    assert "40 people fit these filters" in " ".join(page.split())
    assert re.search(r'<option value="FR" selected>France \(40\)', page)
    assert "Nobody fits these filters." in client.get(f"{HERE}?country=IS").text
    for odd in ("after=x", "after=99999999999999999999", "from=yesterday", "state=mayor", "country=" + "x" * 500):
        assert client.get(f"{HERE}?{odd}").status_code == 200


def test_no_name_and_no_address_stands_in_the_list_and_there_is_a_way_in_when_it_is_empty(
    client: FlaskClient, session: Session
) -> None:
    assert "Nobody has signed up yet" in client.get(HERE).text
    add_supporter(session, "ann@example.org", name="Ann Example", town="Moncton")
    session.commit()

    page = client.get(HERE).text
    assert numbers(page)
    for known in ("ann@", "Ann Example", "Moncton"):
        assert known not in page


def test_tags_are_given_to_those_shown_with_their_number_and_taken_back(
    client: FlaskClient, session: Session, settings: Settings, clock: SimulatedClock, crowd: list[int]
) -> None:
    def tagged() -> int:
        session.expire_all()
        return people.counted(session, Selection(tags=("paris",)))

    asked = client.get(f"{HERE}/tags?country=FR").text
    assert "Give it to 40 people" in asked
    assert client.post(f"{HERE}/tags?country=FR", data={"tag": "one, two"}).status_code == 422
    client.post(f"{HERE}/tags?state=active&from={(NOON - timedelta(days=3)).date()}", data={"tag": "Paris"})
    lists.work(session, clock=clock, settings=settings)
    assert tagged() == 4
    url = client.post(f"{HERE}/tags?country=FR", data={"tag": "Paris", "way": "give"}).location
    lists.work(session, clock=clock, settings=settings)
    assert tagged() == 42
    assert "38 people got the tag" in client.get(url).text

    client.post(f"{url}/undo")
    lists.work(session, clock=clock, settings=settings)
    assert tagged() == 4
    url = client.post(f"{HERE}/tags?tag=press", data={"tag": "press", "way": "take"}).location
    lists.work(session, clock=clock, settings=settings)
    assert people.counted(session, Selection(tags=("press",))) == 0
    client.post(f"{url}/undo")
    lists.work(session, clock=clock, settings=settings)
    assert people.counted(session, Selection(tags=("press",))) == 40


def test_a_file_of_those_shown_asks_for_the_password_again_and_is_there_once_it_is_whole(
    client: FlaskClient, session: Session, settings: Settings, clock: SimulatedClock, crowd: list[int]
) -> None:
    with client.session_transaction() as kept:
        kept["fs_paa"] = (NOON - timedelta(minutes=11)).timestamp()
    asked = client.get(f"{HERE}/exports?country=FR")
    assert asked.status_code == 302
    assert "/sign-in/again?next=/desk/supporters/exports" in asked.location
    assert "/sign-in/again" in client.post(f"{HERE}/exports?country=FR").location
    with client.session_transaction() as kept:
        kept["fs_paa"] = NOON.timestamp()

    assert "Make the file of 40 people" in client.get(f"{HERE}/exports?country=FR").text
    url = client.post(f"{HERE}/exports?country=FR").location
    assert client.get(f"{url}/supporters.csv").status_code == 404
    lists.work(session, clock=clock, settings=settings)
    assert "Download it" in client.get(f"{url}/progress").text
    file = client.get(f"{url}/supporters.csv")
    assert len(file.data) == int(file.headers["Content-Length"])
    assert file.text.count("\n") == 41

    with client.session_transaction() as kept:
        kept["fs_paa"] = (NOON - timedelta(minutes=11)).timestamp()
    assert client.get(f"{url}/supporters.csv").status_code == 302
    client.post(f"{url}/delete")
    assert "This file is gone" in client.get(url).text


@pytest.mark.parametrize(
    "asked", ["until=9999-12-31", "from=0001-01-01", "until=2026-01-01&after=3~0001-01-01T00:00:00%2B14:00"]
)
def test_a_day_outside_all_clocks_filters_nothing(client: FlaskClient, asked: str) -> None:
    assert client.get(f"{HERE}?{asked}").status_code == 200


def test_a_person_s_data_comes_as_json_to_hand_on_without_the_words_they_wrote(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    ann, campaign = add_supporter(session, "ann@example.org", name="Ann"), add_campaign(session)
    session.commit()
    number = campaign.addressees[0].id
    actions.sent(session, ann.id, campaign, number, Channel.POST, clock=clock)
    replies.tell(session, ann.id, campaign, number, Told(ReplyKind.ITS_OWN, "They wrote to my flat."), clock=clock)
    drafts.save(session, ann.id, campaign, {"why": "My brother was held too."}, clock=clock)

    answer = client.get(f"{HERE}/{ann.uid}/data.json")

    handed_on = json.loads(answer.text)
    assert handed_on["address"] == "ann@example.org"
    assert [each["what came"] for each in handed_on["answers"]] == ["its_own"]
    assert [each["campaign"] for each in handed_on["drafts"]] == [campaign.title]
    assert "my flat" not in answer.text
    assert "My brother" not in answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_many_people_are_counted_behind_and_the_page_says_when(
    client: FlaskClient, session: Session, clock: SimulatedClock, crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_COUNTED", 100)
    add_supporter(session, "gone@example.org", state=SupporterState.UNSUBSCRIBED)
    session.commit()
    supporter_counts.when_it_is_time(session, clock)
    live = supporter_counts.count(session)
    session.add(Supporter(email_key=b"1" * 32, suppression_key=b"1" * 32, created_at=NOON))
    session.commit()

    kept = supporter_counts.summary(session)
    assert kept.numbers == live
    assert kept.at is not None
    assert "Counted" in client.get(HERE).text
    assert session.scalars(select(Supporter.id)).all()
    clock.sleep(30)
    supporter_counts.when_it_is_time(session, clock)
    assert supporter_counts.summary(session).everyone == 121
    clock.sleep(40)
    supporter_counts.when_it_is_time(session, clock)
    assert supporter_counts.summary(session).everyone == 122
