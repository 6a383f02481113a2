"""The web process of the Procfile, for a benchmark: the same server and configuration, on a free port of this machine."""

import http.client
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import click

from advocacy.cli.bench.stage import Stage, process

PRODUCT = "advocacy.app:create_app()"
_STARTS_WITHIN = 120.0


@contextmanager
def served(stage: Stage, app: str, more: dict[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """Run an app under our server with `more` in its environment; yield its port and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = "advocacy.serving" if app == PRODUCT else "advocacy.cli.bench.plain_serving"
    command = [sys.executable, "-m", "gunicorn", "--config", f"python:{config}", "--bind", f"127.0.0.1:{port}"]
    log = (stage.folder / "web.log").open("ab")
    with log, process([*command, app], env=stage.environment | (more or {}), stderr=log) as web:
        _until_up(port, web.pid)
        yield port, web.pid


def _until_up(port: int, pid: int) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until:
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/healthz")
            if connection.getresponse().read():
                return
        time.sleep(0.1)
    raise click.ClickException(f"The web process ({pid}) did not start within {_STARTS_WITHIN:.0f} seconds.")
