"""Where a mail's "I sent it" leads, and taking a press back."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.models.supporter import Action
from tests.web.public.people import add_robin, text_of


def test_a_mails_link_shows_every_way_and_a_press_tells_one(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    row = campaign.addressees[0]
    row.emails, row.phones = ["minister@justice.example"], ["(202) 555-0135"]
    session.commit()
    client = app.test_client()

    page = text_of(client, f"{pages.act}/sent")
    assert session.scalars(select(Action)).all() == []
    for label in ("By post", "By e-mail, from your own mailbox", "By phone"):
        assert label in page
    assert 'name="outcome" value="voicemail"' in page

    client.post(f"{pages.act}/sent", data={"addressee": row.id, "channel": "email"})
    told = text_of(client, f"{pages.act}/sent")
    assert 'aria-label="I sent it: By e-mail, from your own mailbox"' in page
    assert 'aria-label="I sent it: By e-mail, from your own mailbox"' not in told
    assert "You told us on Monday 2 March 2026" in told


def test_a_press_by_mistake_is_taken_back(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    client = app.test_client()
    way = {"addressee": campaign.addressees[0].id, "channel": "post"}
    client.post(f"{pages.act}/sent", data=way)
    assert f"{pages.act}/sent" in text_of(client, f"{pages.act}/thanks")

    answer = client.post(f"{pages.act}/unsent", data=way)
    client.post(f"{pages.act}/unsent", data=way)

    assert session.scalars(select(Action)).all() == []
    assert "You told us" not in text_of(client, answer.location)
