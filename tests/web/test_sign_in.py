"""Signing in to the desk: the page, the single-use link, the second step, and how all sessions end."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.organiser import DeskSession, Organiser, Passkey, by_email
from advocacy.operations import organisers
from tests.conftest import NOON
from tests.web.desks import add_organiser, browser, sign_in

# Flask-Security still builds one form the older way.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")

PASSPHRASE = "four lanterns on the quay"


@pytest.fixture
def person(session: Session) -> Organiser:
    ana = add_organiser(session, OrganiserRole.OWNER, "ana@example.org")
    organisers.set_password(session, ana, PASSPHRASE, now=NOON)
    return ana


def _press(client: FlaskClient, password: str, email: str = "ana@example.org"):  # type: ignore[no-untyped-def]
    return client.post("/desk/sign-in", data={"email": email, "password": password})


def test_the_right_password_opens_the_desk(app: Flask, person: Organiser) -> None:
    client = browser(app)

    assert _press(client, PASSPHRASE).headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    assert person.email in client.get("/desk/").text


def test_a_wrong_password_and_an_unknown_address_say_the_same(app: Flask, person: Organiser) -> None:
    def without_what_was_typed(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    wrong = _press(browser(app), "not the password at all")
    unknown = _press(browser(app), "not the password at all", "nobody@example.org")

    assert wrong.status_code == unknown.status_code == 200
    assert without_what_was_typed(wrong.text) == without_what_was_typed(unknown.text)


def test_after_ten_wrong_tries_even_the_right_password_waits(app: Flask, person: Organiser) -> None:
    for _ in range(10):
        _press(browser(app), "not the password at all")

    answer = _press(browser(app), PASSPHRASE)

    assert answer.status_code == 200
    assert "Too many wrong tries" in answer.text


def test_signing_out_ends_every_session_and_a_get_does_not_sign_out(app: Flask, person: Organiser) -> None:
    here, elsewhere = browser(app), browser(app)
    _press(here, PASSPHRASE)
    _press(elsewhere, PASSPHRASE)

    assert here.get("/desk/sign-out").status_code == 405
    answer = here.post("/desk/sign-out")

    assert "Clear-Site-Data" in answer.headers
    assert here.get("/desk/").status_code == 302
    assert elsewhere.get("/desk/").status_code == 302


def test_a_new_password_ends_the_other_sessions(app: Flask, person: Organiser) -> None:
    here, elsewhere = browser(app), browser(app)
    _press(here, PASSPHRASE)
    _press(elsewhere, PASSPHRASE)

    answer = here.post(
        "/desk/settings/me/password", data={"old": PASSPHRASE, "password": "seven boats under the bridge"}
    )

    assert answer.status_code == 302
    assert here.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302


def test_a_changed_role_ends_the_sessions(app: Flask, session: Session, person: Organiser) -> None:
    add_organiser(session, OrganiserRole.OWNER, "bo@example.org")
    client = browser(app)
    _press(client, PASSPHRASE)

    organisers.give_role(session, person, OrganiserRole.VIEWER, now=NOON, actor="cli")

    assert client.get("/desk/").status_code == 302


def test_one_session_is_seen_and_ended_from_another(app: Flask, person: Organiser) -> None:
    here, elsewhere = browser(app), browser(app)
    _press(here, PASSPHRASE)
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    elsewhere.post("/desk/sign-in", data={"email": person.email, "password": PASSPHRASE}, headers=firefox)

    page = here.get("/desk/settings/me").text
    assert "Firefox on Linux" in page
    ends = re.findall(r"/desk/settings/me/sessions/\d+/end", page)
    here.post(ends[0])

    assert len(ends) == 1
    assert here.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302


def test_somebody_elses_session_is_none_that_i_can_end(app: Flask, session: Session, person: Organiser) -> None:
    add_organiser(session, OrganiserRole.VIEWER, "bo@example.org")
    bo, ana = sign_in(app, by_email(session, "bo@example.org") or person), browser(app)
    _press(ana, PASSPHRASE)
    theirs = session.scalars(select(DeskSession.id).where(DeskSession.organiser_id == person.id)).one()

    assert bo.post(f"/desk/settings/me/sessions/{theirs}/end").status_code == 404
    assert ana.get("/desk/").status_code == 200


def test_a_session_is_over_after_twelve_hours_on_every_page(
    app: Flask, person: Organiser, clock: SimulatedClock
) -> None:
    client = browser(app)
    _press(client, PASSPHRASE)

    clock.set(clock.now() + timedelta(hours=12, minutes=1))

    assert client.get("/desk/").status_code == 302
    assert client.get("/").status_code == 200


def test_nobody_can_register(app: Flask) -> None:
    assert browser(app).get("/desk/register").status_code == 404


def test_a_link_changes_nothing_until_it_is_pressed_and_works_once(app: Flask, session: Session) -> None:
    link = organisers.one_time_link(session, "demo@example.org", now=NOON, base_url="")
    client = browser(app)

    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200
    assert client.post(link).headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    assert browser(app).post(link).status_code == 404
    assert browser(app).get("/desk/enter/" + "x" * 43).status_code == 404


def test_an_invitation_sets_the_password_and_signs_in(app: Flask, session: Session) -> None:
    _person, link = organisers.add(session, "cleo@example.org", OrganiserRole.VIEWER, now=NOON, base_url="")
    client = browser(app)

    assert client.post(link, data={"password": "short"}).status_code == 422
    assert client.post(link, data={"password": PASSPHRASE}).status_code == 302
    assert client.get("/desk/").status_code == 200


def test_a_reset_ends_at_the_sign_in_page_and_no_passkey_outlives_it(
    app: Flask, session: Session, person: Organiser
) -> None:
    _person, link = organisers.reset(session, person.email, now=NOON, base_url="")
    client = browser(app)
    key = Passkey(credential_id=b"1", public_key=b"1", name="of a thief", usage="first", backup_state=False)
    key.device_type, key.lastuse_datetime, key.user_id = "single_device", NOON.replace(tzinfo=None), person.id
    session.add(key)
    session.commit()

    answer = client.post(link, data={"password": "seven boats under the bridge"})

    assert answer.headers["Location"] == "/desk/sign-in"
    assert session.scalars(select(Passkey)).all() == []
    assert client.get("/desk/").status_code == 302


def _set_up_second_step(client: FlaskClient) -> str:
    page = client.post("/desk/settings/two-factor", data={"setup": "authenticator"}).text
    key = re.search(r"<code>([A-Z2-7 -]{16,})</code>", page)
    form = re.search(r'action="(/desk/settings/two-factor/[^"]+)"', page)
    assert key
    assert form
    secret = key.group(1).replace("-", "").replace(" ", "")
    done = client.post(form.group(1), data={"code": TOTP(secret).generate().token})
    assert done.headers["Location"] == "/desk/settings/me"
    return secret


def test_with_a_second_step_neither_password_nor_link_is_enough(
    app: Flask, session: Session, person: Organiser
) -> None:
    here = browser(app)
    _press(here, PASSPHRASE)
    _set_up_second_step(here)

    again = browser(app)
    assert again.get(_press(again, PASSPHRASE).headers["Location"]).status_code == 200
    assert again.get("/desk/campaigns").status_code == 302
    link = organisers.one_time_link(session, person.email, now=NOON, base_url="")
    by_link = browser(app)
    assert by_link.post(link).headers["Location"] == "/desk/sign-in"
    assert by_link.get("/desk/").status_code == 302


def test_a_used_code_is_not_good_again_and_five_wrong_ones_are_enough(
    app: Flask, session: Session, person: Organiser
) -> None:
    here = browser(app)
    _press(here, PASSPHRASE)
    secret = _set_up_second_step(here)
    client = browser(app)
    _press(client, PASSPHRASE)

    used = client.post("/desk/sign-in/code", data={"code": TOTP(secret).generate().token})
    assert used.status_code == 200
    for _ in range(4):
        client.post("/desk/sign-in/code", data={"code": "000000"})
    _press(client, PASSPHRASE)
    answer = client.post("/desk/sign-in/code", data={"code": "000000"})

    assert "Too many wrong tries" in answer.text


def test_a_recovery_code_lets_in_once(app: Flask, person: Organiser) -> None:
    here = browser(app)
    _press(here, PASSPHRASE)
    page = here.post("/desk/settings/recovery-codes", data={"generate_new_codes": "1"}).text
    codes = re.findall(r"<li><code>([^<]+)</code></li>", page)
    _set_up_second_step(here)

    client = browser(app)
    _press(client, PASSPHRASE)
    client.post("/desk/sign-in/recovery", data={"code": codes[0]})
    assert client.get("/desk/").status_code == 200

    second = browser(app)
    _press(second, PASSPHRASE)
    second.post("/desk/sign-in/recovery", data={"code": codes[0]})
    assert second.get("/desk/").status_code == 302
    assert len(codes) == 10


def test_one_network_may_not_try_many_addresses(app: Flask) -> None:
    tries = [_press(browser(app), "not the password at all", f"person{number}@example.org") for number in range(31)]

    assert [answer.status_code for answer in tries] == [200] * 30 + [429]


def test_an_organiser_reads_the_desk_in_french_once_they_say_so(app: Flask, person: Organiser) -> None:
    client = browser(app)
    _press(client, PASSPHRASE)
    assert '<html lang="en' in client.get("/desk/").text

    client.post("/desk/settings/me/language", data={"language": "fr"})
    elsewhere = browser(app)
    _press(elsewhere, PASSPHRASE)

    assert '<html lang="fr"' in client.get("/desk/").text
    assert '<html lang="fr"' in elsewhere.get("/desk/").text
    assert client.post("/desk/settings/me/language", data={"language": "tlh"}).status_code == 422
