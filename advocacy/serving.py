"""Gunicorn's configuration (`gunicorn --config python:advocacy.serving`): read from our settings as it is loaded."""

import logging
import os
from datetime import timedelta
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.message import Request
from gunicorn.http.wsgi import Response
from gunicorn.workers.base import Worker

from advocacy import logs
from advocacy.config import load
from advocacy.startup import refuse_old_layout, spare_what_stays


class QuietLogger(Logger):  # type: ignore[misc]
    """Writes through our own log set-up; a line of access holds neither query, address nor token."""

    def setup(self, cfg: Config) -> None:  # noqa: ARG002 - gunicorn's signature
        logs.configure()
        self.error_log.setLevel(logging.INFO)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True

    def access(self, resp: Response, req: Request, environ: dict[str, Any], request_time: timedelta) -> None:  # noqa: ARG002
        path = str(environ.get("PATH_INFO", ""))
        if path in {"/healthz", "/readyz", "/metrics"} or path.startswith("/static/"):
            return
        self.access_log.info(
            "web.answered",
            extra={
                "method": environ.get("REQUEST_METHOD"),
                "path": path,
                "status": str(resp.status).split(" ")[0],
                "milliseconds": round(request_time.total_seconds() * 1000, 1),
            },
        )


def post_worker_init(worker: Worker) -> None:
    """Refuse to serve on an old layout; the exit code tells the master not to try again. Then settle down."""
    try:
        refuse_old_layout(worker.app.wsgi())
    except SystemExit as refusal:
        worker.log.critical("%s", refusal)
        raise SystemExit(Arbiter.APP_LOAD_ERROR) from None
    spare_what_stays()


_settings = load()

bind = f"{'127.0.0.1' if _settings.embedded else '0.0.0.0'}:{_settings.port}"  # noqa: S104 - a platform's router comes from outside
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or (1 if _settings.embedded else 2))
threads = 8
timeout = 60
graceful_timeout = 7
keepalive = 5
limit_request_line = 4094
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
logger_class = QuietLogger
forwarded_allow_ips = "*" if _settings.trusted_proxies else "127.0.0.1"
