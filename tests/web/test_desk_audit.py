"""The audit log: who looked at whom, found again by who and when."""

import html
import re
import time
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.signals import wan_registered
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.installation import AuditEntry
from advocacy.models.organiser import Organiser, Passkey
from advocacy.operations import audit
from tests.conftest import NOON
from tests.web.desks import add_organiser, set_scene, sign_in

LOG = "/desk/settings/audit"


@pytest.fixture
def owner(session: Session) -> Organiser:
    return add_organiser(session, OrganiserRole.OWNER)


@pytest.fixture
def client(app: Flask, owner: Organiser) -> FlaskClient:
    return sign_in(app, owner)


def lines(session: Session, what: str) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.object).where(AuditEntry.what == what).order_by(AuditEntry.id)))


def test_opening_a_person_and_taking_their_data_are_written_down_once_an_hour(
    client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    supporter = set_scene(session).supporter
    page, whom = f"/desk/supporters/{supporter.uid}", f"supporter:{supporter.id}"

    for path in (page, page, f"{page}/data.json", f"{page}/data.json"):
        assert client.get(path).status_code == 200

    assert lines(session, "supporter.opened") == [whom]
    assert lines(session, "supporter.data_taken") == [whom]
    clock.set(NOON + timedelta(minutes=61))
    client.get(page)
    assert lines(session, "supporter.opened") == [whom, whom]
    assert audit.verify(session).broken_at is None


def test_two_people_who_look_at_the_same_person_are_two_lines(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    supporter = set_scene(session).supporter
    colleague = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))

    client.get(f"/desk/supporters/{supporter.uid}")
    colleague.get(f"/desk/supporters/{supporter.uid}")

    assert len(lines(session, "supporter.opened")) == 2


def test_each_list_that_is_downloaded_is_written_down(client: FlaskClient, session: Session) -> None:
    export = set_scene(session).export

    assert client.get(f"/desk/supporters/exports/{export.uid}/supporters.csv").status_code == 200

    assert lines(session, "supporters.downloaded") == [f"export:{export.id}"]


def test_the_log_is_filtered_by_who_and_when_and_its_pages_keep_the_filter(
    client: FlaskClient, session: Session, owner: Organiser
) -> None:
    for number in range(60):
        who = ("engine", "cli")[number % 2]
        at = NOON + timedelta(days=number % 3)
        audit.record(session, actor=who, what=f"did.{number:02}", object_="campaign:1", now=at)
    session.commit()
    day = f"{NOON + timedelta(days=1):%Y-%m-%d}"

    by_who = client.get(f"{LOG}?who=cli").text
    assert "did.01" in by_who
    assert "<strong>did.02" not in by_who
    by_day = client.get(f"{LOG}?from={day}&until={day}").text
    assert "<strong>did.01" in by_day
    assert "<strong>did.00" not in by_day
    everything = client.get(f"{LOG}?object=campaign:1").text
    assert everything.count("<strong>did.") == 50
    assert "object=campaign:1" in everything.split("before=")[1].split(">")[0] + everything.split("before=")[0][-200:]
    assert client.get(f"{LOG}?from=never&who=nobody").status_code == 200


@pytest.mark.filterwarnings("ignore:Passing SelectField")
def test_a_new_passkey_and_one_removed_are_written_down(
    app: Flask, client: FlaskClient, session: Session, owner: Organiser
) -> None:
    with app.test_request_context(method="POST"):
        wan_registered.send(app, user=owner, name="the blue key")
    session.commit()
    session.add(
        Passkey(
            name="the blue key", user_id=owner.id, credential_id=b"1", public_key=b"2", usage="first",
            device_type="single_device", backup_state=False, sign_count=0, lastuse_datetime=NOON, transports=[],
        )
    )  # fmt: skip
    session.commit()
    with client.session_transaction() as kept:
        kept["fs_paa"] = time.time()  # The library reads the machine's own clock.
    client.post("/desk/settings/passkeys/remove", data={"name": "the blue key"})

    assert lines(session, "organiser.passkey_added") == [f"organiser:{owner.id}"]
    assert lines(session, "organiser.passkey_removed") == [f"organiser:{owner.id}"]


@pytest.mark.filterwarnings("ignore:Passing SelectField")
@pytest.mark.parametrize(("minutes", "asked"), [(9, False), (11, True)])
def test_a_passkey_is_added_only_ten_minutes_after_the_password_was_given(
    client: FlaskClient, minutes: int, *, asked: bool
) -> None:
    with client.session_transaction() as kept:
        kept["fs_paa"] = time.time() - 60 * minutes

    answer = client.get("/desk/settings/passkeys")

    assert (answer.status_code == 302) is asked
    assert ("/desk/sign-in/again" in answer.headers.get("Location", "")) is asked


def test_what_an_entry_says_besides_is_told_in_words_of_the_reader(
    client: FlaskClient, session: Session, owner: Organiser
) -> None:
    scene, me = set_scene(session), f"organiser:{owner.id}"
    for act in ("pause", "resume"):
        client.post(f"/desk/blasts/{scene.blast.id}/{act}")
    client.post(f"/desk/campaigns/{scene.live.slug}/pause")

    english = client.get(LOG).text
    owner.language = "fr"
    session.commit()
    with client.session_transaction() as kept:
        kept["desk_language"] = "fr"
    french = html.unescape(client.get(LOG).text)

    assert "before: live; then: paused" in english
    assert f"why: paused by {owner.email}" in english
    assert "avant: en cours; ensuite: en pause" in french
    assert f"mis en pause par {owner.email}" in french
    assert me not in re.sub(r"<[^>]*>", "", english + french)
