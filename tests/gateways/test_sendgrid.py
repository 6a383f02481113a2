"""SendGrid's answers in our words, against the stand-in with each of its faults."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, NotSent, Outcome, Refused
from advocacy.gateways.clock import SystemClock
from advocacy.gateways.http_once import Answer
from advocacy.gateways.sendgrid import SendGrid, outcome_of, patience, scrubbed
from advocacy.sendgrid_double.faults import TAKEN_FIRST, Fault
from advocacy.sendgrid_double.ledger import read
from advocacy.sendgrid_double.program import Options
from advocacy.sendgrid_double.server import Server
from advocacy.sendgrid_double.taking import Checks
from tests.gateways.requests_to_send import a_person, a_request
from tests.running_double import running_double

CLOCK = SystemClock()
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def double(tmp_path: Path) -> Iterator[Server]:
    with running_double(Options(ledger=tmp_path / "ledger.jsonl")) as server:
        server.faults.stall = 1.0
        yield server


@pytest.fixture
def sendgrid(double: Server) -> Iterator[SendGrid]:
    with closing(_gateway(double)) as gateway:
        yield gateway


def _gateway(double: Server) -> SendGrid:
    return SendGrid(api_key="SG.double", url=double.url, clock=CLOCK, timeout=5)


def _soon(seconds: float = 5.0) -> float:
    return CLOCK.boottime() + seconds


def test_what_is_accepted_stands_in_the_ledger_with_its_arguments(
    sendgrid: SendGrid, double: Server, tmp_path: Path
) -> None:
    assert sendgrid.prepare() is None

    outcome = sendgrid.hand_over(a_request(a_person(1), a_person(2)), not_after=_soon())

    (entry,) = read(tmp_path / "ledger.jsonl")
    assert outcome == Accepted(message_id=entry.message_id, status=202)
    assert entry.people == [
        ("person1@example.org", {"adv_mid": "d1a2b3c4d5e6f7", "adv_person": "ref00001"}),
        ("person2@example.org", {"adv_mid": "d1a2b3c4d5e6f7", "adv_person": "ref00002"}),
    ]


@pytest.mark.parametrize("checks", [Checks.ALL, Checks.LATER])
def test_a_question_is_answered_by_the_sandbox_and_nothing_is_taken(tmp_path: Path, checks: Checks) -> None:
    options = Options(ledger=tmp_path / "ledger.jsonl", checks=checks, senders=("example.org",))
    with running_double(options) as double, closing(_gateway(double)) as sendgrid:
        assert sendgrid.would_take(a_request(), not_after=_soon()) == Accepted(status=200)
        assert double.desk.ledger.requests == 0


def test_a_question_about_a_sender_whom_nobody_verified_is_answered_with_no() -> None:
    with running_double(Options(senders=("elsewhere.example.org",))) as double, closing(_gateway(double)) as sendgrid:
        answer = sendgrid.would_take(a_request(), not_after=_soon())

    assert isinstance(answer, Blocked)
    assert "verified Sender Identity" in answer.reason


AMBIGUOUS, BLOCKED, BUSY = Ambiguous, Blocked, Busy
EXPECTED: dict[Fault, type[Outcome]] = {
    Fault.TOO_MANY: BUSY,
    Fault.TOO_MANY_HEADERS: BUSY,
    Fault.INTERNAL_BEFORE: AMBIGUOUS,
    Fault.HTML_BEFORE: AMBIGUOUS,
    Fault.UNAVAILABLE_BEFORE: AMBIGUOUS,
    Fault.GATEWAY_BEFORE: AMBIGUOUS,
    Fault.INTERNAL_AFTER: AMBIGUOUS,
    Fault.HTML_AFTER: AMBIGUOUS,
    Fault.UNAVAILABLE_AFTER: AMBIGUOUS,
    Fault.GATEWAY_AFTER: AMBIGUOUS,
    Fault.CLOSE_BEFORE: AMBIGUOUS,
    Fault.CLOSE_AFTER: AMBIGUOUS,
    Fault.RESET_AFTER: AMBIGUOUS,
    Fault.STALL_BEFORE: AMBIGUOUS,
    Fault.STALL_AFTER: AMBIGUOUS,
    Fault.SLOW_DRIP: AMBIGUOUS,
    Fault.REDIRECT: AMBIGUOUS,
    Fault.NO_CREDITS: BLOCKED,
    Fault.REVOKED: BLOCKED,
    Fault.UNVERIFIED: BLOCKED,
    Fault.CLOSE_IDLE: Accepted,
    Fault.ENDLESS: Accepted,
    Fault.GARBAGE: AMBIGUOUS,
}


@pytest.mark.parametrize("fault", list(Fault))
def test_each_fault_has_its_one_outcome_and_is_never_tried_twice(
    sendgrid: SendGrid, double: Server, fault: Fault
) -> None:
    double.faults.asked.append(fault)
    sendgrid.prepare()
    began = time.monotonic()

    outcome = sendgrid.hand_over(a_request(), not_after=_soon(0.6))

    assert isinstance(outcome, EXPECTED[fault]), outcome
    assert time.monotonic() - began < 2.0
    time.sleep(1.2 if fault is Fault.STALL_AFTER else 0.05)
    assert double.faults.number == 1
    assert double.desk.ledger.requests == (1 if fault in TAKEN_FIRST else 0)


def test_after_a_connection_was_closed_between_two_requests_the_next_goes_out(
    sendgrid: SendGrid, double: Server
) -> None:
    double.faults.asked.append(Fault.CLOSE_IDLE)
    first = sendgrid.hand_over(a_request(), not_after=_soon())
    time.sleep(0.1)
    second = sendgrid.hand_over(a_request(public_id="dsecond000000"), not_after=_soon())

    assert [type(first), type(second)] == [Accepted, Accepted]
    assert double.desk.ledger.requests == 2


def test_many_requests_share_one_connection(sendgrid: SendGrid, double: Server) -> None:
    sendgrid.prepare()
    for number in range(20):
        sendgrid.hand_over(a_request(public_id=f"dmany{number:08}"), not_after=_soon())

    assert double.desk.ledger.requests == 20
    assert len(sendgrid._wires._idle) == 1  # noqa: SLF001 - the point of the test


def test_not_one_byte_is_written_after_the_time(sendgrid: SendGrid, double: Server) -> None:
    sendgrid.prepare()

    outcome = sendgrid.hand_over(a_request(), not_after=CLOCK.boottime() - 0.001)

    assert isinstance(outcome, NotSent)
    assert double.faults.number == 0


def test_nobody_there_is_known_before_anything_begins() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        gateway = SendGrid(api_key="SG.double", url=f"http://127.0.0.1:{closed.getsockname()[1]}", clock=CLOCK)

        assert isinstance(gateway.prepare(), NotSent)
        assert isinstance(gateway.hand_over(a_request(), not_after=_soon()), NotSent)


def test_an_answer_of_a_byte_now_and_then_is_not_waited_for_beyond_the_time() -> None:
    """The server takes everything and writes one byte each tenth of a second: no single read ever takes long."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    for byte in b"HTTP/1.1 202 Accepted\r\nX-Slow: " + b"x" * 1000:
                        connection.send(bytes([byte]))
                        time.sleep(0.1)
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        gateway = SendGrid(api_key="k", url=f"http://127.0.0.1:{listening.getsockname()[1]}", clock=CLOCK)
        began = time.monotonic()

        outcome = gateway.hand_over(a_request(), not_after=_soon(0.5))

        assert isinstance(outcome, Ambiguous)
        assert time.monotonic() - began < 1.5


