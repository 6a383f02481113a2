"""What the desk's pages do: import, review, launch, previews that run nothing, supporters, mails."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.config import Settings
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import moment
from advocacy.models.campaign import Campaign, Document
from advocacy.models.figures import figures_of
from advocacy.models.installation import AuditEntry
from advocacy.models.single_mail import SingleMail
from advocacy.operations import campaigns, engine, figures, preferences
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe
from tests.operations.test_campaigns import NAMELESS
from tests.operations.test_documents import LETTER
from tests.web.desks import add_organiser, browser, set_scene, sign_in


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.OWNER))


def _draft(session: Session, clock: SimulatedClock, **values: object) -> Campaign:
    deadline = (moment.now(session, clock) + timedelta(days=20)).date()
    campaign = add_campaign(
        session, **({"state": CampaignState.DRAFT, "launched_at": None, "deadline": deadline} | values)
    )
    session.commit()
    return campaign


def test_pasted_text_becomes_a_draft_to_review(client: FlaskClient, session: Session) -> None:
    answer = client.post("/desk/campaigns/new", data={"text": LETTER.replace("{deadline}", "March 30, 2026")})

    page = client.get(answer.headers["Location"]).text
    assert "1 field is left to check" in page
    assert '<mark id="at-demands[0]"' in page
    assert "release the eleven weavers at once" in page


def test_a_press_of_save_settles_what_was_ticked(client: FlaskClient, session: Session) -> None:
    url = client.post("/desk/campaigns/new", data={"text": LETTER.replace("{deadline}", "March 30, 2026")}).location

    client.post(url, data={"title": "Weavers held", "checked": "summary", "demand": ["release them", ""], "save": "1"})

    campaign = session.scalars(select(Campaign)).one()
    assert campaign.title == "Weavers held"
    assert [row.text for row in campaign.demands] == ["release them"]
    assert len(campaign.addressees) == 2
    assert "Nothing is left to check" in client.get(url).text


def test_a_faulty_field_is_told_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = _draft(session, clock)
    form = {
        "addressees": "1",
        "addressee-0-id": str(campaign.addressees[0].id),
        "addressee-0-name": "Minister",
        "addressee-0-emails": "not an address",
    }

    answer = client.post(f"/desk/campaigns/{campaign.slug}/review", data=form)

    assert answer.status_code == 422
    assert "is no e-mail address" in answer.text
    assert 'href="#addressee-0-emails"' in answer.text
    assert "not an address</textarea>" in answer.text


def test_an_empty_or_unreadable_upload_is_refused(client: FlaskClient) -> None:
    assert client.post("/desk/campaigns/new", data={"text": "  "}).status_code == 422
    assert client.post("/desk/campaigns/new", data={"text": "hello"}).status_code == 422


def test_the_check_page_counts_the_audience_and_names_the_size_on_the_button(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = _draft(session, clock)
    for name in ("Ana Alvarez", "Bo Berg", "Cleo Case"):
        subscribe(session, add_supporter(session, name=name))
    session.commit()

    page = client.get(f"/desk/campaigns/{campaign.slug}/check").text

    assert "Launch and send to 3 people" in page
    assert "Ana (CA)" in page
    assert "Alvarez" not in page


def test_a_launch_makes_it_live_once(client: FlaskClient, session: Session, clock: SimulatedClock) -> None:
    campaign = _draft(session, clock)

    client.post(f"/desk/campaigns/{campaign.slug}/launch")
    client.post(f"/desk/campaigns/{campaign.slug}/launch")

    session.refresh(campaign)
    assert campaign.state is CampaignState.LIVE
    assert client.get(f"/desk/campaigns/{campaign.slug}/mails").status_code == 200


def test_a_campaign_whose_deadline_has_passed_has_no_launch_button(client: FlaskClient, session: Session) -> None:
    campaign = add_campaign(session, state=CampaignState.DRAFT, launched_at=None, deadline=None)
    session.commit()

    page = client.get(f"/desk/campaigns/{campaign.slug}/check").text

    assert "It cannot be launched yet" in page
    assert f"/desk/campaigns/{campaign.slug}/launch" not in page


def test_a_preview_runs_nothing_and_its_links_open_nothing_of_anybodys(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = _draft(session, clock, title="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")
    supporter = add_supporter(session, name='"><script>alert(2)</script>')
    subscribe(session, supporter)
    session.commit()

    answer = client.get(f"/desk/campaigns/{campaign.slug}/preview/launch?person={supporter.uid}")

    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "<script" not in answer.text
    assert "<img src=x" not in answer.text
    assert "/act/" not in answer.text
    assert "/unsubscribe/" not in answer.text


def test_a_test_mail_goes_to_me(client: FlaskClient, session: Session, clock: SimulatedClock) -> None:
    campaign = _draft(session, clock)

    client.post(f"/desk/campaigns/{campaign.slug}/test", data={"rule": "launch"})

    mail = session.scalars(select(SingleMail)).one()
    assert mail.organiser_id is not None
    assert mail.supporter_id is None


def test_a_moved_deadline_shows_before_and_after_and_changes_nothing_yet(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = _draft(session, clock)
    client.post(f"/desk/campaigns/{campaign.slug}/launch")
    was = campaign.deadline
    assert was is not None
    day = (was + timedelta(days=5)).isoformat()

    page = client.get(f"/desk/campaigns/{campaign.slug}/deadline?day={day}")
    session.refresh(campaign)
    assert page.status_code == 200
    assert campaign.deadline == was

    client.post(f"/desk/campaigns/{campaign.slug}/deadline", data={"day": day})
    session.refresh(campaign)
    assert campaign.deadline == was + timedelta(days=5)


def test_what_a_moved_deadline_plans_anew_counts_as_planned_once(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    campaign = add_campaign(session)
    for zone in ("America/Toronto", "Europe/Berlin"):
        subscribe(session, add_supporter(session, timezone=zone))
    session.commit()
    bundle, settings = gateways.current(), app.extensions["advocacy.settings"]
    engine.run_once(session, gateways=bundle, settings=settings)
    figures.recount(session, clock=clock)
    before = figures_of(session, campaign).mails

    later = (campaign.deadline or NOON.date()) + timedelta(days=5)
    campaigns.move_deadline(session, campaign, later, gateways=bundle, settings=settings, actor="ana")
    engine.run_once(session, gateways=bundle, settings=settings)

    figures.recount(session, clock=clock)
    after = figures_of(session, campaign).mails
    assert [(mail.planned, mail.accepted) for mail in before] == [(2, 1)]
    assert sum(mail.planned for mail in after) == 2


def test_a_blast_is_paused_resumed_and_cancelled(client: FlaskClient, session: Session) -> None:
    scene = set_scene(session)
    at = f"/desk/blasts/{scene.blast.id}"

    for act, state in (
        ("pause", BlastState.PAUSED),
        ("resume", BlastState.SCHEDULED),
        ("cancel", BlastState.CANCELLED),
    ):
        client.post(f"{at}/{act}")
        session.refresh(scene.blast)
        assert scene.blast.state is state
    assert "cancelled" in client.get(at).text


def test_one_person_is_found_by_exact_address_only_and_the_address_stays_out_of_the_url(
    client: FlaskClient, session: Session
) -> None:
    supporter = add_supporter(session, "robin@example.org")
    session.commit()

    found = client.post("/desk/supporters/find", data={"email": " Robin@Example.org "})
    absent = client.post("/desk/supporters/find", data={"email": "obin@example.org"})

    assert found.location == f"/desk/supporters/{supporter.uid}"
    assert absent.status_code == 404


@pytest.mark.parametrize(("act", "state"), [("stop", SupporterState.UNSUBSCRIBED), ("erase", SupporterState.ERASED)])
def test_a_person_is_stopped_or_erased(client: FlaskClient, session: Session, act: str, state: SupporterState) -> None:
    scene = set_scene(session)

    client.post(f"/desk/supporters/{scene.supporter.uid}/{act}")

    session.refresh(scene.supporter)
    assert scene.supporter.state is state
    page = client.get(f"/desk/supporters/{scene.supporter.uid}").text
    assert ("Robin" in page) is (act == "stop")


def test_hostile_names_are_shown_and_never_obeyed(client: FlaskClient, session: Session) -> None:
    hostile = "<script>alert(1)</script>"
    supporter = add_supporter(session, name=hostile, town=hostile)
    campaign = add_campaign(session, title=hostile, summary=hostile, background=hostile)
    subscribe(session, supporter, campaign)
    session.commit()

    for path in ("", "/people", "/letters", "/mails", "/results", "/review"):
        assert hostile not in client.get(f"/desk/campaigns/{campaign.slug}{path}").text
    assert hostile not in client.get(f"/desk/supporters/{supporter.uid}").text
    assert hostile not in client.get("/desk/").text


def test_an_owner_changes_the_rules_and_a_fault_keeps_what_was_typed(client: FlaskClient, session: Session) -> None:
    url = "/desk/settings/rules"
    said = {"quiet_start": "20:00", "quiet_end": "07:30", "cap_hours": "48", "type_from": "500", "approve_from": "5000"}
    said |= {"undo_seconds": "60", "keep_reports_days": "30", "keep_left_days": "90", "keep_mails_days": "90"}

    refused = client.post(url, data=said | {"cap_hours": "often"})
    client.post(url, data=said)

    assert refused.status_code == 422
    assert 'value="often"' in refused.text
    assert preferences.read(session).cap_hours == 48
    assert campaign_hours(client, session) == {"start": "20:00", "end": "07:30"}
    assert "24 → 48" in client.get("/desk/settings/audit?what=rules.changed").text


def campaign_hours(client: FlaskClient, session: Session) -> object:
    client.post("/desk/campaigns/new", data={"text": LETTER.replace("{deadline}", "March 30, 2026")})
    return session.scalars(select(Campaign)).one().cadence["quiet"]


def test_a_document_handed_in_twice_names_the_other_campaign(client: FlaskClient, session: Session) -> None:
    text = LETTER.replace("{deadline}", "March 30, 2026")
    client.post("/desk/campaigns/new", data={"text": text})
    first = session.scalars(select(Campaign)).one()
    alone = client.get(f"/desk/campaigns/{first.slug}/review").text

    second = client.get(client.post("/desk/campaigns/new", data={"text": text}).location).text

    assert "handed in before" not in alone
    assert "handed in before" in second
    assert f'<a href="/desk/campaigns/{first.slug}">' in second


def test_the_check_names_who_we_are_or_links_to_where_it_is_mended(
    app: Flask, client: FlaskClient, session: Session, clock: SimulatedClock, settings: Settings
) -> None:
    campaign = _draft(session, clock)
    good = client.get(f"/desk/campaigns/{campaign.slug}/check").text
    app.extensions["advocacy.settings"] = settings.model_copy(update=NAMELESS)

    page = client.get(f"/desk/campaigns/{campaign.slug}/check").text
    identity = client.get("/desk/settings").text

    assert "People can answer you at actions@lantern.example" in good
    assert page.count('<a href="/desk/settings">Mend it</a>') == 3
    assert f'action="/desk/campaigns/{campaign.slug}/launch"' in good
    assert f'action="/desk/campaigns/{campaign.slug}/launch"' not in page
    assert "ORGANISATION_ADDRESS=&#34;" in identity or 'ORGANISATION_ADDRESS="' in identity


def test_a_drafts_public_page_is_seen_by_its_organisers_alone_and_nothing_on_it_works(
    app: Flask, client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = _draft(session, clock)
    url = f"/desk/campaigns/{campaign.slug}/page"

    page = client.get(url).text
    in_french = client.get(f"{url}?lang=fr").text

    assert "A preview: nobody but you and your team sees this page" in page
    assert "release the weavers at once" in page
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<form" not in main
    assert "<fieldset disabled" in main
    assert "csrf_token" not in main
    assert ".ics" not in main
    assert "Ce que nous demandons" in in_french
    assert "A preview: nobody but you" in in_french  # Who looks at it reads English.
    assert browser(app).get(url).status_code == 302
    assert browser(app).get(f"/a/{campaign.slug}").status_code == 404
    client.post(f"/desk/campaigns/{campaign.slug}/launch")
    assert client.get(url).location == f"/a/{campaign.slug}"


def test_the_letters_of_a_draft_are_those_of_the_people_it_goes_to(
    app: Flask, client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = _draft(session, clock)
    for name in ("Ada Amber", "Ben Brook"):
        subscribe(session, add_supporter(session, name=name))
    session.commit()
    viewer = sign_in(app, add_organiser(session, OrganiserRole.VIEWER))

    page = client.get(f"/desk/campaigns/{campaign.slug}/letters").text
    unnamed = viewer.get(f"/desk/campaigns/{campaign.slug}/letters").text

    assert "Ada, CA" in page
    assert "Ben, CA" in page
    assert "Amber" not in page
    assert "Ada" not in unnamed
    assert "Letter 10" in unnamed


def test_a_demand_and_a_person_taken_out_come_back_at_a_press_on_the_next_page(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = _draft(session, clock)
    url = f"/desk/campaigns/{campaign.slug}/review"
    form = {"demand": [row.text for row in campaign.demands] + [""], "title": "Typed meanwhile"}

    answer = client.post(url, data=form | {"remove": "demand:0"})
    page = client.get(answer.location).text

    assert [row.text for row in campaign.demands] == ["let their families visit them"]
    assert campaign.title == "Typed meanwhile"
    assert "Taken out: “release the weavers at once”." in page
    back = re.search(r'name="back" value="(demand:\d+)"', page)
    assert back
    assert "It is back where it stood." in client.post(url, data={"back": back[1]}, follow_redirects=True).text
    session.expire_all()
    assert [row.text for row in campaign.demands] == ["release the weavers at once", "let their families visit them"]

    row = campaign.addressees[0]
    person = {"addressees": "1", "addressee-0-id": str(row.id), "addressee-0-name": row.name}
    answer = client.post(url, data=person | {"addressee-0-postal_lines": "1 Square", "remove": "addressee:0"})
    assert campaign.own_addressees == []
    assert f"Taken out: “{row.name}”." in client.get(answer.location).text
    client.post(url, data={"back": f"addressee:{row.id}"})
    session.expire_all()
    assert campaign.own_addressees[0].postal_lines[0] == "Ministry of Justice"
    assert client.post(url, data={"back": "demand:999999"}).status_code == 302


def test_a_draft_is_thrown_away_after_its_consequence_was_told(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    client.post("/desk/campaigns/new", data={"text": LETTER.replace("{deadline}", "March 30, 2026")})
    draft = session.scalars(select(Campaign)).one()
    url, slug = f"/desk/campaigns/{draft.slug}/throw-away", draft.slug

    assert url in client.get(f"/desk/campaigns/{slug}").text
    assert "It cannot be brought back" in client.get(url).text
    assert client.post(url).location == "/desk/campaigns"

    session.expire_all()
    assert session.scalars(select(Campaign)).all() == []
    assert session.scalars(select(Document)).all() == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.what == "campaign.thrown_away")).one()
    assert entry.details["title"]


def test_what_was_launched_or_has_people_is_not_thrown_away(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    with_people, live = _draft(session, clock), add_campaign(session)
    subscribe(session, add_supporter(session), with_people)
    session.commit()

    for campaign, told in ((with_people, "People are on"), (live, "only a draft that was never launched")):
        answer = client.post(f"/desk/campaigns/{campaign.slug}/throw-away", follow_redirects=True)
        assert told in answer.text
    assert len(session.scalars(select(Campaign)).all()) == 2
