"""Keeping a letter for another time: asked for, shown again, deleted by a press."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.models.draft import Draft
from tests.web.public.people import add_robin, text_of
from tests.web.public.test_act_own_wording import MINE, fields_of, sheet_of


def test_a_draft_is_kept_on_request_alone_and_stands_there_again(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    client = app.test_client()
    number = campaign.addressees[0].id
    own = {
        "demand": "1",
        "tone": "warm",
        "why": "I weave.",
        "street": "5 Loom Lane",
        "city": "Halifax",
        "initials": "yes",
    }

    client.post(pages.act, data=own)
    assert session.scalars(select(Draft)).all() == []
    answer = client.post(f"{pages.act}/draft", data=own)
    page = text_of(client, answer.location)
    paper = client.get(f"{pages.act}/letter.pdf?addressee={number}")

    assert answer.status_code == 303
    assert "Your draft is kept" in page
    assert "deleted with the deadline, Monday 30 March 2026" in page
    assert '<span class="mine">I weave.</span>' in page
    assert "Halifax" in sheet_of(page)
    assert "Loom Lane" not in page
    assert 'name="initials" value="yes" checked' in page
    assert paper.status_code == 200

    fields = fields_of(page, number) | {f"body-{number}": MINE}
    client.post(f"{pages.act}/draft", data=fields)
    assert "I read of the eleven weavers." in sheet_of(text_of(client, pages.act))

    gone = client.post(f"{pages.act}/draft/forget")
    page = text_of(client, gone.location)
    assert "Your draft is deleted" in page
    assert "I read of the eleven weavers." not in page
    assert session.scalars(select(Draft)).all() == []


def test_a_draft_that_is_too_long_is_not_cut_but_told(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)

    page = app.test_client().post(f"{pages.act}/draft", data={"demand": "0", "why": "a" * 1_001}).get_data(as_text=True)

    assert "Use 1000 characters at most." in page
    assert session.scalars(select(Draft)).all() == []
