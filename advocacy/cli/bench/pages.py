"""`advocacy bench pages`: how long each page takes in a large organisation, and its slowest question to the database."""

import re
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from advocacy.cli.bench import addresses, organisation
from advocacy.cli.context import note, print_json, with_app
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.organiser import Organiser
from advocacy.operations import desk_sessions
from advocacy.startup import spare_what_stays

DESK_GOAL, SUPPORTER_GOAL = 200.0, 50.0
"""Milliseconds (design.md section 6)."""

_MOST_LINKS = 6
_LINK = re.compile(r'href="([^"#]*\?[^"#]+)"')


@dataclass
class Page:
    """One page as measured. `slowest` is the statement that took longest and its milliseconds."""

    rule: str
    milliseconds: list[float] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    statuses: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    @property
    def goal(self) -> float:
        return SUPPORTER_GOAL if self.rule.startswith("/act/") and not self.rule.endswith(".pdf") else DESK_GOAL

    @property
    def p95(self) -> float:
        one_more = [*self.milliseconds, max(self.milliseconds)]
        return statistics.quantiles(one_more, n=20, method="inclusive")[-1]

    def as_json(self) -> dict[str, Any]:
        return {
            "page": self.rule,
            "addresses": len(self.addresses),
            "requests": len(self.milliseconds),
            "p50_ms": round(statistics.median(self.milliseconds), 1),
            "p95_ms": round(self.p95, 1),
            "goal_ms": self.goal,
            "statuses": sorted(self.statuses),
            "slowest_query_ms": round(self.slowest[0], 1),
            "slowest_query": self.slowest[1],
        }


@click.command()
@click.option("--supporters", default=1_000_000, show_default=True)
@click.option("--deliveries", default=5_000_000, show_default=True)
@click.option("--campaigns", default=200, show_default=True)
@click.option("--rounds", default=20, show_default=True, help="Requests for each address.")
@click.option("--only", default="", help="Only pages whose route matches this pattern.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_app
def pages(app: Flask, supporters: int, deliveries: int, campaigns: int, rounds: int, only: str, as_json: bool) -> None:  # noqa: FBT001
    """Make a large organisation in an EMPTY PostgreSQL database (DATABASE_URL) and ask for every page that is read.

    The pages are found in the app's own list of routes, and the filters, orders and further pages of lists in the
    links of the pages. Goals: 200 ms for the 95th of a hundred requests, 50 ms for the supporter's own page.
    """
    session = db.session()
    if session.get_bind().dialect.name != "postgresql":
        raise click.ClickException("The goals are for PostgreSQL: set DATABASE_URL.")
    organisation.fill(session, supporters=supporters, deliveries=deliveries, campaigns=campaigns, clock=current().clock)
    client = _signed_in(app, session)
    values = addresses.values(app, session, supporters)
    db.session.remove()
    spare_what_stays()  # As the web process does.
    for limiter in app.extensions.get("limiter", ()):
        limiter.enabled = False  # It would count refusals for pages.
    measured, unmeasured = [], []
    for rule in addresses.rules(app, only):
        asked = addresses.addresses(app, rule, values)
        if not asked:
            unmeasured.append(rule.rule)
            continue
        page = _measure(client, rule, asked, rounds)
        note(f"{page.p95:8.1f} ms  {rule.rule}  {sorted(page.statuses)}")
        measured.append(page)
    _tell(measured, unmeasured, as_json=as_json)


def _tell(measured: Sequence[Page], unmeasured: Sequence[str], *, as_json: bool) -> None:
    ordered = sorted(measured, key=lambda page: -page.p95)
    if as_json:
        print_json({"pages": [page.as_json() for page in ordered], "not_measured": list(unmeasured)})
        return
    click.echo(f"{'p95 ms':>8} {'goal':>5}  {'page':<52} {'slowest query':>13}")
    for page in ordered:
        over = "!" if page.p95 > page.goal else " "
        click.echo(
            f"{page.p95:8.1f} {page.goal:5.0f}{over} {page.rule:<52} {page.slowest[0]:10.1f} ms  {page.slowest[1][:110]}"
        )
    for page in ordered:
        if max(page.statuses) >= 500:
            click.echo(f"failed, status {sorted(page.statuses)}: {page.rule}")
    for rule in unmeasured:
        click.echo(f"not measured, it has a part that the benchmark cannot fill: {rule}")


def _measure(client: FlaskClient, rule: Rule, asked: list[str], rounds: int) -> Page:
    page = Page(rule.rule)
    linked: dict[str, None] = {}
    with _watched(page):
        for address in asked:
            linked |= dict.fromkeys(_ask(client, page, address, 1, warm=True))
        for address in [*asked, *list(linked)[:_MOST_LINKS]]:
            _ask(client, page, address, rounds)
    return page


def _ask(client: FlaskClient, page: Page, address: str, rounds: int, *, warm: bool = False) -> list[str]:
    """Ask for one address and return the addresses of the same page with other choices that it links to."""
    body = ""
    for _ in range(rounds):
        g.pop("_flask_babel", None)
        db.session.remove()  # All requests share the context of the command; each begins with nothing known.
        g.pop("_login_user", None)
        page.slowest = (0.0, "") if warm else page.slowest
        began = time.perf_counter()
        answer = client.get(address)
        if answer.status_code == 302 and "/desk/sign-in" in answer.location:
            raise click.ClickException(f"{address} asks to sign in: the benchmark is signed out.")
        took = (time.perf_counter() - began) * 1000
        if not warm:
            page.milliseconds.append(took)
            page.statuses.add(answer.status_code)
            page.addresses.add(address)
        elif answer.mimetype == "text/html":
            body = answer.text
        answer.close()
    path = urlsplit(address).path
    links = (unescape(link) for link in _LINK.findall(body))
    return [f"{path}?{urlsplit(link).query}" for link in links if urlsplit(link).path in {path, ""}]


@contextmanager
def _watched(page: Page) -> Iterator[None]:
    """Keep the slowest statement while it lasts."""
    began: list[float] = []

    def before(*_: object) -> None:
        began.append(time.perf_counter())

    def after(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        took = (time.perf_counter() - began.pop()) * 1000
        if took > page.slowest[0]:
            page.slowest = (took, " ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", before)
    event.listen(db.engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", before)
        event.remove(db.engine, "after_cursor_execute", after)


def _signed_in(app: Flask, session: Session) -> FlaskClient:
    """Return a client in which the benchmark's organiser is signed in, as after the sign-in page."""
    client, now = app.test_client(), current().clock.now()
    person = session.scalars(select(Organiser).limit(1)).unique().one()
    token = desk_sessions.begin(session, person, user_agent="", now=now)
    with client.session_transaction() as kept:
        kept.update(_user_id=person.fs_uniquifier, _fresh=True, fs_cc="set", fs_paa=now.timestamp(), desk_session=token)
    return client
