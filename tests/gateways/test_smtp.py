"""SMTP: one message a person, at most once, and an honest word about each; against a small server with faults."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, Later, NotSent, Outcome, Refused
from advocacy.domain.merge import merge, merge_html
from advocacy.gateways.clock import SystemClock
from advocacy.gateways.smtp import Smtp
from advocacy.gateways.smtp_message import skeleton, written
from tests.gateways.requests_to_send import a_person, a_request

CLOCK = SystemClock()
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))


@dataclass
class Sink:
    """What the server took, and how it answers: `says` maps a word of the conversation to an answer, or to a cut."""

    pipelining: bool = True
    says: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        sink.connections += 1
        self._say("220 sink")
        to = ""
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(":" if b":" in line else " ")
            asked = sink.says.get(word) or sink.says.get(rest.strip("<>"))
            if asked == "cut":
                return
            if word.startswith("EHLO"):
                self._say("250-sink\r\n250-PIPELINING\r\n250 8BITMIME" if sink.pipelining else "250 sink")
            elif word == "RCPT TO":
                to = "" if asked else rest.strip("<>")
                self._say(asked or "250 ok")
            elif word == "DATA":
                self._say("354 go on" if to else "554 nobody")
                if to and not self._message(sink, to):
                    return
            else:
                self._say(asked or "250 ok")

    def _message(self, sink: Sink, to: str) -> bool:
        """Read a message and answer it; return whether the conversation goes on."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            assert len(line) <= 1000
        answer = sink.says.get("end", "250 2.0.0 queued as 4F1")
        if answer[0] in "2c":
            sink.taken.append((to, b"".join(lines)))
        if answer == "cut":
            return False
        self._say(answer)
        return True

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


@contextmanager
def _serving(**changed: Any) -> Iterator[tuple[Sink, Smtp]]:
    sink = Sink(**changed)
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.sink = sink  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        sink.port = server.server_address[1]
        gateway = Smtp(f"smtp://127.0.0.1:{sink.port}", CLOCK)
        try:
            yield sink, gateway
        finally:
            gateway.close()
            server.shutdown()


def _soon(seconds: float = 5.0) -> float:
    return CLOCK.boottime() + seconds


