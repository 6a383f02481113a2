"""Proofs of what follows a 202: drops, tracking, events; and of what the account tells."""

import base64
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any

from advocacy.sendgrid_double.switches import Switches
from tests.sendgrid_double.desk import Double
from tests.sendgrid_double.register import Make, proves
from tests.sendgrid_double.test_rules import GOOD, PERSON, _many, _with

TO = {"email": "ann@example.org"}


def _dropped(double: Double, body: dict[str, Any]) -> list[tuple[str, str, str]]:
    assert double.send(body).status == 202
    return [(one["event"], one.get("reason", ""), one["email"]) for one in double.events()]


@proves("name_cut")
def _(make: Make) -> None:
    double = make()
    assert _dropped(double, _with(f"{PERSON}.to.0.name", "Doe; Jane")) == [("dropped", "Invalid", "Doe")]
    double.later(60)
    assert "doe" in [one["email"] for one in double.ask("GET", "/v3/suppression/invalid_emails")[1]]


@proves("name_marks")
def _(make: Make) -> None:
    named = _with(f"{PERSON}.to.0.name", "Jane (MP)")
    assert _dropped(make(), named)[-1][0] == "delivered"
    strict = make(switches=Switches(strict_names=True))
    assert _dropped(strict, named) == [("dropped", "Invalid", "ann@example.org")]


@proves("template")
def _(make: Make) -> None:
    assert _dropped(make(), GOOD | {"template_id": "d-unknown"}) == [("dropped", "Invalid SMTPAPI header", "")]


@proves("local_part")
def _(make: Make) -> None:
    found = _dropped(make(), _with(f"{PERSON}.to.0.email", "usér@example.org"))
    assert found == [("dropped", "Invalid", "usér@example.org")]


@proves("suppressed")
def _(make: Make) -> None:
    reasons = {
        "bounces": "Bounced Address",
        "unsubscribes": "Unsubscribed Address",
        "spam_reports": "Spam Reporting Address",
    }
    for name, reason in reasons.items():
        double = make(credits=5)
        double.desk.account.lists[name]["ann@example.org"] = 1.0
        assert _dropped(double, GOOD) == [("dropped", reason, "ann@example.org")]
        assert double.desk.account.credits == 4
    blocked = make()
    blocked.desk.account.lists["blocks"]["ann@example.org"] = 1.0
    assert _dropped(blocked, GOOD)[-1][0] == "delivered"


@proves("over_quota")
def _(make: Make) -> None:
    double = make(credits=2)
    found = _dropped(double, _with("personalizations", _many(3)))
    assert found[-1] == ("dropped", "Recipient List over Package Quota", "p2@example.org")
    assert len([one for one in found if one[0] == "dropped"]) == 1


@proves("substitution_tags")
def _(make: Make) -> None:
    double = make()
    body = GOOD | {"subject": "-a- <%b%> -c c-", "reply_to": {"email": "r-a-@example.org"}}
    body["personalizations"] = [{"to": [TO], "substitutions": {"-a-": "1", "<%b%>": "2", "-c c-": "3"}}]
    double.send(body)
    assert (double.desk.mails[0].subject, double.desk.mails[0].reply_to) == ("1 <%b%> -c c-", "r1@example.org")


OFF = {f"{name}_tracking": {"enable": False} for name in ("click", "open", "subscription")}
LINKED = GOOD | {"content": [{"type": "text/html", "value": '<a href="https://example.org/act">Act</a>'}]}


@proves("tracking_default")
def _(make: Make) -> None:
    double = make()
    double.send(LINKED)
    double.send(LINKED | {"tracking_settings": OFF})
    tracked, plain = double.desk.mails
    assert all(mark in tracked.html for mark in ("/ls/click?upn=", "/wf/open", "Unsubscribe"))
    assert "List-Unsubscribe" in tracked.headers
    assert (plain.html, plain.headers) == (LINKED["content"][0]["value"], {})


@proves("own_unsubscribe")
def _(make: Make) -> None:
    ours = {"List-Unsubscribe": "<https://lantern.example/u>"}
    for kept in (True, False):
        double = make(switches=Switches(own_unsubscribe_kept=kept))
        double.send(GOOD | {"headers": ours})
        assert (double.desk.mails[0].headers["List-Unsubscribe"] == ours["List-Unsubscribe"]) is kept


@proves("accepted")
def _(make: Make) -> None:
    answer = make().send(GOOD)
    assert (answer.status, answer.body) == (202, b"")
    assert re.fullmatch(r"[\w-]{22}", answer.headers["X-Message-Id"])


