"""What is not the service's but the stand-in's own: its pages, and the levers below /double/ that tests and buttons pull."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import urllib3

from advocacy.sendgrid_double import page
from advocacy.sendgrid_double.faults import Faults, burst
from advocacy.sendgrid_double.taking import Desk, Reply, fault
from advocacy.sendgrid_double.wire import Asked

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PAGE_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self'"
}


class Levers:
    """Answers to this machine only; a page of another origin pulls nothing."""

    def __init__(
        self, desk: Desk, faults: Faults, status: Callable[[], dict[str, object]], now: Callable[[], float]
    ) -> None:
        self._desk = desk
        self._faults = faults
        self._now = now
        self._status = status

    async def answer(self, asked: Asked) -> Reply:
        host = asked.headers.get("host", "").rpartition(":")[0] or asked.headers.get("host", "")
        origin = asked.headers.get("origin")
        if host not in _LOOPBACK or (origin and urlsplit(origin).netloc != asked.headers.get("host")):
            return Reply(403, b"only from this machine", kind="text/plain")
        if asked.method == "GET":
            return self._show(asked)
        if asked.method != "POST" or not asked.path.startswith("/double/"):
            return fault(404, f"the stand-in knows no {asked.method} {asked.path}")
        return await self._pull(asked)

    def _show(self, asked: Asked) -> Reply:
        if asked.path == "/":
            return _shown(page.listing(self._desk, self._faults, self._now()))
        if asked.path == "/rules":
            return _shown(page.rules(self._desk))
        if asked.path == "/double/status":
            return Reply(200, json.dumps(self._status()).encode())
        number = unquote(asked.path.removeprefix("/mail/"))
        mail = next((one for one in self._desk.mails if one.number == number.removesuffix(".eml")), None)
        if mail is None:
            return fault(404, f"the stand-in knows no GET {asked.path}")
        if number.endswith(".eml"):
            return Reply(200, page.as_file(mail), {"Content-Disposition": "attachment"}, "message/rfc822")
        return _shown(page.one(mail, self._now()))

    async def _pull(self, asked: Asked) -> Reply:
        parts = [unquote(part) for part in asked.path.removeprefix("/double/").split("/")]
        done: object = None
        if parts[0] == "fault" and len(parts) == 2:
            try:
                self._faults.ask(burst(parts[1]))
            except ValueError as error:
                return fault(404, str(error))
        elif parts == ["again"]:
            self._desk.poster.again()
        elif parts == ["flush"]:
            self._desk.send_what_is_due()
            done = await asyncio.to_thread(self._desk.poster.flush)
        elif parts == ["settle"]:
            done = self._desk.settle()
        elif parts[0] == "mail" and len(parts) == 3:
            return await self._happen(parts[1], parts[2])
        else:
            return fault(404, f"the stand-in knows no {asked.path}")
        if "application/json" in asked.headers.get("accept", ""):
            return Reply(200, json.dumps({"done": done}).encode())
        return Reply(303, headers={"Location": "/"})

    async def _happen(self, number: str, action: str) -> Reply:
        mail = next((one for one in self._desk.mails if one.number == number), None)
        if mail is None or (action != "unsubscribe" and action not in page.ACTIONS):
            return fault(404, "the stand-in knows no such mail or button")
        if action == "unsubscribe":
            link = mail.headers.get("List-Unsubscribe", "").strip("<>")
            await asyncio.to_thread(_one_click, link)
        else:
            self._desk.happen(mail, page.ACTIONS[action])
        return Reply(303, headers={"Location": f"/mail/{number}"})


def _shown(words: str) -> Reply:
    return Reply(200, words.encode(), _PAGE_POLICY, "text/html; charset=utf-8")


def _one_click(link: str) -> None:
    """Press the button of a mail program (RFC 8058)."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with contextlib.suppress(urllib3.exceptions.HTTPError):
        urllib3.request("POST", link, body=b"List-Unsubscribe=One-Click", headers=kind, retries=False, timeout=10.0)
