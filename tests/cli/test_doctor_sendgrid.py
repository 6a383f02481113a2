"""The doctor asks the account at SendGrid, here the stand-in, by the provider's own package."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pytest_httpserver import HTTPServer

from advocacy.app import create_app
from advocacy.cli import advocacy
from advocacy.config import load
from advocacy.domain import provider_account
from advocacy.gateways import sendgrid_account
from advocacy.models.base import db
from advocacy.sendgrid_double.account import ALL_SCOPES
from advocacy.sendgrid_double.program import Options
from advocacy.sendgrid_double.server import Server
from advocacy.sendgrid_double.switches import Switches
from tests.running_double import running_double

WEBHOOK = "http://advocacy.test/hooks/sendgrid"


@pytest.fixture
def double() -> Iterator[Server]:
    with running_double(Options(webhook=WEBHOOK, senders=("example.org", "one@lantern.example"))) as server:
        yield server


def _examined(double: Server, folder: Path, **settings: Any) -> dict[str, list[dict[str, Any]]]:
    """Run the doctor against the stand-in; return its findings by what they are about."""
    given = {
        "mail_transport": "sendgrid",
        "mail_from": "actions@example.org",
        "organisation_name": "Lantern",
        "organisation_address": "1 Harbour Street, Halifax, Canada",
        "public_url": "http://advocacy.test",
        "sendgrid_api_key": "SG.double",
        "sendgrid_api_url": double.url,
        "sendgrid_webhook_key": double.desk.poster.public_key,
    } | settings
    app = create_app(load(folder / "no.env", advocacy_env="test", instance_path=folder / "instance", **given))
    answer = CliRunner().invoke(advocacy, ["doctor", "--json"], obj=lambda: app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(answer.stdout):
        found.setdefault(one["about"], []).append(one)
    return found


def test_an_account_set_up_as_wanted_is_found_good(double: Server, tmp_path: Path) -> None:
    found = _examined(double, tmp_path)

    for about in (
        "SENDGRID_API_KEY",
        "SendGrid plan",
        "SendGrid reputation",
        "MAIL_FROM",
        "SendGrid reports",
        "SENDGRID_WEBHOOK_KEY",
    ):
        assert [one["grade"] for one in found[about]] == ["good"], found[about]


def test_everything_that_is_wrong_is_told_at_once_with_its_mend(double: Server, tmp_path: Path) -> None:
    account = double.desk.account
    account.kind, account.reputation = "free", 50.0
    account.broken_records["example.org"] = {"dkim2"}
    account.switches.valid_despite_records = True
    account.keys["SG.double"].discard("messages.read")
    double.desk.poster.chosen.discard("spamreport")

    found = _examined(double, tmp_path, sendgrid_webhook_key=_another_key())

    told = {about: [one["told"] + one["remedy"] for one in each] for about, each in found.items()}
    assert "messages.read" in told["SENDGRID_API_KEY"][1]
    assert "100 mails a day" in told["SendGrid plan"][0]
    assert "50 of 100" in told["SendGrid reputation"][0]
    assert "s2._domainkey.example.org CNAME" in told["MAIL_FROM"][0]
    assert "spam_report" in told["SendGrid reports"][0]
    assert double.desk.poster.public_key in told["SENDGRID_WEBHOOK_KEY"][0]


def test_unsigned_posts_and_single_senders_are_told(double: Server, tmp_path: Path) -> None:
    double.desk.poster.signed = False
    double.desk.account.pending.add("two@lantern.example")

    found = _examined(double, tmp_path, mail_from="one@lantern.example")
    pending = _examined(double, tmp_path, mail_from="two@lantern.example")

    assert "verified single sender" in found["MAIL_FROM"][0]["told"]
    assert "nobody confirmed" in pending["MAIL_FROM"][0]["told"]
    assert "not signed" in found["SENDGRID_WEBHOOK_KEY"][0]["told"]


def test_a_key_that_may_only_send_is_told_what_cannot_be_told(tmp_path: Path) -> None:
    options = Options(webhook=WEBHOOK, scopes=("mail.send",), switches=Switches(senders_readable=False))
    with running_double(options) as double:
        found = _examined(double, tmp_path)

    lacking = [one["told"].split()[2].rstrip(":") for one in found["SENDGRID_API_KEY"] if one["grade"] == "warning"]
    assert set(lacking) == {
        "messages.read",
        "whitelabel.read",
        "user.account.read",
        "user.webhooks.event.settings.read",
    }
    assert found["MAIL_FROM"][0]["grade"] == "unknown"
    assert "SendGrid reports" not in found


def test_every_scope_that_the_doctor_speaks_of_is_one_the_stand_in_asks_for() -> None:
    named = {getattr(provider_account, name) for name in ("MAIL_SEND", "LOGS", "ACCOUNT", "DOMAINS", "HOOKS")}

    assert named <= ALL_SCOPES


def test_a_key_that_is_not_taken_is_told_without_the_key(double: Server, tmp_path: Path) -> None:
    found = _examined(double, tmp_path, sendgrid_api_key="SG.canary")

    assert found["SENDGRID_API_KEY"][0]["told"] == "SendGrid does not take this key."
    assert "canary" not in json.dumps(found)


def test_an_account_that_says_nothing_is_waited_for_no_longer_than_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(sendgrid_account.AccountError, match="does not answer"):
            sendgrid_account.ask("SG.x", url=f"http://127.0.0.1:{silent.getsockname()[1]}", seconds=0.5)

    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v3/scopes", ["mail.send"]),
        ("/v3/whitelabel/domains", [{"id": 1}]),
        ("/v3/verified_senders", {"results": [{"id": 1}]}),
        ("/v3/user/webhooks/event/settings/all", {"webhooks": ["x"]}),
        ("/v3/user/account", {"type": "paid", "reputation": "good"}),
    ],
)
def test_an_answer_of_another_form_is_told_in_a_sentence(httpserver: HTTPServer, path: str, answer: object) -> None:
    sound: dict[str, object] = {
        "/v3/scopes": {"scopes": sorted(ALL_SCOPES)},
        "/v3/whitelabel/domains": [],
        "/v3/verified_senders": {"results": []},
        "/v3/user/webhooks/event/settings/all": {"webhooks": []},
        "/v3/user/account": {"type": "paid", "reputation": 99},
    }
    for each, given in (sound | {path: answer}).items():
        httpserver.expect_request(each).respond_with_json(given)

    with pytest.raises(sendgrid_account.AccountError, match="a form that is not known"):
        sendgrid_account.ask("SG.canary", url=httpserver.url_for("").rstrip("/"))


def _another_key() -> str:
    with running_double() as other:
        return other.desk.poster.public_key
