"""A supporter's own page: the letter, the ways to send it, "I sent it"."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.campaign import CampaignState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.supporter import Action, Supporter
from advocacy.operations import leaving, privacy
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter
from tests.web.public.people import add_robin, pages_of, text_of


def pdf_text(content: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def add_embassy(session: Session, campaign: Campaign) -> AddresseeRow:
    embassy = AddresseeRow(
        position=2,
        role=Role.COPY,
        name="Embassy of Exampleland",
        postal_lines=["12 Elm Street", "Ottawa"],
        country="CA",
        phones=["(613) 555-0135"],
        faxes=["(613) 555-0190"],
        emails=["embassy@example.org"],
        web_form="javascript:alert(1)",
        for_countries=["CA"],
    )
    campaign.addressees.append(embassy)
    session.commit()
    return embassy


def test_the_page_shows_the_letter_the_ways_and_a_first_name_only(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    add_embassy(session, campaign)

    page = text_of(app.test_client(), pages.act)

    assert "Robin’s page" in page
    assert "robin@example.org" not in page
    assert "28 days left" in page
    assert "Your letter to Minister Ana Example" in page
    assert "A copy to Embassy of Exampleland" in page
    assert "mailto:embassy@example.org?subject=" in page
    assert "tel:+1-613-555-0135" in page
    assert "javascript:" not in page


def test_what_is_chosen_and_typed_shapes_the_letter_and_is_kept_nowhere(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)
    own = {"demand": ["1"], "tone": "warm", "why": "I am a weaver myself", "name": "R. S.", "city": "Halifax"}

    answer = app.test_client().post(pages.act, data=own)
    page = answer.get_data(as_text=True)

    assert '<span class="mine">I am a weaver myself.</span>' in page
    letter = page.partition('<article class="sheet"')[2].partition("</article>")[0]
    assert "let their families visit them" in letter
    assert "release the weavers" not in letter
    assert "Halifax" in letter
    assert "weaver myself" not in text_of(app.test_client(), pages.act)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_script_gets_the_letters_alone(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)

    piece = app.test_client().post(pages.act, data={"demand": "0"}, headers={"X-Fragment": "1"}).get_data(as_text=True)

    assert "<html" not in piece
    assert '<article class="sheet"' in piece


@pytest.mark.parametrize(
    "own",
    ["{{ email }}", "{name}", "%(x)s", "$name", "<b>x</b>", "</textarea><script>alert(1)</script>", "\x1b[31mred"],
    ids=["merge field", "braces", "percent", "dollar", "markup", "end of the field", "colour codes"],
)
def test_own_words_are_shown_literally(app: Flask, session: Session, own: str) -> None:
    _robin, _campaign, pages = add_robin(session)

    page = app.test_client().post(pages.act, data={"demand": "0", "why": own}).get_data(as_text=True)

    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "\x1b" not in page


def test_a_placeholder_left_in_ones_own_words_is_pointed_out_before_sending(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)
    own = {"demand": "0", "why": "I am [your name] and I care."}

    page = app.test_client().post(pages.act, data=own).get_data(as_text=True)
    paper = app.test_client().post(f"{pages.act}/letter.pdf", data=own)

    assert "Please put this right before you send it" in page
    assert "I sent it" not in page
    assert paper.status_code == 422


def test_a_text_that_is_too_long_is_told_and_not_cut_in_silence(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)

    page = app.test_client().post(pages.act, data={"demand": "0", "why": "a" * 1_001}).get_data(as_text=True)

    assert "Use 1000 characters at most." in page


def test_the_letter_prints_on_the_paper_of_the_supporters_country(app: Flask, session: Session) -> None:
    robin, campaign, pages = add_robin(session)
    client = app.test_client()
    number = campaign.addressees[0].id

    here = client.get(f"{pages.act}/letter.pdf?addressee={number}")
    robin.country = "DE"
    session.commit()
    there = client.get(f"{pages.act}/letter.pdf?addressee={number}")

    assert here.content_type == there.content_type == "application/pdf"
    sizes = [PdfReader(BytesIO(answer.data)).pages[0].mediabox for answer in (here, there)]
    assert [round(float(box.height)) for box in sizes] == [792, 842]
    assert "Minister Ana Example" in pdf_text(here.data)


def test_ones_own_words_and_postal_address_reach_the_paper_by_post_and_no_address_bar(
    app: Flask, session: Session
) -> None:
    _robin, campaign, pages = add_robin(session)
    number = campaign.addressees[0].id
    own = {"demand": "0", "why": "I am a weaver myself", "name": "Robin Smith", "street": "5 Loom Lane\nHalifax"}

    letter = app.test_client().post(f"{pages.act}/letter.pdf?addressee={number}", data=own)
    envelope = app.test_client().post(f"{pages.act}/envelope.pdf?addressee={number}", data=own)

    assert "I am a weaver myself." in pdf_text(letter.data)
    assert "5 Loom Lane" in pdf_text(letter.data)
    assert "5 Loom Lane" in pdf_text(envelope.data)
    assert "UNITED STATES" in pdf_text(envelope.data)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9223372036854775808", "4711", "1 OR 1=1"])
def test_a_letter_to_nobody_is_refused(app: Flask, session: Session, number: str) -> None:
    _robin, _campaign, pages = add_robin(session)

    assert app.test_client().get(f"{pages.act}/letter.pdf", query_string={"addressee": number}).status_code == 422


def test_i_sent_it_is_kept_and_answered_with_thanks_and_the_next_way(app: Flask, session: Session) -> None:
    robin, campaign, pages = add_robin(session)
    add_embassy(session, campaign)
    client = app.test_client()

    answer = client.post(f"{pages.act}/sent", data={"addressee": campaign.addressees[0].id, "channel": "post"})
    thanks = text_of(client, answer.location)

    assert answer.status_code == 303
    row = session.scalars(select(Action)).one()
    assert (row.supporter_id, row.channel, row.day) == (robin.id, Channel.POST, NOON.date())
    assert "Thank you, Robin" in thanks
    assert "Embassy of Exampleland" in thanks
    assert f"http://advocacy.test/a/{campaign.slug}" in thanks
    assert "You can, too, until Monday 30 March: http://" in thanks
    assert "delivered" not in thanks
    assert "You told us on" in text_of(client, pages.act)


@pytest.mark.parametrize(
    "fields",
    [
        {"addressee": "1", "channel": "pigeon"},
        {"addressee": "0", "channel": "post"},
        {"addressee": "a@example.org", "channel": "post"},
        {"channel": "post"},
        {},
    ],
)
def test_a_way_that_does_not_exist_is_refused(app: Flask, session: Session, fields: dict[str, str]) -> None:
    _robin, _campaign, pages = add_robin(session)

    assert app.test_client().post(f"{pages.act}/sent", data=fields).status_code == 422
    assert session.scalars(select(Action)).all() == []


def test_after_the_deadline_no_letter_is_offered(app: Flask, session: Session, clock: SimulatedClock) -> None:
    _robin, _campaign, pages = add_robin(session)
    clock.set(NOON + timedelta(days=29))

    page = text_of(app.test_client(), pages.act)

    assert "This action is over" in page
    assert '<article class="sheet"' not in page


def test_an_action_closed_before_its_deadline_is_not_said_to_have_passed_it(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    campaign.state, campaign.closed_at = CampaignState.CLOSED, NOON
    campaign.case_text = f"{campaign.summary}\n\nTheir families wait at the gate."
    session.commit()

    mine, public = (text_of(app.test_client(), path) for path in (pages.act, f"/a/{campaign.slug}"))

    for page in (mine, public):
        assert "This action is over" in page
        assert "Its deadline was" not in page
    assert public.count(f">{campaign.summary}</p>") == 1


def test_the_page_lives_for_thirty_days_after_the_end(app: Flask, session: Session, clock: SimulatedClock) -> None:
    _robin, _campaign, pages = add_robin(session)

    clock.set(NOON + timedelta(days=58))
    assert app.test_client().get(pages.act).status_code == 200
    clock.set(NOON + timedelta(days=59))
    assert app.test_client().get(pages.act).status_code == 404


def test_whoever_unsubscribed_can_still_write_and_whoever_is_erased_cannot(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    robin, _campaign, pages = add_robin(session)

    leaving.stop_all(session, robin.id, source="test", clock=clock, limit=timedelta(seconds=1))
    assert app.test_client().get(pages.act).status_code == 200
    privacy.erase(session, session.get_one(Supporter, robin.id), now=NOON, actor="supporter")
    assert app.test_client().get(pages.act).status_code == 404


def test_the_page_speaks_the_supporters_language(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    supporter = add_supporter(session, language="fr")
    session.commit()

    page = text_of(app.test_client(), pages_of(session, supporter, campaign).act)

    assert '<html lang="fr"' in page
