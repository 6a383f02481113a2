"""A stand-in without a network, whose clock can be moved: for the tests of what it answers."""

import json
import time
from pathlib import Path
from typing import Any

from advocacy.sendgrid_double import api
from advocacy.sendgrid_double.disorder import Disorder
from advocacy.sendgrid_double.program import Options, build
from advocacy.sendgrid_double.taking import Reply
from advocacy.sendgrid_double.wire import Asked

KEY = {"authorization": "Bearer SG.double"}


class Double:
    """`webhook` is only a name here: nothing is posted unless a test turns the poster."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self._offset = folder / "offset"
        given: dict[str, Any] = {"webhook": "http://127.0.0.1:9/", "disorder": Disorder.tidy()} | options
        self.server = build(Options(clock_offset_file=self._offset, **given))
        self.desk = self.server.desk

    @property
    def now(self) -> float:
        return time.time() + float(self._offset.read_text() if self._offset.exists() else 0)

    def later(self, seconds: float) -> None:
        """Move the clock, and let what waited for its hour go out."""
        self._offset.write_text(str(self.now - time.time() + seconds))
        self.desk.send_what_is_due()

    def send(self, body: object, **headers: str) -> Reply:
        """Hand a body over as the server does; bytes go as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        heads = KEY | {"content-type": "application/json"} | headers
        refusal, parsed = self.desk.check({name.replace("_", "-"): value for name, value in heads.items()}, raw)
        return refusal or self.desk.take(parsed, raw, begun=self.now, went_wrong=None)

    def ask(self, method: str, path: str, given: object = None, **query: str) -> tuple[int, Any]:
        """Ask another address; return the status and the parsed answer."""
        body = b"" if given is None else json.dumps(given).encode()
        reply = api.answer(self.desk, Asked(method, path, query, dict(KEY), body, self.now), self.now)
        return reply.status, json.loads(reply.body) if reply.body else None

    def events(self) -> list[dict[str, Any]]:
        """Return every event of every mail that was sent."""
        return [event for mail in self.desk.mails for event in mail.events]
