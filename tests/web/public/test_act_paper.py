"""What a supporter's page says about the post, and everything to post as one document."""

from datetime import timedelta
from io import BytesIO

from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel, Role
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.stall import StallCount
from advocacy.models.supporter import Action
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter
from tests.web.public.people import add_robin, text_of


def add_second(session: Session, campaign: Campaign) -> None:
    campaign.addressees.append(
        AddresseeRow(
            position=2,
            role=Role.COPY,
            name="Embassy of Exampleland",
            postal_lines=["12 Elm Street", "Ottawa"],
            country="CA",
        )
    )
    session.commit()


def test_two_letters_by_post_come_as_one_document(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    client = app.test_client()
    assert "All your letters at once" not in text_of(client, pages.act)
    add_second(session, campaign)

    page = text_of(client, pages.act)
    packet = client.post(f"{pages.act}/letters.pdf", data={"demand": "0", "why": "I am a weaver myself"})

    assert "2 letters can go by post" in page
    assert f'formaction="{pages.act}/letters.pdf"' in page
    assert packet.content_type == "application/pdf"
    reader = PdfReader(BytesIO(packet.data))
    assert len(reader.pages) == 5  # the cover, two letters, two envelopes
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert text.count("I am a weaver myself.") == 2
    assert client.get(f"{pages.act}/letters.pdf").status_code == 200


def test_for_window_envelopes_only_an_address_too_long_for_the_window_keeps_its_envelope(
    app: Flask, session: Session
) -> None:
    _robin, campaign, pages = add_robin(session)
    add_second(session, campaign)
    own = {"demand": "0", "window": "#10"}

    packet = app.test_client().post(f"{pages.act}/letters.pdf", data=own)
    page = app.test_client().post(pages.act, data=own).get_data(as_text=True)

    assert len(PdfReader(BytesIO(packet.data)).pages) == 4  # the cover, two letters, the minister's envelope
    assert '<option value="#10" selected>' in page


def test_a_document_of_letters_is_refused_while_one_must_be_mended(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    add_second(session, campaign)

    answer = app.test_client().post(f"{pages.act}/letters.pdf", data={"demand": "0", "why": "I am [your name]."})

    assert answer.status_code == 422
    assert "[your name]" in answer.get_data(as_text=True)


def test_the_page_says_whether_a_letter_arrives_and_who_says_so(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    _robin, _campaign, pages = add_robin(session)
    client = app.test_client()

    early = text_of(client, pages.act)
    clock.set(NOON + timedelta(days=18))  # 20 March; 6 working days before 30 March
    tight = text_of(client, pages.act)
    clock.set(NOON + timedelta(days=19))
    late = text_of(client, pages.act)

    assert "Arrives in time" in early
    assert "Source: Canada Post, Letter-post to the USA" in early
    assert "Tight: only if posted today" in tight
    assert "Too late: a letter had to be posted by" in late
    assert "Source: Canada Post" in late
    assert "No way that we know would still reach them in time" in late
    assert "No way that we know" not in tight


def test_where_no_post_publishes_a_figure_the_page_does_not_pretend(app: Flask, session: Session) -> None:
    robin, campaign, pages = add_robin(session)
    robin.country, campaign.addressees[0].country = "KE", "PE"
    session.commit()

    page = text_of(app.test_client(), pages.act)

    assert "Probably in time, not certain" in page
    assert "a cautious assumption of ours" in page
    assert "Source:" not in page


def test_people_at_stalls_are_counted_with_the_others_by_channel(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    for _ in range(5):
        session.add(
            Action(
                supporter_id=add_supporter(session).id,
                campaign_id=campaign.id,
                addressee_id=campaign.addressees[0].id,
                channel=Channel.POST,
                at=NOON,
                day=NOON.date(),
            )
        )
    for channel, people in ((Channel.POST, 29), (Channel.PHONE, 19)):
        session.add(StallCount(campaign_id=campaign.id, at=NOON, channel=channel, people=people, actor="organiser:1"))
    session.commit()

    page = text_of(app.test_client(), f"/a/{campaign.slug}")

    assert "At least 50 people" in page
    assert "By post: 30" in page
    assert "By phone" not in page
