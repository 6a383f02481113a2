"""`advocacy bench smtp`: messages a second over one connection, beside smtplib and beside the bare conversation."""

import json
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import click

from advocacy.cli.bench.stage import process
from advocacy.cli.context import print_json
from advocacy.domain.handover import Accepted, Person, Request
from advocacy.domain.merge import merge, merge_html
from advocacy.gateways.clock import SystemClock
from advocacy.gateways.smtp import Smtp
from advocacy.gateways.smtp_message import skeleton, written

_ROUNDS = 3
_NAIVE_SHARE = 20
"""smtplib sends one message in so many: the rate does not change with more."""

_BATCH = 500
_PATIENCE = 60.0
_PARAGRAPH = "Eleven weavers have been held since January without charge; their families have had no word from them. "
_TEXT = (
    "{{ greeting }}\n\n"
    + f"{_PARAGRAPH * 3}\n\n" * 4
    + "Write: {{ act_url }}\n\nNo more mails: {{ unsubscribe_url }}\n"
)
_HTML = (
    "<!doctype html><html lang='en'><body style='font:16px/1.5 sans-serif'><p>{{ greeting }}</p>"
    + f"<p>{_PARAGRAPH * 3}</p>" * 4
    + "<p><a href='{{ act_url }}'>Write to the minister</a></p><p><a href='{{ unsubscribe_url }}'>No more mails</a></p>"
    + "</body></html>"
)


@click.command()
@click.option("--messages", default=20_000, show_default=True, type=click.IntRange(min=40), help="In each round.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def smtp(messages: int, as_json: bool) -> None:  # noqa: FBT001
    """Send messages of text and HTML to a bare server, each way in turn, three rounds, one connection each.

    \b
    ours     the gateway, which builds each person's message from a skeleton
    smtplib  a fresh EmailMessage a person, sent by smtplib over an open connection
    raw      messages built beforehand, written by the bare pipelined conversation
    """
    with _sink() as (port, figures):
        people = _people(messages)
        ways = {"smtplib": _naive, "raw": _raw, "ours": _ours}
        rounds: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
        for _ in range(_ROUNDS):
            for name, way in ways.items():
                some = people[: max(messages // _NAIVE_SHARE, 20)] if name == "smtplib" else people
                rounds[name].append(_timed(way, port, some))
        took = figures()
    best = {name: _median(each) for name, each in rounds.items()}
    measured = {
        "messages": messages,
        **best,
        "times_smtplib": round(best["ours"]["per_second"] / best["smtplib"]["per_second"], 1),
        "of_raw": round(best["ours"]["per_second"] / best["raw"]["per_second"], 3),
        "longest_line": took["longest_line"],
        "sink": {"cpu_microseconds": round(took["cpu_seconds"] / took["messages"] * 1_000_000, 1)},
    }
    if as_json:
        print_json(measured)
    else:
        _print(measured)


def _people(count: int) -> list[Person]:
    link = "https://act.example.org"
    return [
        Person(
            ref=f"{number:032x}",
            address=f"supporter{number}@example.org",
            values={
                "greeting": "Dear Amara Okafor,",
                "act_url": f"{link}/act/{number}.{'x' * 27}",
                "unsubscribe_url": f"{link}/unsubscribe/{number}.{'x' * 27}",
            },
            unsubscribe_url=f"{link}/unsubscribe/{number}.{'x' * 27}",
        )
        for number in range(count)
    ]


def _request(people: Sequence[Person]) -> Request:
    return Request(
        public_id=uuid4().hex,
        sender="actions@example.org",
        sender_name="Lantern",
        subject="Act now: weavers held without charge",
        text=_TEXT,
        html=_HTML,
        people=tuple(people),
    )


def _ours(port: int, people: Sequence[Person]) -> None:
    clock = SystemClock()
    with closing(Smtp(f"smtp://127.0.0.1:{port}?tls=off", clock)) as gateway:
        for first in range(0, len(people), _BATCH):
            request = _request(people[first : first + _BATCH])
            outcomes = gateway.deliver(request, not_after=clock.boottime() + _PATIENCE)
            if not all(isinstance(outcome, Accepted) for outcome in outcomes):
                raise click.ClickException("The sink did not take a message.")


def _naive(port: int, people: Sequence[Person]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for person in people:
            message = EmailMessage()
            message["From"], message["To"] = "Lantern <actions@example.org>", person.address
            message["Subject"] = "Act now: weavers held without charge"
            message["List-Unsubscribe"] = f"<{person.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message.set_content(merge(_TEXT, person.values))
            message.add_alternative(merge_html(_HTML, person.values), subtype="html")
            client.send_message(message)


_BUILT: dict[int, list[bytes]] = {}


def _raw(port: int, people: Sequence[Person]) -> None:
    request = _request(people[:1])
    frame = skeleton(request, SystemClock().now())
    built = _BUILT.setdefault(len(people), [written(frame, request, person) + b".\r\n" for person in people])
    envelopes = [b"MAIL FROM:<actions@example.org>\r\nRCPT TO:<%b>\r\nDATA\r\n" % p.address.encode() for p in people]
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.recv(1000)
        wire.sendall(b"EHLO bench\r\n")
        wire.recv(1000)
        wire.sendall(envelopes[0])
        _lines(wire, 3)
        for message, following in zip(built, [*envelopes[1:], b"QUIT\r\n"], strict=True):
            wire.sendall(message + following)
            _lines(wire, 4 if following[:1] == b"M" else 2)


def _lines(wire: socket.socket, count: int) -> None:
    while count > 0:
        count -= wire.recv(4096).count(b"\n")


def _timed(way: Callable[[int, Sequence[Person]], None], port: int, people: Sequence[Person]) -> dict[str, float]:
    messages, cpu, began = len(people), time.process_time(), time.monotonic()
    way(port, people)
    return {
        "per_second": round(messages / (time.monotonic() - began)),
        "cpu_microseconds": round((time.process_time() - cpu) / messages * 1_000_000, 1),
    }


def _median(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


@contextmanager
def _sink() -> Iterator[tuple[int, Callable[[], dict[str, Any]]]]:
    with process([sys.executable, "-m", "advocacy.cli.bench.smtp_sink"], stdout=subprocess.PIPE) as running:
        if running.stdout is None:
            raise RuntimeError("the sink has no output")
        port = int(running.stdout.readline())

        def figures() -> dict[str, Any]:
            with smtplib.SMTP("127.0.0.1", port) as client:
                told: dict[str, Any] = json.loads(client.docmd("XFIGURES")[1])
            return told

        yield port, figures


def _print(measured: dict[str, Any]) -> None:
    for name in ("ours", "smtplib", "raw"):
        one = measured[name]
        click.echo(f"{name:<9}{one['per_second']:>9,.0f}/s {one['cpu_microseconds']:>9,.1f} µs of processor each")
    click.echo(
        f"{measured['times_smtplib']} times smtplib, {measured['of_raw']} of raw; longest line "
        f"{measured['longest_line']} octets; the sink used {measured['sink']['cpu_microseconds']} µs each"
    )
