"""`advocacy bench signup`: the whole public form beside the smallest sign-up there is, under the same server."""

import http.client
import re
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import click

from advocacy.cli.bench.serving import PRODUCT, served
from advocacy.cli.bench.stage import Stage, add_campaign, set_up
from advocacy.cli.bench.usage import Usage
from advocacy.cli.context import note, print_json, refusals
from advocacy.domain.keys import Purpose
from advocacy.gateways import current
from advocacy.models.base import db, keys_of
from advocacy.operations import engine

_AT_ONCE = 8
_PLAIN = "advocacy.cli.bench.plain_sign_up:create_app()"

_PROXY = {
    "Host": "act.example.org",
    "Referer": "https://act.example.org/",
    "X-Forwarded-Proto": "https",
    "Content-Type": "application/x-www-form-urlencoded",
}

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

_PERSON = {
    "name": "Robin Smith",
    "city": "Toronto",
    "country": "CA",
    "language": "en",
    "reminders": "all",
    "consent": "yes",
}

Figures = dict[str, Any]


@click.command()
@click.option("--sign-ups", default=2_000, show_default=True, type=click.IntRange(min=8), help="In each round.")
@click.option("--database-url", default="", help='An empty database; "sqlite" for a file; else one of its own.')
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1), help="Of each, in turn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def signup(ctx: click.Context, sign_ups: int, database_url: str, rounds: int, as_json: bool) -> None:  # noqa: FBT001
    """Post the public form of a campaign, filled in by as many people, over eight connections.

    \b
    ours    the form as it is: trap, signed time, limits, judged fields, sealed columns, consent, confirmation ordered
    plain   Flask, email-validator and one Core INSERT
    ratio   ours by plain, in sign-ups a second
    """
    with refusals(), set_up(ctx.find_root().obj, database_url=database_url) as stage:
        ways = {"plain": (_PLAIN, "/join"), "ours": (PRODUCT, _form_of(stage))}
        timed: dict[str, list[Figures]] = {name: [] for name in ways}
        for number in range(rounds):
            for name, (app, path) in ways.items():
                timed[name].append(_round(stage, app, path, number, sign_ups))
                note(f"{name}: {timed[name][-1]['per_second']:,} sign-ups a second")
        measured: Figures = {"sign_ups": sign_ups, "database": db.engine.dialect.name}
    measured |= {name: _median(each) for name, each in timed.items()}
    measured["ratio"] = round(measured["ours"]["per_second"] / measured["plain"]["per_second"], 3)
    if as_json:
        print_json(measured)
        return
    for name in ways:
        one = measured[name]
        click.echo(
            f"{name:<7}{one['per_second']:>8,}/s  median {one['median_ms']} ms, p99 {one['p99_ms']} ms, "
            f"processor ms each {one['cpu_ms']}"
        )
    click.echo(f"ratio  {measured['ratio']}")


def _form_of(stage: Stage) -> str:
    """Add a campaign that people can join; return where its form is posted."""
    campaign = add_campaign(stage.app, 1)
    db.session.commit()
    # A tick says that the engine is at work, as on any installation.
    engine.tick(db.session(), gateways=current(), settings=stage.settings)
    path = f"/a/{campaign.slug}/join?lang=en"
    db.session.rollback()
    return path


def _round(stage: Stage, app: str, path: str, number: int, sign_ups: int) -> Figures:
    shown = int(current().clock.now().timestamp()) - 60
    fixed = {"shown": keys_of(db.session()).token(Purpose.FORM, f"shown.{shown}"), "website": ""}
    db.session.remove()
    with served(stage, app, {"TRUSTED_PROXIES": "1"}) as (port, pid):
        cookie, token = _opened(port, path)
        work = [
            _Work(port, path, _PROXY | cookie, fixed | token, f"{number}x{share}", sign_ups // _AT_ONCE)
            for share in range(_AT_ONCE)
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(_post_all, [replace(each, count=4) for each in work]))  # Warm.
            with Usage({"web": pid, **stage.pids}) as usage:
                began = time.monotonic()
                waits = [wait for each in pool.map(_post_all, work) for wait in each]
                seconds = time.monotonic() - began
    ordered = sorted(waits)
    return {
        "per_second": round(len(waits) / seconds),
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
        "cpu_ms": {name: round(used / len(waits) * 1000, 2) for name, used in usage.cpu().items()},
    }


@dataclass(frozen=True)
class _Work:
    """What one connection does. `share` names it, so that nobody signs up twice."""

    port: int
    path: str
    headers: dict[str, str]
    fixed: dict[str, str]
    share: str
    count: int


def _post_all(work: _Work) -> list[float]:
    """Sign up so many people, each from a network of their own; return how long each waited."""
    waits = []
    with closing(http.client.HTTPConnection("127.0.0.1", work.port, timeout=60)) as connection:
        for number in range(work.count):
            email = f"robin{work.share}x{number}x{time.monotonic_ns()}@example.org"
            through = work.headers | {"X-Forwarded-For": _address(work.share, number)}
            began = time.monotonic()
            connection.request("POST", work.path, urlencode(work.fixed | _PERSON | {"email": email}), through)
            answer = connection.getresponse()
            answer.read()
            waits.append(time.monotonic() - began)
            if answer.status != 303:
                raise click.ClickException(f"A sign-up was answered with {answer.status}.")
    return waits


def _opened(port: int, path: str) -> tuple[dict[str, str], dict[str, str]]:
    """Open the page with the form, as a browser does; return its cookie and its token."""
    page, found, _rest = path.partition("/join?")
    if not found:
        return {}, {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", page, headers=_PROXY)
        answer = connection.getresponse()
        token = _TOKEN.search(answer.read().decode())
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    return {"Cookie": cookie}, {"csrf_token": token.group(1) if token else ""}


def _address(share: str, number: int) -> str:
    round_, _, place = share.partition("x")
    return f"10.{int(round_) * 16 + int(place)}.{number // 250 % 250}.{number % 250}"


def _median(rounds: Sequence[Figures]) -> Figures:
    return sorted(rounds, key=lambda each: each["per_second"])[len(rounds) // 2]
