"""`advocacy up`: web, worker and beat in one terminal, with embedded defaults where no settings say otherwise."""

import fcntl
import os
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click

from advocacy.cli.context import note, refusals
from advocacy.cli.processes import Household, lines_of
from advocacy.config import MailTransport, Settings, load
from advocacy.domain.errors import ConflictError
from advocacy.gateways.backups import layout_of
from advocacy.gateways.broker import BrokerError, EmbeddedBroker, NoBrokerError
from advocacy.gateways.resources import newest_layout, procfile_path, sample

_YIELDING = ("nice", "-n", "5")
"""Who shares one small machine with the web process lets it go first: a page is waited for, a mail is not."""

_SHORT_PATIENCE = 8
"""Seconds to stop in when mail goes to the local mailbox; with a real provider its timeout is added."""


@click.command()
@click.option("--demo", is_flag=True, help="Load the sample campaign, and print a one-time sign-in for its organiser.")
def up(demo: bool) -> None:  # noqa: FBT001
    """Run web, worker and beat in one terminal. Ctrl-C stops them all; starting again goes on where it was."""
    with refusals():
        settings = load()
        settings.instance_path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone_in(settings.instance_path):
            _refuse_taken(settings.port)
            ended = _run(settings, demo=demo)
    sys.exit(ended)


def _run(settings: Settings, *, demo: bool) -> int:
    broker, environment = _broker(settings)
    if demo:
        # Nothing goes live that does not say who it comes from.
        made_up = settings.lacking(sample()["organisation"])
        environment |= {name.upper(): value for name, value in made_up.items()}
    try:
        tell = _prepare(settings, environment, demo=demo)
        household = _household(settings, environment, with_broker=bool(environment["REDIS_URL"]))
        threading.Thread(target=_announce, args=(settings, tell), daemon=True).start()
        if broker is not None:
            broker.keep()
        household.loop()
    finally:
        if broker is not None:
            broker.stop()
    return _verdict(household)


def _broker(settings: Settings) -> tuple[EmbeddedBroker | None, dict[str, str]]:
    """Start the embedded broker where no REDIS_URL is given; return it and the environment of all processes."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "REDIS_URL": settings.redis_url,
    }
    if settings.redis_url:
        return None, environment
    broker = EmbeddedBroker(settings.instance_path, note)
    try:
        broker.start()
    except NoBrokerError as error:
        note(f"{error} Until then the engine runs without one, slower.")
        return None, environment
    except BrokerError as error:
        raise ConflictError(str(error)) from None
    return broker, environment | {"REDIS_URL": broker.place.url}


def _prepare(settings: Settings, environment: dict[str, str], *, demo: bool) -> Callable[[], str]:
    """Bring the database up to date, with the sample when asked for; return what gives the words to print.

    Where the layout is current already the sample loads while the web process starts: that halves a warm start.
    """
    current = settings.embedded and layout_of(settings.embedded_file) == newest_layout()
    if current and not demo:
        return str
    command = "advocacy sample" if demo else lines_of(procfile_path())["release"]
    release = subprocess.Popen(  # noqa: S603
        [*_YIELDING, *shlex.split(command)], env=environment, stdout=subprocess.PIPE, text=True
    )
    if current:
        return lambda: release.communicate()[0]
    told, _ = release.communicate()
    if release.returncode != 0:
        raise ConflictError(f"`{command}` did not succeed, so nothing was started. What went wrong is above.")
    return lambda: told


def _household(settings: Settings, environment: dict[str, str], *, with_broker: bool) -> Household:
    real = settings.mail_transport is not MailTransport.MAILBOX
    household = Household(patience=_SHORT_PATIENCE + (settings.provider_timeout if real else 0))
    lines = lines_of(procfile_path())
    if not with_broker:
        lines = {"web": lines["web"], "engine": f"exec {shlex.quote(sys.executable)} -m workers.standin --alone"}
    for name in ("web", "worker", "beat", "engine"):
        if name in lines:
            line = lines[name] if name == "web" else lines[name].replace("exec ", f"exec {shlex.join(_YIELDING)} ", 1)
            household.add_process(name, line, env=environment)
    return household


def _verdict(household: Household) -> int:
    first = household.first_to_die
    if first is None:
        note("Stopped.")
        return 0
    name, code = first
    note(
        f"“{name}” ended by itself (exit code {code}), so everything was stopped. Its last lines above say why. "
        "Start again to go on where it was."
    )
    return code if 0 < code < 128 else 1


@contextmanager
def _alone_in(instance: Path) -> Iterator[None]:
    """Hold the instance folder. Raises ConflictError naming the process that holds it already."""
    with (instance / "up.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise ConflictError(
                f"Advocacy is running here already (process {holder}). Press Ctrl-C in its terminal, or end that process."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _refuse_taken(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ConflictError(
                f"Port {port} is taken by another program. End that one, or choose another port: PORT={port + 1}."
            ) from None


def _announce(settings: Settings, tell: Callable[[], str]) -> None:
    """Say where it is once it answers; before that an address would only disappoint."""
    while not _answers(settings.port):
        time.sleep(0.1)
    lines = [f"Advocacy is up: {settings.base_url}", *tell().splitlines()]
    if settings.mail_transport is MailTransport.MAILBOX:
        lines.append(f"Mail goes to the local mailbox: {settings.base_url}/mailbox")
    lines.append("Ctrl-C stops everything.")
    click.echo("\n" + "\n".join(f"  {line}" for line in lines) + "\n")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    up()  # `python -m advocacy.cli.up` starts two seconds sooner than the command, which loads the whole app first.