def test_a_person_whom_the_answer_names_is_named_by_index() -> None:
    body = (
        b'{"errors":[{"message":"Does not contain a valid address.","field":"personalizations.3.to.0.email",'
        b'"help":"http://sendgrid.example/help"}]}'
    )

    outcome = outcome_of(Answer(400, {}, body), people=10, now=NOON)

    assert outcome == Refused("Does not contain a valid address.", status=400, person=3)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Accepted), (202, Accepted), (204, Accepted), (301, Ambiguous), (307, Ambiguous), (400, Refused),
        (401, Blocked), (403, Blocked), (404, Blocked), (405, Blocked), (408, Ambiguous), (409, Ambiguous),
        (413, Refused), (415, Blocked), (418, Ambiguous), (422, Blocked), (429, Busy), (500, Ambiguous),
        (502, Ambiguous), (503, Ambiguous), (504, Ambiguous), (599, Ambiguous),
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"errors":3}', b'{"errors":[1,{"field":7}]}', b"\xff"])
def test_each_status_means_one_thing_whatever_its_body(status: int, expected: type[Outcome], body: bytes) -> None:
    outcome = outcome_of(Answer(status, {}, body), people=10, now=NOON)

    assert isinstance(outcome, expected)
    assert outcome.status == status  # type: ignore[union-attr]


@pytest.mark.parametrize("field", ["personalizations.10.to", "personalizations.x", "from", "", None, 5])
def test_a_person_who_is_not_in_the_request_is_never_blamed(field: object) -> None:
    body = b'{"errors":[{"message":"no","field":%b}]}' % str(field).encode() if field == 5 else b""
    if isinstance(field, str):
        body = b'{"errors":[{"message":"no","field":"%b"}]}' % field.encode()

    outcome = outcome_of(Answer(400, {}, body), people=10, now=NOON)

    assert isinstance(outcome, Refused)
    assert outcome.person is None


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "1"}, timedelta(seconds=1)),
        ({"retry-after": "3600"}, timedelta(hours=1)),
        ({"retry-after": "99999999"}, timedelta(hours=1)),
        ({"retry-after": "9" * 40}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "abc"}, None),
        ({"retry-after": "Mon, 02 Mar 2026 12:02:00 GMT"}, timedelta(minutes=2)),
        ({"retry-after": "Mon, 02 Mar 2026 11:00:00 GMT"}, None),
        ({"x-ratelimit-reset": str(int(NOON.timestamp()) + 30)}, timedelta(seconds=30)),
        ({"x-ratelimit-reset": "0"}, None),
        ({"x-ratelimit-reset": "soon", "retry-after": "7"}, timedelta(seconds=7)),
    ],
)
def test_patience_is_obeyed_where_it_makes_sense(headers: dict[str, str], wait: timedelta | None) -> None:
    assert patience(headers, NOON) == wait


def test_words_of_the_provider_are_kept_without_addresses() -> None:
    assert scrubbed("duplicate [ann@example.org]\x00 in\nit " + "x" * 999).startswith("duplicate [[address]] in it xxx")
    assert len(scrubbed("x" * 999)) == 280


def test_the_logs_tell_whether_a_request_was_taken(sendgrid: SendGrid, double: Server) -> None:
    sendgrid.hand_over(a_request(), not_after=_soon())
    since = CLOCK.now()

    assert sendgrid.found("d1a2b3c4d5e6f7", address="person1@example.org", since=since) is True
    assert sendgrid.found("dnever0000000", address="person1@example.org", since=since) is False
    double.desk.account.keys.clear()
    assert sendgrid.found("d1a2b3c4d5e6f7", address="person1@example.org", since=since) is None


@pytest.mark.parametrize("url", ["ftp://x", "https://", "api.sendgrid.com", "https://user:pw@api.sendgrid.com"])
def test_an_address_that_cannot_be_the_service_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="http or https"):
        SendGrid(api_key="k", url=url, clock=CLOCK)
