"""What the stand-in answers, held against the published description of the real service.

`published_answers.json` holds the schemas of successful answers from twilio/sendgrid-oai (commit dbe0e0d, MIT; the licence
lies in advocacy/sendgrid_double/spec), titles, descriptions, examples and formats left out, references put in place. One
correction: `tls` may be 0, as in a real event.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.sendgrid_double.desk import Double
from tests.sendgrid_double.test_rules import GOOD, _with

PUBLISHED = json.loads(Path(__file__).with_name("published_answers.json").read_text(encoding="utf-8"))
HOOKS = "/v3/user/webhooks/event/settings"
GROUP = {"name": "Alerts", "description": "Urgent actions"}


@pytest.fixture
def double(tmp_path: Path) -> Double:
    """A stand-in with something to tell at every address."""
    double = Double(tmp_path, senders=("example.org", "one@example.org"))
    account = double.desk.account
    account.groups[101] = "Alerts"
    account.pending.add("two@example.org")
    account.broken_records["example.org"] = {"dkim1"}
    for fate in ("hard-bounce", "block", "defer-then-deliver", "spam", "unsub", "group-unsub", "click", "drop"):
        double.send(_with("personalizations.0.to.0.email", f"a@{fate}.example.org"))
    for kept in account.lists.values():
        kept["gone@example.org"] = 1.0
    double.later(80 * 3600)
    return double


def _given(double: Double, call: str) -> tuple[str, object]:
    """Return the path and body with which an address is asked."""
    path = call.split()[1]
    number = double.ask("GET", f"{HOOKS}/all")[1]["webhooks"][0]["id"]
    batch = double.desk.account.new_batch(double.now)
    double.desk.account.held["held"] = ("pause", double.now)
    places = {"{group_id}": "101", "{batch_id}": batch if "mail" in path else "held"}
    places |= {"{id}": "1" if "whitelabel" in path else number, "{sg_message_id}": double.desk.mails[-1].number}
    for place, value in places.items():
        path = path.replace(place, value)
    bodies: dict[str, Any] = {
        f"POST {GROUP}": GROUP,
        "POST /v3/asm/groups": GROUP,
        "POST /v3/asm/groups/101/suppressions": {"recipient_emails": ["a@example.org"]},
        "POST /v3/user/scheduled_sends": {"batch_id": batch, "status": "pause"},
        f"PATCH {HOOKS}/{number}": {"url": "http://127.0.0.1:9/", "open": False},
        f"PATCH {HOOKS}/signed/{number}": {"enabled": True},
        "POST /v3/logs": {"limit": 1000},
    }
    return path, bodies.get(f"{call.split()[0]} {path}")


@pytest.mark.parametrize("call", PUBLISHED)
def test_every_answer_has_the_published_form(call: str, double: Double) -> None:
    method, _, status = call.split()
    path, given = _given(double, call)

    answered, found = double.ask(method, path, given)

    assert answered == int(status), found
    jsonschema.validate(found, PUBLISHED[call])
    assert found, "an empty answer proves nothing"


def test_every_mail_in_the_logs_has_the_published_form(double: Double) -> None:
    messages = double.ask("POST", "/v3/logs", {"limit": 1000})[1]["messages"]

    assert {one["status"] for one in messages} == {"bounced", "blocked", "delivered", "dropped"}
    for one in messages:
        whole = double.ask("GET", f"/v3/logs/{one['sg_message_id']}")[1]
        jsonschema.validate(whole, PUBLISHED["GET /v3/logs/{sg_message_id} 200"])


def test_what_is_still_to_come_is_told_by_nobody(double: Double) -> None:
    double.send(_with("personalizations.0.to.0.email", "late@slow.example.org"))

    (mail,) = double.ask("POST", "/v3/logs", {"query": 'to_email = "late@slow.example.org"'})[1]["messages"]

    assert mail["status"] == "processed"
    double.later(21 * 3600)
    assert double.ask("POST", "/v3/logs", {"limit": 1})[1]["messages"][0]["status"] == "delivered"


def test_signing_that_was_switched_off_and_on_has_another_key(double: Double) -> None:
    number = double.ask("GET", f"{HOOKS}/all")[1]["webhooks"][0]["id"]
    at = f"{HOOKS}/signed/{number}"
    before = double.ask("GET", at)[1]["public_key"]

    assert double.ask("PATCH", at, {"enabled": False})[1]["public_key"] == ""
    assert "public_key" not in double.ask("GET", f"{HOOKS}/all")[1]["webhooks"][0]
    assert double.ask("PATCH", at, {"enabled": True})[1]["public_key"] not in ("", before)


def test_addresses_are_taken_off_a_list_one_by_one_several_or_all(double: Double) -> None:
    kept = double.desk.account.lists["blocks"]
    kept |= {f"p{number}@example.org": 1.0 for number in range(5)}

    assert double.ask("DELETE", "/v3/suppression/blocks/P0@example.org")[0] == 204
    assert double.ask("DELETE", "/v3/suppression/blocks/p0@example.org")[0] == 404
    assert double.ask("DELETE", "/v3/suppression/blocks", {"emails": ["p1@example.org"]})[0] == 204
    assert {"p0@example.org", "p1@example.org"}.isdisjoint(kept)
    found = double.ask("GET", "/v3/suppression/blocks", limit="2", offset="1", end_time="1")[1]
    assert len(found) == 2
    assert double.ask("DELETE", "/v3/suppression/blocks", {"delete_all": True})[0] == 204
    assert kept == {}


def test_a_body_that_is_no_object_is_refused_everywhere(double: Double) -> None:
    assert double.ask("POST", "/v3/logs", [1])[0] == 400
    assert double.send(GOOD).status == 202
