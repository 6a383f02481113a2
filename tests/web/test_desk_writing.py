"""A mail written by hand on the desk: kept as a draft, looked at, checked, sent, approved by somebody else, undone."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.blast import BlastState
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.preferences import Preferences
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import moment
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.models.rollups import Crowd
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Supporter, Suppression
from advocacy.operations import headcounts, preferences
from tests.factories import add_campaign, add_supporter, subscribe
from tests.web.desks import add_organiser, sign_in

FORM = {"subject": "Soon", "preheader": "A line more.", "text": "Look: {{ act_url }}", "acted": "no", "when": "now"}


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.OWNER))


@pytest.fixture
def campaign(session: Session, clock: SimulatedClock) -> Campaign:
    """A live campaign of three people: Ana and Bo in Canada, Cleo in Britain."""
    now = moment.now(session, clock)
    made = add_campaign(session, deadline=(now + timedelta(days=20)).date(), launched_at=now - timedelta(days=3))
    for name, country in (("Ana Alvarez", "CA"), ("Bo Berg", "CA"), ("Cleo Case", "GB")):
        subscribe(session, add_supporter(session, name=name, country=country, language="en"), made)
    session.commit()
    return made


def begin(client: FlaskClient, campaign: Campaign, **said: object) -> str:
    """Keep a new draft; return the address of its blast."""
    answer = client.post(f"/desk/campaigns/{campaign.slug}/write", data=FORM | said)
    found = re.match(r"(/desk/blasts/\d+)/", answer.location or "")
    assert found, answer.text
    return found[1]


def newest(session: Session) -> Blast:
    session.expire_all()
    return session.scalars(select(Blast).order_by(Blast.id.desc())).first() or pytest.fail("there is no blast")


def test_a_draft_whose_filter_exists_no_more_opens_with_the_place_marked(
    app: Flask, client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    at, gone = begin(client, campaign), "Dear <b>{{ campaign.title | replace: 'a', 'b' }}"
    session.scalars(select(Manuscript)).one().text = gone
    session.commit()

    page = client.get(f"{at}/write")
    assert page.status_code == 200
    assert "cannot be read" in page.text
    assert "replace" in page.text.split("cannot be read")[1]
    assert client.get(f"{at}/check").status_code == 200
    viewer = sign_in(app, add_organiser(session, OrganiserRole.VIEWER))
    assert viewer.get(at).status_code == 200
    assert "cannot be read" in viewer.get(f"{at}/mail").text
    assert "cannot be read" in client.get(f"{at}/write/mail").text
    assert "<b>" not in viewer.get(f"{at}/mail").text
    assert client.post(f"{at}/write", data=FORM | {"do": "look"}).status_code == 302, "it can be mended"


def test_an_unknown_field_is_marked_and_the_text_kept(client: FlaskClient, campaign: Campaign) -> None:
    said = FORM | {"text": "Look: {{ campaign.titel }}"}

    answer = client.post(f"/desk/campaigns/{campaign.slug}/write", data=said)

    assert answer.status_code == 422
    assert '<span class="where">campaign.titel</span>' in answer.text
    assert "Did you mean {{ campaign.title }}?" in answer.text
    assert "Look: {{ campaign.titel }}" in answer.text


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"when": "local", "day": "0001-01-01", "time": "00:10"}, 422),
        ({"when": "instant", "day": "9999-12-31", "time": "23:50"}, 422),
        ({"joined_until": "9999-12-31"}, 422),
        ({"share": "999999999999"}, 422),
        ({"text": "a\0b"}, 400),
    ],
    ids=["before all clocks", "after all clocks", "a day without a next", "more than all", "a sign that is none"],
)
def test_what_cannot_be_kept_is_refused_and_no_fault_of_ours(
    client: FlaskClient, campaign: Campaign, said: dict[str, str], status: int
) -> None:
    assert client.post(f"/desk/campaigns/{campaign.slug}/write", data=FORM | said).status_code == status


def test_who_may_not_see_supporters_sees_a_mail_without_anybodys_name(
    app: Flask, session: Session, client: FlaskClient, campaign: Campaign
) -> None:
    blast = begin(client, campaign)
    ana = session.scalars(select(Supporter)).first()
    assert ana is not None
    viewer = sign_in(app, add_organiser(session, OrganiserRole.VIEWER))

    assert "Ana" in client.get(f"{blast}/mail?person={ana.uid}").text
    assert "Ana" not in viewer.get(f"{blast}/mail?person={ana.uid}").text


def test_a_draft_shows_all_that_was_chosen_again(client: FlaskClient, campaign: Campaign) -> None:
    chosen = {"acted": "yes", "ways": ["post", "fax"], "countries": "ca, gb", "joined_from": "2026-02-01"}
    blast = begin(client, campaign, when="local", day="2026-03-20", time="10:30", **chosen)

    page = client.get(f"{blast}/write").text

    for piece in ('value="CA, GB"', 'value="2026-02-01"', 'value="2026-03-20"', 'value="10:30"', "Joined on"):
        assert piece in page
    assert re.search(r'id="ways-post"[^>]* checked', page)
    assert not re.search(r'id="ways-email"[^>]* checked', page)
    assert re.search(r'id="when-local"[^>]* checked', page)


def test_what_is_typed_is_kept_and_counted_without_leaving_the_page(client: FlaskClient, campaign: Campaign) -> None:
    blast = begin(client, campaign)

    kept = client.post(f"{blast}/write", data=FORM | {"do": "keep", "countries": "GB"})
    faulty = client.post(f"{blast}/write", data=FORM | {"do": "keep", "subject": ""})

    assert "this reaches 1 person" in kept.text
    assert "<html" not in kept.text
    assert faulty.status_code == 422
    assert "Not kept yet" in faulty.text


def test_the_preview_is_a_real_persons_and_the_next_ones_in_each_look(client: FlaskClient, campaign: Campaign) -> None:
    blast = begin(client, campaign)
    first = client.get(f"{blast}/write").text
    uid = re.search(r'name="person" value="(\w+)"', first)
    assert uid
    second = client.post(f"{blast}/write", data=FORM | {"do": "next", "person": uid[1]}, follow_redirects=True).text

    assert "As Ana would see it" in first
    assert "As Bo would see it" in second
    dark = client.get(f"{blast}/write/mail?person={uid[1]}&look=dark")
    plain = client.get(f"{blast}/write/mail?person={uid[1]}&look=plain")
    assert "Dear Ana" in dark.text
    assert "@media all" in dark.text
    assert "A line more." in dark.text
    assert dark.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert plain.text.startswith("Dear Ana")
    assert "A line more." not in plain.text


def test_a_test_goes_to_me_and_counts_for_the_check_until_the_words_change(
    client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    blast = begin(client, campaign)
    assert "Nobody has had a test" in client.get(f"{blast}/check").text

    client.post(f"{blast}/write", data=FORM | {"do": "test"})

    mail = session.scalars(select(SingleMail)).one()
    assert mail.supporter_id is None
    assert "You had a test of it" in client.get(f"{blast}/check").text
    client.post(f"{blast}/write", data=FORM | {"text": "Other words."})
    assert "Nobody has had a test" in client.get(f"{blast}/check").text


def test_the_check_says_what_to_mend_and_keeps_it_from_going(
    client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    text = "[a](http://bit.ly/x) [b](https://bit.ly/x) " + "Many words. " * 1600
    blast = begin(client, campaign, text=text, countries="FR", subject="S" * 80)

    page = client.get(f"{blast}/check").text
    answer = client.post(f"{blast}/send")

    for piece in ("Nobody is among those", "is not encrypted", "is a shortened link", "has 80 characters", "mend"):
        assert piece in page
    assert "Send to" not in page
    assert answer.status_code == 422
    assert newest(session).state is BlastState.DRAFT


def test_sent_then_undone_it_is_a_draft_again(client: FlaskClient, session: Session, campaign: Campaign) -> None:
    blast = begin(client, campaign)
    assert "Send to 3 people" in client.get(f"{blast}/check").text

    sent = client.post(f"{blast}/send", follow_redirects=True).text

    assert newest(session).state is BlastState.SCHEDULED
    assert "Nothing has left yet" in sent
    assert "It is for about 3 people" in sent
    undone = client.post(f"{blast}/undo", follow_redirects=True).text
    assert "Undone: nobody got it." in undone
    assert 'value="Soon"' in undone
    assert newest(session).state is BlastState.DRAFT
    mails = client.get(f"/desk/campaigns/{campaign.slug}/mails").text
    assert mails.count(">Soon<") == 1


def test_a_mail_to_many_wants_their_number_typed_and_a_second_person(
    app: Flask, client: FlaskClient, session: Session, campaign: Campaign, clock: SimulatedClock
) -> None:
    preferences.change(session, Preferences(type_from=2, approve_from=3), now=moment.now(session, clock), actor="cli")
    blast = begin(client, campaign)
    assert "Ask for approval to send to 3 people" in client.get(f"{blast}/check").text

    wrong = client.post(f"{blast}/send", data={"people": "30"})
    right = client.post(f"{blast}/send", data={"people": "3"}, follow_redirects=True)

    assert wrong.status_code == 422
    assert "Type that number" in wrong.text
    assert "Take it back" in right.text
    assert "Approve and send" not in right.text
    assert client.post(f"{blast}/approve", data={"people": "3"}).status_code == 422
    assert newest(session).state is BlastState.PROPOSED

    colleague = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    page = colleague.get(f"{blast}/check").text
    assert "owner@example.org asks you to look at it" in page
    colleague.post(f"{blast}/back", data={"note": "The date is wrong."})
    assert "The date is wrong." in client.get(f"{blast}/write").text
    client.post(f"{blast}/send", data={"people": "3"})
    approved = colleague.post(f"{blast}/approve", data={"people": "3"}, follow_redirects=True)
    assert "Approved, and written into the audit log." in approved.text
    assert newest(session).state is BlastState.SCHEDULED


def test_two_subjects_are_asked_for_with_the_rule_that_decides(
    client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    blast = begin(client, campaign, other_subject="Or rather soon", share="50", wait="2")

    assert "50 per cent of them try both. 2 hours after" in client.get(f"{blast}/check").text
    client.post(f"{blast}/send")

    page = client.get(blast).text
    assert "Or rather soon" in page
    assert "The wait begins when the last of these has left." in page
    faulty = client.post(f"/desk/campaigns/{campaign.slug}/write", data=FORM | {"other_subject": "Soon"})
    assert "Both subjects are the same." in faulty.text


def test_a_draft_is_thrown_away_and_a_sent_mail_copied(
    client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    thrown = begin(client, campaign)
    client.post(f"{thrown}/throw-away")
    assert client.get(thrown).status_code == 404

    blast = begin(client, campaign)
    client.post(f"{blast}/send")
    copied = client.post(f"{blast}/copy", data={"without": "yes"}, follow_redirects=True).text
    assert "This is a copy." in copied
    made = newest(session)
    assert made.audience["missed"] == [int(blast.rpartition("/")[2])]
    assert session.get_one(Manuscript, made.id).subject == "Soon"


def test_where_there_are_a_million_people_a_draft_is_counted_in_the_background(
    client: FlaskClient, session: Session, campaign: Campaign, clock: SimulatedClock
) -> None:
    many = {"state": "active", "zone": "UTC", "country": "", "language": "en", "alerts": False, "reachable": True}
    session.add(Crowd(**many, people=1_000_000))
    session.commit()

    blast = begin(client, campaign)
    before = client.get(f"{blast}/check").text
    assert "data-counting" in client.get(f"{blast}/write").text
    assert "data-counting" in before
    assert f"{blast}/send" not in before
    assert not re.search("It wakes nobody|It comes at night", before)

    headcounts.count_asked(session, clock=clock)

    after = client.get(f"{blast}/check").text
    assert "3 people" in client.get(f"{blast}/write").text
    assert "<strong>3 people</strong>, counted" in after
    assert f"{blast}/send" in after
    assert re.search("It wakes nobody|It comes at night", after)
    assert "data-counting" not in after


def test_who_is_left_out_of_a_mail_to_a_million_is_counted_at_a_press(
    client: FlaskClient, session: Session, campaign: Campaign, clock: SimulatedClock
) -> None:
    blast = begin(client, campaign)
    many = {"state": "active", "zone": "UTC", "country": "", "language": "en", "alerts": False, "reachable": True}
    session.add(Crowd(**many, people=1_000_000))
    session.add(
        Suppression(
            suppression_key=session.scalars(select(Supporter.suppression_key)).first(),
            reason="unsubscribed",
            at=clock.now(),
        )
    )
    session.commit()
    page = client.get(f"{blast}/left-out").text
    assert "data-counting" in page
    assert headcounts.count_asked(session, clock=clock) == 0

    said = {"what": "mail", "blast": blast.rpartition("/")[2]}
    answer = client.post(f"/desk/campaigns/{campaign.slug}/count", data=said)

    assert answer.location == f"{blast}/left-out"
    assert headcounts.count_asked(session, clock=clock) == 1
    assert '<td class="number">1</td>' in client.get(f"{blast}/left-out").text
    assert client.post(f"/desk/campaigns/{campaign.slug}/count", data={"what": "rain"}).status_code == 404
