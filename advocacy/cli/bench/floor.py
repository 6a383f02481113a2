"""`advocacy bench floor`: what the machine gives at best, the reference of the other figures.

Each part is a few lines written for nothing but speed, and uses none of the product's own code.
"""

import base64
import hmac
import http.client
import json
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy import create_engine, text

from advocacy.cli.bench.stage import Stage, set_up
from advocacy.cli.context import print_json, refusals

_BATCH = 1000
_KEY = b"k" * 32
_ROUNDS = 3
_MOST = 200_000
"""People that are built at most: the rate does not change with more."""

_TEXT = "Dear -name-,\n\n" + "Eleven weavers have been held since January without charge. " * 20 + "\n\n-act-\n-stop-\n"
_PERSON = (
    b'{"to":[{"email":"%b"}],"headers":{"List-Unsubscribe":"<https://act.example.org/u/%b>",'
    b'"List-Unsubscribe-Post":"List-Unsubscribe=One-Click"},"custom_args":{"adv_mid":"%b","adv_person":"%b"},'
    b'"substitutions":{"-name-":"%b","-act-":"https://act.example.org/act/%b","-stop-":"https://act.example.org/u/%b"}}'
)

Person = tuple[int, bytes, bytes]


@click.command()
@click.option("--recipients", default=_MOST, show_default=True, type=click.IntRange(min=1), help="How many people.")
@click.option("--database-url", default="", help='An empty database; "sqlite" for a file; else one of its own.')
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def floor(ctx: click.Context, recipients: int, database_url: str, as_json: bool) -> None:  # noqa: FBT001
    """Measure what any sender is bound by: building, signing and posting without a database, posting prebuilt
    requests, and writing the rows of a plan. One process each."""
    with refusals(), set_up(ctx.find_root().obj, database_url=database_url) as stage:
        measured = building(stage.sink.url, recipients) | {"rows": rows_alone(stage, recipients)}
        told = stage.sink.figures()
    measured["sink"] = {"cpu_seconds_per_million": round(told["cpu_seconds"] / told["people"] * 1_000_000, 2)}
    if as_json:
        print_json(measured)
        return
    for name, one in measured.items():
        click.echo(f"{name:<10}" + "  ".join(f"{what.replace('_', ' ')} {figure:,}" for what, figure in one.items()))


def building(url: str, recipients: int) -> dict[str, dict[str, float]]:
    """Return figures for "built" (build + sign + post, one process) and "prebuilt" (post alone), the median of three."""
    people = list(_people(min(recipients, _MOST)))
    batches = [people[at : at + _BATCH] for at in range(0, len(people), _BATCH)]
    bodies = [_body(number, batch) for number, batch in enumerate(batches)]
    built = _median(lambda: _post(url, (_body(number, batch) for number, batch in enumerate(batches))), len(people))
    return {"built": built, "prebuilt": _median(lambda: _post(url, bodies), len(people))}


def rows_alone(stage: Stage, recipients: int) -> dict[str, float]:
    """Return figures for INSERT...SELECT of a plan's rows, one index, nothing joined, one transaction."""
    engine = create_engine(stage.settings.sqlalchemy_url)
    series = (
        "SELECT generate_series(1, :n) AS n"
        if engine.dialect.name == "postgresql"
        else "SELECT n FROM (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :n) SELECT n FROM s)"
    )
    insert = f"INSERT INTO floor SELECT 1, n, n / 1000 FROM ({series}) AS people"  # noqa: S608 - two constants

    def once() -> None:
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS floor"))
            connection.execute(text("CREATE TABLE floor (a INTEGER, b INTEGER, c INTEGER, PRIMARY KEY (a, b))"))
            connection.execute(text(insert), {"n": recipients})

    per_second = _median(once, recipients)["per_second"]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE floor"))
    engine.dispose()
    return {"per_second": per_second}


def _people(count: int) -> Iterator[Person]:
    for number in range(1, count + 1):
        yield number, b"supporter%d@example.org" % number, b"Amara Okafor"


def _body(number: int, people: Sequence[Person]) -> bytes:
    """One signature gives a person both tokens, each half of it."""
    name, parts = b"floor-%d-%d" % (number, time.monotonic_ns()), []
    encode = base64.urlsafe_b64encode
    for id_, address, called in people:
        tag = encode(hmac.digest(_KEY, b"%d" % id_, "sha256"))
        act, stop = b"%d.%b" % (id_, tag[:22]), b"%d.%b" % (id_, tag[22:])
        parts.append(_PERSON % (address, stop, name, tag, called, act, stop))
    rest = json.dumps({"from": {"email": "a@example.org"}, "content": [{"type": "text/plain", "value": _TEXT}] * 2})
    return b'{"personalizations":[%b],%b' % (b",".join(parts), rest[1:].encode())


def _post(url: str, bodies: Any) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    for body in bodies:
        connection.request("POST", "/v3/mail/send", body, {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()


def _median(work: Callable[[], None], people: int) -> dict[str, float]:
    timed = []
    for _ in range(_ROUNDS):
        cpu, began = _cpu(), time.monotonic()
        work()
        timed.append((time.monotonic() - began, _cpu() - cpu))
    seconds, cpu = sorted(timed)[_ROUNDS // 2]
    return {
        "per_second": round(people / max(seconds, 1e-9)),
        "cpu_seconds_per_million": round(cpu / people * 1_000_000, 2),
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
