"""A letter that its supporter rewrote: what is theirs, what follows the choices, what must be mended."""

import re
from html import unescape
from io import BytesIO
from urllib.parse import unquote

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from tests.web.public.people import add_robin, text_of

MINE = "I read of the eleven weavers.\r\n\r\nPlease release the weavers at once, and let their families visit them.\r\n\r\n- with respect\r\n- and hope"


def fields_of(page: str, number: int) -> dict[str, str]:
    """Return what the page's form would send of the letter to this addressee."""
    area = re.search(rf'<textarea id="body-{number}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    mark = re.search(rf'name="from-{number}" value="([^"]*)"', page)
    assert area is not None
    assert mark is not None
    body = unescape(area.group(1)).replace("\n", "\r\n")
    return {"demand": "0", f"body-{number}": body, f"from-{number}": mark.group(1)}


def posted(client: FlaskClient, path: str, fields: dict[str, str]) -> str:
    return client.post(path, data=fields).get_data(as_text=True)


def sheet_of(page: str) -> str:
    return page.partition('<article class="sheet"')[2].partition("</article>")[0]


def test_a_letter_that_nobody_touched_follows_the_choices(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    client = app.test_client()
    fields = fields_of(text_of(client, pages.act), campaign.addressees[0].id)

    page = posted(client, pages.act, fields | {"demand": "1", "tone": "warm"})

    assert "These are your words now" not in page
    assert "let their families visit them" in sheet_of(page)
    assert "release the weavers" not in sheet_of(page)


def test_a_rewritten_letter_is_what_every_letter_carries(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    row = campaign.addressees[0]
    row.emails, row.phones = ["minister@justice.example"], ["(202) 555-0135"]
    session.commit()
    client = app.test_client()
    fields = fields_of(text_of(client, pages.act), row.id) | {
        f"body-{row.id}": MINE,
        "demand": ["0", "1"],
        "name": "Robin",
    }

    page = posted(client, pages.act, fields)
    paper = client.post(f"{pages.act}/letter.pdf?addressee={row.id}", data=fields)

    assert "These are your words now" in page
    assert "I read of the eleven weavers." in sheet_of(page)
    assert '<li><span class="mine">with respect</span></li>' in sheet_of(page)
    link = unescape(re.findall(r'href="(mailto:[^"]+)"', page)[0])
    assert "Dear Minister,\r\n\r\nI read of the eleven weavers.\r\n\r\nPlease" in unquote(link)
    assert "I read of the eleven weavers" not in page.partition('class="copyable script"')[2]
    assert "What would make it better" not in page
    printed = " ".join("".join(part.extract_text() for part in PdfReader(BytesIO(paper.data)).pages).split())
    assert "I read of the eleven weavers." in printed
    assert "eleven weavers." not in text_of(client, pages.act)


def test_one_press_brings_the_proposal_back(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    number = campaign.addressees[0].id
    client = app.test_client()
    before = text_of(client, pages.act)
    fields = fields_of(before, number) | {f"body-{number}": MINE, "demand": ["0", "1"], "name": "Robin Smith"}

    page = posted(client, pages.act, fields | {"fresh": str(number), "city": "Toronto", "country": "CA"})

    assert sheet_of(page) == sheet_of(before)


def test_a_rewritten_letter_that_drops_a_demand_is_told_and_not_held_up(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    number = campaign.addressees[0].id
    client = app.test_client()
    fields = fields_of(text_of(client, pages.act), number) | {f"body-{number}": "Please release the weavers at once."}

    page = posted(client, pages.act, fields | {"demand": ["0", "1"]})

    assert "no longer asks for this in the words of the action: “let their families visit them”" in page
    assert "“release the weavers at once”" not in page
    assert "I sent it" in page


def test_what_is_left_over_in_a_rewritten_letter_blocks_it_with_its_place(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    number = campaign.addressees[0].id
    client = app.test_client()
    fields = fields_of(text_of(client, pages.act), number) | {f"body-{number}": "I am {{ first_name }} of ( )."}

    page = posted(client, pages.act, fields)
    paper = client.post(f"{pages.act}/letter.pdf?addressee={number}", data=fields)

    assert '<mark class="mend">{{ first_name }}</mark> of <mark class="mend">( )</mark>' in page
    assert "I sent it" not in page
    assert f'id="body-{number}"' in page
    assert paper.status_code == 422


def test_an_answer_that_only_the_script_still_says_is_looked_through_too(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    row = campaign.addressees[0]
    row.phones = ["(202) 555-0135"]
    session.commit()
    client = app.test_client()
    fields = fields_of(text_of(client, pages.act), row.id) | {f"body-{row.id}": MINE}

    page = posted(client, pages.act, fields | {"why": "I am [your name] and I care."})

    assert "“[your name]”" in page
    assert "I left a message" not in page


def test_a_letter_of_two_pages_is_said_to_be_one(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    number = campaign.addressees[0].id
    client = app.test_client()
    fields = fields_of(text_of(client, pages.act), number)

    long = posted(client, pages.act, fields | {f"body-{number}": "This is one sentence of many. " * 200})
    too_long = posted(client, pages.act, fields | {f"body-{number}": "a" * 8_001})

    assert "This letter runs to a second page." in long
    assert "Use 8000 characters at most." in too_long
