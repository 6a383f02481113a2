"""What the stand-in tells: signed, untidy, tried again; and what it took and dropped later."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from advocacy.gateways.sendgrid_reports import SIGNATURE_HEADER, TIMESTAMP_HEADER, SendGridReports
from advocacy.sendgrid_double.disorder import Disorder
from advocacy.sendgrid_double.faults import Fault, from_values
from advocacy.sendgrid_double.ledger import read
from advocacy.sendgrid_double.program import Options, build
from advocacy.sendgrid_double.server import Server
from advocacy.sendgrid_double.taking import Checks
from tests.running_double import running_double
from tests.sendgrid_double.test_rules import GOOD

TIDY = Disorder(twice=0, batch_twice=0, missing_processed=0, late=0)


class Inbox:
    """A webhook that keeps the posts it gets and refuses the first `refuse` of them."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.refuse = 0

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.posts for event in json.loads(body)]


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    kept = Inbox()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.posts.append((dict(self.headers), body))
            kept.refuse -= 1
            self.send_response(500 if kept.refuse >= 0 else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield kept, f"http://127.0.0.1:{server.server_address[1]}/hooks/sendgrid"
        server.shutdown()


def _double(url: str, disorder: Disorder = TIDY, **more: Any) -> Server:
    return build(Options(webhook=url, disorder=disorder, speed=1e6, **more))


def _take(server: Server, *addresses: str, **changed: Any) -> None:
    people = [{"to": [{"email": one}], "custom_args": {"adv_mid": "d1", "adv_person": one[:3]}} for one in addresses]
    body = json.dumps(GOOD | {"personalizations": people} | changed).encode()
    headers = {"authorization": "Bearer SG.double", "content-type": "application/json"}
    refusal, parsed = server.desk.check(headers, body)
    assert refusal is None
    server.desk.take(parsed, body, begun=time.time(), went_wrong=None)


def test_every_post_is_signed_over_its_bytes_and_ends_in_a_line_break(inbox: tuple[Inbox, str]) -> None:
    kept, url = inbox
    server = _double(url)
    _take(server, "ann@example.org", "zoe@example.org")
    server.desk.poster.flush()

    reports = SendGridReports([server.desk.poster.public_key])
    for headers, body in kept.posts:
        signed = {"signature": headers[SIGNATURE_HEADER], "timestamp": headers[TIMESTAMP_HEADER]}
        assert body.endswith(b"\r\n")
        assert reports.genuine(body, now=datetime.now(UTC), **signed)  # noqa: TID251 - the stand-in has a clock of its own
        assert not reports.genuine(body.rstrip(), now=datetime.now(UTC), **signed)  # noqa: TID251
    assert sorted((one["email"], one["event"]) for one in kept.events) == [
        ("ann@example.org", "delivered"), ("ann@example.org", "processed"),
        ("zoe@example.org", "delivered"), ("zoe@example.org", "processed"),
    ]  # fmt: skip
    assert all(one["adv_mid"] == "d1" for one in kept.events)


@pytest.mark.parametrize(
    ("address", "events"),
    [
        ("a@hard-bounce.example.org", ["bounce", "processed"]),
        ("a@block.example.org", ["bounce", "processed"]),
        ("a@defer-then-deliver.example.org", ["deferred", "deferred", "delivered", "processed"]),
        ("a@delayed-bounce.example.org", ["bounce", "delivered", "processed"]),
        ("a@spam.example.org", ["delivered", "processed", "spamreport"]),
        ("a@unsub.example.org", ["delivered", "processed", "unsubscribe"]),
        ("a@silent.example.org", []),
    ],
)
def test_the_domain_decides_the_fate(inbox: tuple[Inbox, str], address: str, events: list[str]) -> None:
    kept, url = inbox
    server = _double(url)
    _take(server, address)
    server.desk.poster.flush()

    assert sorted(one["event"] for one in kept.events) == events
    lost = [one for one in kept.events if one["sg_message_id"] == ""]
    assert len(lost) == (1 if "delayed" in address else 0)
    assert not any("adv_mid" in one for one in lost)


def test_opens_are_told_of_mails_that_ask_for_them_and_of_no_others(inbox: tuple[Inbox, str]) -> None:
    kept, url = inbox
    server = _double(url)
    _take(server, "ann@open.example.org", tracking_settings={"open_tracking": {"enable": False}})
    server.desk.poster.flush()
    assert sorted(one["event"] for one in kept.events) == ["delivered", "processed"]

    people = [f"p{number}@open.example.org" for number in range(30)]
    _take(server, *people, tracking_settings={"open_tracking": {"enable": True}})
    server.desk.poster.flush()

    opens = [one for one in kept.events if one["event"] == "open"]
    assert {one["email"] for one in opens} == set(people)
    assert {one.get("sg_machine_open") for one in opens} == {True, None}


def test_what_is_taken_and_dropped_later(inbox: tuple[Inbox, str]) -> None:
    kept, url = inbox
    server = _double(url)
    server.desk.account.lists["bounces"]["gone@example.org"] = 1.0
    comma = [{"to": [{"email": "jane@example.org", "name": "Jane Doe, MP"}]}]
    _take(server, "x@example.org", personalizations=comma)
    _take(server, "x@example.org", template_id="d-unknown")
    _take(server, "gone@example.org", "usér@example.org")
    server.desk.poster.flush()

    assert sorted((one["event"], one["reason"], one["email"]) for one in kept.events) == [
        ("dropped", "Bounced Address", "gone@example.org"),
        ("dropped", "Invalid", "Jane Doe"),
        ("dropped", "Invalid", "usér@example.org"),
        ("dropped", "Invalid SMTPAPI header", ""),
    ]
    assert "jane doe" in server.desk.account.lists["invalid_emails"]


def test_events_are_doubled_shuffled_renumbered_and_tried_again(inbox: tuple[Inbox, str]) -> None:
    kept, url = inbox
    server = _double(url, Disorder(twice=0.5, batch_twice=1.0, missing_processed=0.5, late=0, lost_ids=0.2), seed=7)
    kept.refuse = 2
    _take(server, *(f"p{number:03}@example.org" for number in range(100)))
    for _ in range(4):
        server.desk.poster.flush()

    delivered = [one["email"] for one in kept.events if one["event"] == "delivered"]
    assert len(set(delivered)) == 100
    assert len(delivered) > 200
    assert len({one["email"] for one in kept.events if one["event"] == "processed"}) < 80
    assert any(one["sg_message_id"] == "" for one in kept.events)
    about_one = {
        one["sg_event_id"] for one in kept.events if (one["email"], one["event"]) == ("p000@example.org", "delivered")
    }
    assert len({one["sg_event_id"] for one in kept.events}) > len(set(delivered)) or len(about_one) > 1
    assert server.desk.poster.refused == 2
    assert server.desk.poster.waiting == 0


def test_checks_put_off_are_made_up_after_the_run(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    server = build(Options(ledger=path, checks=Checks.LATER))
    headers = {"authorization": "Bearer SG.double", "content-type": "application/json"}
    for body in (json.dumps(GOOD).encode(), b'{"personalizations":[]}'):
        assert server.desk.check(headers, body) == (None, None)
        server.desk.take(None, body, begun=0.0, went_wrong=None)

    assert server.desk.settle() == 1
    assert [len(entry.people) for entry in read(path)] == [0, 0, 1]
    server.desk.ledger.close()


def test_faults_come_by_script_and_by_seeded_chance() -> None:
    values = {"seed": 3, "rates": {"429": 0.05, "500_after": 0.01}, "script": {"2": "redirect"}}

    one, other = ([faults.next() for _ in range(1000)] for faults in (from_values(values), from_values(values)))

    assert one == other
    assert one[1] is Fault.REDIRECT
    assert 20 < one.count(Fault.TOO_MANY) < 90
    assert 0 < one.count(Fault.INTERNAL_AFTER) < 40


@pytest.mark.parametrize("values", [{"rates": {"nonsense": 1}}, {"colour": 1}, {"rates": {"429": 0.9, "stall": 0.2}}])
def test_a_file_of_faults_that_is_not_understood_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_values(values)


def test_a_real_key_is_never_taken() -> None:
    with pytest.raises(ValueError, match="real SendGrid key"):
        build(Options(api_keys=("SG." + "a" * 22 + "." + "b" * 43,)))


def test_the_pages_show_what_was_sent_to_this_machine_only() -> None:
    with running_double() as server:
        http = urllib3.PoolManager(retries=False)
        key = {"Authorization": "Bearer SG.double"}
        hostile = GOOD | {"subject": "<script>alert(1)</script>"}
        assert http.request("POST", f"{server.url}/v3/mail/send", json=hostile, headers=key).status == 202

        listing = http.request("GET", server.url)
        number = server.desk.mails[0].number
        mail = http.request("GET", f"{server.url}/mail/{number}")
        assert b"<script>" not in listing.data + mail.data
        assert b"&lt;script&gt;" in listing.data
        assert http.request("GET", f"{server.url}/mail/{number}.eml").data.startswith(b"From: actions@example.org")
        assert http.request("GET", server.url, headers={"Host": "evil.example"}).status == 403
        assert (
            http.request("POST", f"{server.url}/double/again", headers={"Origin": "https://evil.example"}).status == 403
        )
        assert http.request("GET", f"{server.url}/v3/nothing", headers=key).status == 404
        assert http.request("POST", f"{server.url}/v3/mail/send", json=GOOD).status == 401
        assert http.request("POST", f"{server.url}/v3/mail/send", body=b"{}", headers=key).status == 415
        status = http.request("GET", f"{server.url}/double/status").json()
        assert (status["taken"], status["people"], status["refused"]) == (1, 1, 2)
        assert status["cpu_seconds"] > 0
        http.clear()
