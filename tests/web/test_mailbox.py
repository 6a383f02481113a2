"""The local mailbox's pages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.domain.handover import Person, Request
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.gateways.mailbox import Mailbox
from advocacy.models.base import db
from tests.fakes import FakeProvider
from tests.web.desks import add_organiser, sign_in


@pytest.fixture
def box(tmp_path: Path, clock: SimulatedClock) -> Mailbox:
    return Mailbox(tmp_path / "mailbox", clock)


@pytest.fixture
def client(settings: Settings, clock: SimulatedClock, box: Mailbox) -> Iterator[FlaskClient]:
    app = create_app(settings, Gateways(clock=clock, provider=box, mailbox=box))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()


def put(box: Mailbox, html: str = "<p>Write by <b>Monday</b>.</p>", text: str = "Write by Monday.") -> str:
    """Hand one mail to the mailbox; return its key."""
    request = Request(
        public_id="0123456789abcdef",
        subject="Write by Monday",
        html=html,
        text=text,
        sender="actions@lantern.test",
        sender_name="Lantern",
        people=(Person(ref="fedcba9876543210", address="robin@example.org", values={}, unsubscribe_url=""),),
    )
    assert box.prepare() is None
    box.hand_over(request, not_after=float("inf"))
    return "0123456789abcdef.fedcba9876543210"


def test_a_mail_handed_over_is_listed_and_can_be_read(client: FlaskClient, box: Mailbox) -> None:
    key = put(box, text="Act: http://advocacy.test/act/abc")

    assert f"/mailbox/{key}" in client.get("/mailbox").text
    page = client.get(f"/mailbox/{key}").text

    assert "robin@example.org" in page
    assert '<a href="http://advocacy.test/act/abc"' in page
    assert "List-Unsubscribe" not in page


def test_a_mail_s_html_is_shown_without_script_and_its_links_open_a_page_of_their_own(
    client: FlaskClient, box: Mailbox
) -> None:
    key = put(box, html="<script>alert(1)</script><a href='http://advocacy.test/a/x'>Act</a>")

    answer = client.get(f"/mailbox/{key}/html")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "allow-scripts" not in policy
    assert '<base target="_blank">' in answer.text


def test_the_source_is_plain_text(client: FlaskClient, box: Mailbox) -> None:
    answer = client.get(f"/mailbox/{put(box)}/source")

    assert answer.mimetype == "text/plain"
    assert "Subject: Write by Monday" in answer.text


def test_mails_are_found_by_address(client: FlaskClient, box: Mailbox) -> None:
    put(box)

    assert "Write by Monday" in client.get("/mailbox?find=robin@").text
    assert "No mail matches" in client.get("/mailbox?find=nobody@").text


def test_emptying_asks_first_and_then_deletes(client: FlaskClient, box: Mailbox) -> None:
    put(box)

    assert "1 mail will be deleted" in client.get("/mailbox/empty").text
    assert len(box.letters()) == 1
    client.post("/mailbox/empty")

    assert box.letters() == []


@pytest.mark.parametrize("key", ["../../secret_key", "nothing-here", "0123456789abcdef.0000000000000000"])
def test_only_mails_are_served(client: FlaskClient, box: Mailbox, key: str) -> None:
    put(box)

    assert client.get(f"/mailbox/{key}").status_code == 404


def test_with_a_real_provider_there_is_no_mailbox(app: Flask) -> None:
    assert isinstance(app.extensions["advocacy.gateways"].provider, FakeProvider)
    assert app.test_client().get("/mailbox").status_code == 404


def test_at_a_public_address_strangers_do_not_read_the_mailbox(
    settings: Settings, clock: SimulatedClock, box: Mailbox
) -> None:
    public = settings.model_copy(update={"public_url": "https://act.lantern.example"})
    app = create_app(public, replace(Gateways(clock=clock, provider=box), mailbox=box))

    assert app.test_client().get("/mailbox").status_code == 404


@pytest.mark.parametrize(("role", "status"), [(OrganiserRole.OWNER, 200), (OrganiserRole.VIEWER, 404)])
def test_at_a_public_address_only_owners_read_the_mailbox(
    settings: Settings, clock: SimulatedClock, box: Mailbox, role: OrganiserRole, status: int
) -> None:
    public = settings.model_copy(update={"public_url": "http://act.lantern.example"})
    app = create_app(public, replace(Gateways(clock=clock, provider=box), mailbox=box))
    with app.app_context():
        client = sign_in(app, add_organiser(db.session(), role))

        assert client.get("/mailbox").status_code == status
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "headers",
    [{"Host": "rebound.example"}, {"X-Forwarded-For": "203.0.113.7"}, {"X-Real-IP": "203.0.113.7"}],
    ids=["a stranger's name that leads here", "a proxy", "another proxy"],
)
def test_on_ones_own_machine_only_its_own_name_opens_the_mailbox(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/mailbox").status_code == 200
    assert client.get("/mailbox", headers=headers).status_code == 404