@proves("sandbox")
def _(make: Make) -> None:
    double = make(credits=0)
    assert double.send(GOOD | {"mail_settings": {"sandbox_mode": {"enable": True}}}).status == 200
    assert (len(double.desk.mails), double.desk.ledger.requests, double.events()) == (0, 0, [])


@proves("all_complaints")
def _(make: Make) -> None:
    body = _with("headers", {"Subject": "x"}) | {"batch_id": "unknown", "categories": ["é"]}
    fields = {one["field"] for one in json.loads(make().send(body).body)["errors"]}
    assert fields == {"headers.Subject", "batch_id", "categories.0"}


@proves("rate_headers")
def _(make: Make) -> None:
    assert "X-RateLimit-Limit" not in make().send(GOOD).headers
    assert "X-RateLimit-Limit" in make(switches=Switches(rate_headers=True)).send(GOOD).headers


@proves("unknown_path")
def _(make: Make) -> None:
    assert make().ask("GET", "/v3/marketing/contacts")[0] == 404


@proves("signed")
def _(make: Make) -> None:
    poster = make().desk.poster
    body = poster.body_of([{"event": "open"}])
    signature, timestamp = poster.sign(body)
    assert body.endswith(b"\r\n")
    assert len(base64.b64decode(poster.public_key)) == 91
    assert (timestamp.isdigit(), len(base64.b64decode(signature)) > 60) == (True, True)


@proves("merged_args")
def _(make: Make) -> None:
    double = make()
    double.send(_with("custom_args", {"adv_mid": "d1", "email": "not@example.net", "event": "nonsense"}))
    assert {(one["adv_mid"], one["email"], one["event"] == "nonsense") for one in double.events()} == {
        ("d1", "ann@example.org", False)
    }


@proves("delayed_bounce")
def _(make: Make) -> None:
    double = make()
    double.send(_with(f"{PERSON}.to.0.email", "a@delayed-bounce.example.org"))
    bounce = next(one for one in double.events() if one["event"] == "bounce")
    assert bounce["sg_message_id"] == ""
    assert not {"adv_mid", "smtp-id"} & set(bounce)


@proves("tracked_only")
def _(make: Make) -> None:
    double = make()
    clicker = _with("personalizations", [{"to": [{"email": "a@click.example.org"}]}])
    double.send(clicker | {"tracking_settings": OFF})
    double.send(clicker | {"content": GOOD["content"][:1]})
    assert {one["event"] for one in double.events()} == {"processed", "delivered"}
    double.send(clicker)
    assert {"open", "click"} <= {one["event"] for one in double.events()}


@proves("told_again")
def _(make: Make) -> None:
    double = make()
    double.send(GOOD)
    for _ in range(3):
        double.desk.poster.flush()
    assert (double.desk.poster.refused, double.desk.poster.waiting, double.desk.poster.posted) == (6, 2, 0)
    double.later(25 * 3600)
    double.desk.poster.turn()
    assert (double.desk.poster.given_up, double.desk.poster.waiting) == (2, 0)


@proves("hook_patience")
def _(make: Make) -> None:
    class Slow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sleep(0.5)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        for seconds, told in ((0.1, 0), (10.0, 2)):
            url = f"http://127.0.0.1:{server.server_address[1]}/"
            double = make(webhook=url, switches=Switches(webhook_timeout=seconds))
            double.send(GOOD)
            double.desk.poster.flush()
            assert double.desk.poster.posted == told
        server.shutdown()


@proves("events_chosen")
def _(make: Make) -> None:
    double = make()
    number = double.ask("GET", "/v3/user/webhooks/event/settings/all")[1]["webhooks"][0]["id"]
    at = f"/v3/user/webhooks/event/settings/{number}"
    assert double.ask("PATCH", at, {"url": "http://127.0.0.1:9/", "processed": False})[1]["processed"] is False
    double.send(GOOD)
    assert double.desk.poster.waiting == 1
    assert double.ask("PATCH", at, {"url": "http://127.0.0.1:9/", "enabled": False})[1]["enabled"] is False
    double.send(GOOD)
    assert double.desk.poster.waiting == 1


@proves("hook_test")
def _(make: Make) -> None:
    double = make()
    assert double.ask("POST", "/v3/user/webhooks/event/test", {"url": "http://127.0.0.1:9/"})[0] == 204
    assert double.ask("POST", "/v3/user/webhooks/event/test", {})[0] == 400
    assert double.desk.poster.waiting == 0