@settings(max_examples=60, deadline=None)
@given(text=TEXT, value=TEXT, words=st.text("a.=é \n", max_size=300))
def test_a_message_reads_as_it_was_written_and_no_line_is_long(text: str, value: str, words: str) -> None:
    html = f"<p>{words}{{{{ greeting }}}}" + "x" * 3000
    request = a_request(a_person(greeting=value, act_url=words), text=f"{text}{{{{ greeting }}}}.{words}", html=html)
    (person,) = request.people

    raw = written(skeleton(request, NOON), request, person)

    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert not any(line.startswith(b".") for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    plain, markup = (message.get_body((kind,)).get_payload(decode=True).decode() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert plain.replace("\r\n", "\n") == merge(request.text, person.values)
    assert markup.replace("\r\n", "\n") == merge_html(html, person.values)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["To"] == person.address


@pytest.mark.parametrize("pipelining", [True, False])
def test_each_person_gets_one_message_over_one_connection(pipelining: bool) -> None:  # noqa: FBT001
    people = [a_person(number, greeting=f"Dear {number},\n.\n..") for number in range(30)]
    with _serving(pipelining=pipelining) as (sink, gateway):
        assert gateway.prepare() is None
        outcomes = gateway.deliver(a_request(*people), not_after=_soon())

        assert outcomes == (Accepted(message_id="2.0.0 queued as 4F1", status=250),) * 30
        assert [to for to, _ in sink.taken] == [person.address for person in people]
        assert sink.connections == 1


def test_a_dispatch_is_one_person_and_the_connection_stays_open() -> None:
    with _serving() as (sink, gateway):
        for number in range(5):
            outcome = gateway.hand_over(a_request(a_person(number)), not_after=_soon())
            assert isinstance(outcome, Accepted)
        assert sink.connections == 1
        with pytest.raises(ValueError, match="one person"):
            gateway.hand_over(a_request(a_person(1), a_person(2)), not_after=_soon())


@pytest.mark.parametrize(
    ("says", "expected", "taken"),
    [
        ({"MAIL FROM": "550 5.7.1 not you"}, Blocked, 0),
        ({"MAIL FROM": "452 4.3.1 full"}, Busy, 0),
        ({"MAIL FROM": "cut"}, NotSent, 0),
        ({"RCPT TO": "550 5.1.1 <person1@example.org> unknown"}, Refused, 0),
        ({"RCPT TO": "554 5.7.1 Relay access denied"}, Blocked, 0),
        ({"RCPT TO": "450 4.2.0 greylisted"}, Later, 0),
        ({"RCPT TO": "421 4.3.2 shutting down"}, Busy, 0),
        ({"DATA": "cut"}, NotSent, 0),
        ({"end": "552 5.3.4 too large"}, Refused, 0),
        ({"end": "451 4.3.0 later"}, Busy, 0),
        ({"end": "cut"}, Ambiguous, 1),
        ({"end": "rubbish"}, Ambiguous, 0),
    ],
)
@pytest.mark.parametrize("pipelining", [True, False])
def test_each_answer_means_one_thing(
    says: dict[str, str],
    expected: type[Outcome],
    taken: int,
    pipelining: bool,  # noqa: FBT001
) -> None:
    with _serving(says=says, pipelining=pipelining) as (sink, gateway):
        outcome = gateway.hand_over(a_request(), not_after=_soon(2))

        assert isinstance(outcome, expected), outcome
        assert len(sink.taken) == taken
        if isinstance(outcome, Refused):
            assert outcome.person == 0
            assert "person1@" not in outcome.reason


def test_one_who_is_refused_does_not_stop_the_others() -> None:
    with _serving(says={"person2@example.org": "550 5.1.1 unknown"}) as (sink, gateway):
        outcomes = gateway.deliver(a_request(*(a_person(number) for number in range(1, 5))), not_after=_soon())

        assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted, Accepted]
        assert outcomes[1].person == 1  # type: ignore[union-attr]
        assert len(sink.taken) == 3


def test_after_a_cut_one_is_unknown_and_the_rest_had_not_begun() -> None:
    with _serving(says={"end": "cut"}) as (sink, gateway):
        outcomes = gateway.deliver(a_request(*(a_person(number) for number in range(4))), not_after=_soon())

        assert [type(outcome) for outcome in outcomes] == [Ambiguous, NotSent, NotSent, NotSent]
        assert len(sink.taken) == 1


def test_a_domain_that_asks_for_patience_waits_by_itself() -> None:
    strict, others = a_person(1), replace(a_person(2), address="person2@elsewhere.example.org")
    with _serving(says={strict.address: "450 4.2.0 greylisted"}) as (sink, gateway):
        first = gateway.deliver(a_request(strict, others), not_after=_soon())
        second = gateway.deliver(a_request(replace(strict, ref="other"), others), not_after=_soon())

        assert [type(outcome) for outcome in (*first, *second)] == [Later, Accepted, Later, Accepted]
        assert isinstance(first[0], Later)
        assert first[0].retry_after == timedelta(seconds=30)
        assert isinstance(second[0], Later)
        assert second[0].reason == "this domain gets its mail more slowly for now"
        assert [to for to, _ in sink.taken] == [others.address] * 2


def test_one_domain_gets_no_more_in_a_second_than_was_asked_for() -> None:
    people = [a_person(number) for number in range(5)]
    with _serving() as (sink, _):
        gateway = Smtp(f"smtp://127.0.0.1:{sink.port}?per_domain=0.5", CLOCK)
        outcomes = gateway.deliver(a_request(*people), not_after=_soon())
        gateway.close()

        assert [type(outcome) for outcome in outcomes] == [Accepted, Later, Later, Later, Later]
        waits = [outcome.retry_after.total_seconds() for outcome in outcomes[1:]]  # type: ignore[union-attr]
        assert waits == pytest.approx([4, 6, 8, 10], abs=0.5), "each has a turn of its own"


def test_nothing_is_written_after_the_time_nor_in_a_rehearsal() -> None:
    with _serving() as (sink, gateway):
        gateway.prepare()
        late = gateway.hand_over(a_request(), not_after=CLOCK.boottime() - 1)
        rehearsed = gateway.hand_over(replace(a_request(), sandbox=True), not_after=_soon())

        assert isinstance(late, NotSent)
        assert isinstance(rehearsed, Accepted)
        assert sink.taken == []


def test_a_person_who_cannot_be_written_to_is_named_before_anything_is_said() -> None:
    with _serving() as (sink, gateway):
        outcome = gateway.hand_over(a_request(replace(a_person(), address="a@b.org>\r\nDATA")), not_after=_soon())

        assert isinstance(outcome, Refused)
        assert outcome.person == 0
        assert sink.taken == []


def test_a_password_is_not_sent_without_tls() -> None:
    with _serving() as (sink, _):
        gateway = Smtp(f"smtp://user:secret@127.0.0.1:{sink.port}", CLOCK)

        refused = gateway.prepare()

        assert isinstance(refused, NotSent)
        assert "TLS" in refused.reason
        assert "secret" not in refused.reason


@pytest.mark.parametrize(
    "url", ["smtp://mail.example.org?per_domain=none", "", "mail.example.org", "http://mail.example.org", "smtp://"]
)
def test_an_address_that_is_no_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        Smtp(url, CLOCK)
