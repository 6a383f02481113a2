"""The desk prints sheets for a table at an event and counts what was posted from it."""

import io

from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import stall
from advocacy.models.installation import AuditEntry
from advocacy.models.stall import StallCount
from advocacy.operations import figures
from tests.web.desks import add_organiser, set_scene, sign_in


def _pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_sheets_are_a_page_for_the_table_and_letters_that_differ(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    slug = scene.live.slug
    session.commit()

    answer = client.get(
        f"/desk/campaigns/{slug}/stall.pdf",
        query_string={"letters": 4, "tone": "warm", "language": "de", "country": "DE", "town": "Graz"},
    )

    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    found = _pages(answer.data)
    assert len(found) == 5
    assert "Hier einen Brief unterschreiben" in found[0]
    assert len(set(found[1:])) == 4
    assert all(f"http://advocacy.test/a/{slug}" in page for page in found)
    assert all("Minister Ana Example" in page for page in found[1:])


def test_another_town_on_the_same_day_gets_other_letters(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.VIEWER))
    address = f"/desk/campaigns/{scene.live.slug}/stall.pdf?letters=1&town="
    session.commit()

    graz, linz, again = (_pages(client.get(address + town).data)[1] for town in ("Graz", "Linz", "Graz"))

    assert graz != linz
    assert graz == again


def test_too_many_letters_are_refused_with_the_form(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    slug = scene.live.slug
    session.commit()

    answer = client.get(f"/desk/campaigns/{slug}/stall.pdf?letters=1000")

    assert answer.status_code == 422
    assert "1 to 100" in answer.text


def test_a_draft_has_no_sheets(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    slug = scene.draft.slug
    session.commit()

    assert client.get(f"/desk/campaigns/{slug}/stall.pdf").status_code == 409
    assert "while the campaign is live" in client.get(f"/desk/campaigns/{slug}/stall").text


def test_what_was_posted_is_entered_counted_and_taken_back(app: Flask, session: Session, clock: SimulatedClock) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    slug, campaign_id = scene.live.slug, scene.live.id
    session.commit()
    page = f"/desk/campaigns/{slug}/stall"

    assert client.post(page, data={"people": "37", "channel": "post"}).status_code == 302
    assert client.post(page, data={"people": "3", "channel": "fax"}).status_code == 302

    assert stall.by_channel(session, campaign_id) == {Channel.POST: 37, Channel.FAX: 3}
    figures.recount(session, clock=clock)
    assert "40 more people" in client.get(f"/desk/campaigns/{slug}/results").text
    entry_id = session.scalars(select(StallCount.id).where(StallCount.channel == Channel.FAX)).one()
    session.commit()
    assert client.post(page, data={"remove": str(entry_id)}).status_code == 302
    assert stall.by_channel(session, campaign_id) == {Channel.POST: 37}
    told = session.scalars(select(AuditEntry.what).where(AuditEntry.what.like("stall.%")).order_by(AuditEntry.id)).all()
    assert told == ["stall.enter", "stall.enter", "stall.take_back"]


def test_a_number_that_cannot_be_is_refused(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    slug, campaign_id = scene.live.slug, scene.live.id
    session.commit()

    for people in ("0", "-5", "many", "1000000"):
        answer = client.post(f"/desk/campaigns/{slug}/stall", data={"people": people})
        assert answer.status_code == 422
        assert "Enter a number from 1 to 100,000." in answer.text

    assert stall.by_channel(session, campaign_id) == {}


def test_an_entry_of_another_campaign_is_not_taken_back(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    other, here = scene.draft.id, scene.live.slug
    session.add(
        StallCount(campaign_id=other, at=scene.live.created_at, channel=Channel.POST, people=5, actor="organiser:1")
    )
    session.commit()
    entry_id = session.scalars(select(StallCount.id)).one()
    session.commit()

    assert client.post(f"/desk/campaigns/{here}/stall", data={"remove": str(entry_id)}).status_code == 404
    assert stall.by_channel(session, other) == {Channel.POST: 5}
