"""The public pages and the sign-up form."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.campaign import CampaignState
from advocacy.domain.keys import Purpose
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import keys_of
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Action, Consent, SignUp, Supporter
from advocacy.operations import suppressing
from advocacy.web.public import consent
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter
from tests.web.public.people import good_form, text_of


def rows(session: Session) -> int:
    return session.scalar(select(func.count(SignUp.id))) or 0


def test_a_sign_up_is_kept_and_answered_with_look_into_your_mailbox(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()

    answer = app.test_client().post(f"/a/{campaign.slug}/join", data=good_form(session, name="Robin", country="CA"))

    assert (answer.status_code, answer.location) == (303, "/check-your-mail?lang=en")
    assert rows(session) == 1
    assert session.scalar(select(func.count(SingleMail.id))) == 1


def test_known_unknown_and_suppressed_addresses_get_the_very_same_answer(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    add_supporter(session, "known@example.org")
    stopped = add_supporter(session, "stopped@example.org")
    session.commit()
    suppressing.suppress(session, [stopped.id], suppressing.Reason.UNSUBSCRIBED, now=NOON)

    answers = [
        app.test_client().post(f"/a/{campaign.slug}/join", data=good_form(session, email=email))
        for email in ("known@example.org", "fresh@example.org", "stopped@example.org", "known@example.org")
    ]

    assert len({(answer.status, answer.data, str(sorted(answer.headers))) for answer in answers}) == 1


def test_the_ledger_holds_what_stood_beside_the_box_on_the_page(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()
    client = app.test_client()
    page = text_of(client, f"/a/{campaign.slug}?lang=fr")
    action = page.partition('<form action="')[2].partition('"')[0]

    client.post(action, data=good_form(session, alerts="yes"))

    kept = session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [row.purpose for row in kept] == ["campaign", "alerts"]
    for row in kept:
        assert row.wording.replace("'", "&#39;") in page
        assert (row.version, row.language) == (consent.VERSION, "fr")
        assert row.source == f"http://advocacy.test/a/{campaign.slug}/join"


def test_no_box_is_ticked_beforehand(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()

    page = text_of(app.test_client(), f"/a/{campaign.slug}")

    assert 'type="checkbox"' in page
    assert not [line for line in page.splitlines() if 'type="checkbox"' in line and "checked" in line]


FAULTY = {
    "an empty form": {"email": "", "consent": ""},
    "no dot in the domain": {"email": "a@b"},
    "a header smuggled in": {"email": "a@example.com\r\nBcc: x@y.org"},
    "two addresses": {"email": "a@example.com,b@example.com"},
    "with a name": {"email": "Name <a@example.com>"},
    "a long address": {"email": "a" * 400_000},
    "Cyrillic": {"email": "аdmin@example.com"},
    "no consent": {"consent": ""},
    "consent false": {"consent": "false"},
    "consent twice": {"consent": ["yes", "no"]},
    "the address twice": {"email": ["a@example.com", "b@example.com"]},
    "a name with a newline": {"name": "Ann\r\nBcc: x@y"},
    "a name with a NUL": {"name": "A\0nn"},
    "a name of 300 letters": {"name": "a" * 300},
    "a country of SQL": {"country": "'; DROP TABLE supporter"},
}


@pytest.mark.parametrize("fields", FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_form_comes_back_with_the_field_named_and_nothing_is_kept(
    app: Flask, session: Session, fields: dict[str, object]
) -> None:
    campaign = add_campaign(session)
    session.commit()

    answer = app.test_client().post(
        f"/a/{campaign.slug}/join",
        data=urlencode(good_form(session, **fields), doseq=True),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 422
    assert 'id="errors"' in answer.get_data(as_text=True)
    assert rows(session) == 0


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${7*7}", "javascript:alert(1)"]
)
def test_what_is_typed_comes_back_as_typed_and_never_as_markup(app: Flask, session: Session, name: str) -> None:
    campaign = add_campaign(session)
    session.commit()

    page = (
        app.test_client().post(f"/a/{campaign.slug}/join", data=good_form(session, name=name, email="")).data.decode()
    )

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "49" not in page.partition('name="name"')[2][:100]


def test_a_body_of_megabytes_is_refused(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()

    answer = app.test_client().post(f"/a/{campaign.slug}/join", data=good_form(session, name="a" * 2_000_000))

    assert answer.status_code == 413


PROGRAMS = {
    "the trap is filled": {"website": "https://x.example"},
    "no time": {"shown": ""},
    "a forged time": {"shown": "c2hvd24uMA.AAAA"},
}


@pytest.mark.parametrize("fields", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_program_gets_the_same_answer_and_nothing_is_kept(
    app: Flask, session: Session, fields: dict[str, object]
) -> None:
    campaign = add_campaign(session)
    session.commit()

    answer = app.test_client().post(f"/a/{campaign.slug}/join", data=good_form(session, **fields))

    assert (answer.status_code, answer.location) == (303, "/check-your-mail?lang=en")
    assert rows(session) == 0


@pytest.mark.parametrize("age", [0, 1, 24 * 3600 + 1], ids=["at once", "after a second", "after a day"])
def test_a_form_sent_too_soon_or_too_late_is_taken_for_a_programs(app: Flask, session: Session, age: int) -> None:
    campaign = add_campaign(session)
    session.commit()
    shown = keys_of(session).token(Purpose.FORM, f"shown.{int(NOON.timestamp()) - age}")

    app.test_client().post(f"/a/{campaign.slug}/join", data=good_form(session, shown=shown))

    assert rows(session) == 0


def test_a_slip_is_asked_about_once_and_then_believed(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()
    client = app.test_client()

    asked = client.post(f"/a/{campaign.slug}/join", data=good_form(session, email="a@gmial.com"))
    believed = client.post(f"/a/{campaign.slug}/join", data=good_form(session, email="a@gmial.com", sure="a@gmial.com"))

    assert asked.status_code == 422
    assert "a@gmail.com" in asked.get_data(as_text=True)
    assert believed.status_code == 303
    assert rows(session) == 1


def test_fields_that_are_not_on_the_form_change_nothing(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()
    strange = {"role": "admin", "confirmed": "true", "state": "active", "id": "1"}

    app.test_client().post(f"/a/{campaign.slug}/join", data=good_form(session, **strange))

    assert session.scalars(select(Supporter)).one().confirmed_at is None


@pytest.mark.parametrize("slug", ["nothing", "0", "-1", "9223372036854775808", "weavers%0a", "%27%20OR%201=1"])
def test_a_campaign_that_is_not_there_is_not_found(app: Flask, session: Session, slug: str) -> None:
    assert app.test_client().get(f"/a/{slug}").status_code == 404
    assert app.test_client().post(f"/a/{slug}/join", data=good_form(session)).status_code == 404


def test_a_draft_is_not_there(app: Flask, session: Session) -> None:
    draft = add_campaign(session, state=CampaignState.DRAFT)
    session.commit()

    assert app.test_client().get(f"/a/{draft.slug}").status_code == 404
    assert app.test_client().get("/").status_code == 200
    assert draft.slug not in text_of(app.test_client(), "/")


def test_after_the_deadline_the_page_says_so_and_offers_the_alert_list(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    campaign = add_campaign(session, deadline=date(2026, 3, 1))
    session.commit()
    client = app.test_client()

    page = text_of(client, f"/a/{campaign.slug}")
    client.post(f"/a/{campaign.slug}/join", data=good_form(session))

    assert "This action is over" in page
    assert "Keep me informed" in page
    kept = session.scalars(select(SignUp)).one()
    assert (kept.campaign_id, kept.alerts) == (None, True)
    assert clock.now() == NOON


@pytest.mark.parametrize(("people", "shown"), [(19, None), (20, "20"), (29, "20"), (34, "30")])
def test_counts_are_shown_from_twenty_and_in_tens(app: Flask, session: Session, people: int, shown: str | None) -> None:
    campaign = add_campaign(session)
    for _ in range(people):
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
    session.commit()

    page = text_of(app.test_client(), f"/a/{campaign.slug}")

    assert ("have told us that they wrote" in page) == (shown is not None)
    assert shown is None or f"At least {shown} people" in page


def test_the_deadline_comes_as_a_calendar_file(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()

    answer = app.test_client().get(f"/a/{campaign.slug}.ics")

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "DTSTART;VALUE=DATE:20260330" in answer.get_data(as_text=True)


def test_links_never_come_from_the_host_header(app: Flask, session: Session) -> None:
    campaign = add_campaign(session)
    session.commit()

    answer = app.test_client().get(f"/a/{campaign.slug}.ics", headers={"Host": "evil.example"})

    assert "evil.example" not in answer.get_data(as_text=True)


def test_sign_ups_from_one_network_are_slowed(app: Flask, session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    session.commit()
    client = app.test_client()

    statuses = [
        client.post(f"/a/{campaign.slug}/join", data=good_form(session, email=f"p{number}@example.org")).status_code
        for number in range(31)
    ]

    assert statuses[:30] == [303] * 30
    assert statuses[30] == 429
    assert clock.now() - NOON == timedelta()


def test_search_engines_are_asked_to_stay_away_from_peoples_own_pages(app: Flask) -> None:
    assert "Disallow: /act/" in text_of(app.test_client(), "/robots.txt")
