"""The desk's pages for lists: from the upload to undoing, faults in their cells, hostile files shown as text."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.supporter import Consent, Supporter
from advocacy.operations import lists
from tests.web.desks import add_organiser, sign_in

HERE = "/desk/supporters/imports"
LIST = (
    "Courriel;Prénom;<script>alert(1)</script>;Pays\n"
    "ann@example.org;Ann;x;CA\n"
    "bo@example.org;=SUM(A1);<b>y</b>;Atlantis\n"
    "ANN@example.org;Anna;x;CA\n"
).encode("windows-1252")


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))


@pytest.fixture
def work(session: Session, settings: Settings, clock: SimulatedClock) -> object:
    return lambda: lists.work(session, clock=clock, settings=settings)


def hand_in(client: FlaskClient, raw: bytes) -> str:
    answer = client.post(HERE, data={"file": (io.BytesIO(raw), "../<i>list.csv")})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_a_list_goes_from_the_upload_to_undoing(client: FlaskClient, session: Session, work) -> None:  # type: ignore[no-untyped-def]
    url = hand_in(client, LIST)
    page = client.get(url).text
    assert re.search(r'<option value="email" selected', page)
    assert "Prénom" in page
    assert "<script>alert(1)" not in page

    twice = client.post(f"{url}/columns", data={"column-0": "email", "column-1": "email", "delimiter": ";"})
    assert twice.status_code == 422
    assert "Two columns cannot both be" in twice.text
    assert "which column holds the addresses" in client.post(f"{url}/columns", data={"delimiter": ";"}).text

    columns = {
        "column-0": "email",
        "column-1": "name",
        "column-3": "country",
        "charset": "windows-1252",
        "delimiter": ";",
    }
    client.post(f"{url}/columns", data=columns)
    assert 'data-renew="' in client.get(url).text
    work()

    page = client.get(url).text
    assert "Add 1 person, update 0" in page
    assert re.search(r'class="faulty">Atlantis<span class="error">No country is called this', page)
    refused = client.get(f"{url}/refused.csv")
    assert refused.headers["Content-Disposition"].startswith("attachment")
    assert (
        '"3","Pays: No country is called this. Two letters (CA) or its name.","bo@example.org","\'=SUM(A1)"'
        in refused.text
    )

    assert client.post(f"{url}/begin", data={"basis": "yes"}).status_code == 422
    assert session.scalar(select(func.count()).select_from(Supporter)) == 0
    client.post(f"{url}/begin", data={"basis": "They signed our list in May.", "alerts": "yes"})
    work()
    assert "taken in" in client.get(url).text
    assert "data-over" in client.get(f"{url}/progress").text
    assert session.scalars(select(Consent.wording)).all() == ["They signed our list in May."]

    assert "Remove 1 person" in client.get(f"{url}/undo").text
    client.post(f"{url}/undo")
    work()
    assert "undone" in client.get(url).text
    assert session.scalar(select(func.count()).select_from(Supporter)) == 0


def test_a_file_read_in_the_wrong_way_can_be_read_in_another(client: FlaskClient) -> None:
    url = hand_in(client, "email;ville\nann@example.org;Orléans\n".encode("utf-16"))

    assert "Orléans" in client.get(url).text
    assert "email;ville" in client.get(f"{url}?delimiter=,").text
    assert client.get(f"{url}?charset=no-such-thing").status_code == 200
    assert client.get(f"{url}?charset=utf-8").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [{"delimiter": "ab"}, {"charset": "undefined"}, {"charset": "idna"}, {"charset": "utf-16"}, {f"column-{'9' * 5_000}": "email"}],
    ids=["two signs", "no charset for text", "a charset of names", "a charset without its mark", "no such column"],
)  # fmt: skip
def test_a_way_of_reading_that_is_none_is_asked_for_again(client: FlaskClient, asked: dict[str, str]) -> None:
    url = hand_in(client, LIST)

    assert client.get(f"{url}/columns", query_string=asked).status_code == 200
    assert client.post(f"{url}/columns", data={"column-0": "email"} | asked).status_code in {302, 422}
    assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("raw", "why"), [(b"", "empty"), (b"PK\x03\x04", "workbook"), (b"<!doctype html>", "web page")]
)
def test_what_is_no_list_is_refused_in_words(client: FlaskClient, raw: bytes, why: str) -> None:
    answer = client.post(HERE, data={"file": (io.BytesIO(raw), "list.csv")})

    assert answer.status_code == 422
    assert why in answer.text


def test_without_a_file_the_page_says_so_and_a_dropped_one_adds_nobody(client: FlaskClient, session: Session) -> None:
    assert "Choose a file first" in client.post(HERE).text
    assert "None yet." in client.get(HERE).text
    url = hand_in(client, LIST)

    client.post(f"{url}/discard")

    assert "dropped" in client.get(HERE).text
    assert client.post(f"{url}/begin", data={"basis": "They signed our list in May."}).status_code == 409
    assert client.post(f"{url}/undo", follow_redirects=True).status_code == 200
