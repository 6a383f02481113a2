"""The stand-in as a server: which request goes where, and which fault it meets."""

import asyncio
import contextlib
import socket
import time

from advocacy.sendgrid_double import api
from advocacy.sendgrid_double.failing import Failing
from advocacy.sendgrid_double.faults import TAKEN_FIRST, Fault, Faults
from advocacy.sendgrid_double.levers import Levers
from advocacy.sendgrid_double.pace import Pace
from advocacy.sendgrid_double.taking import Desk, fault
from advocacy.sendgrid_double.wire import MOST_HEAD, Asked, HangUpError, read, written


class Server:
    """Serves on loopback. `port` 0 takes a free one; `url` says which."""

    def __init__(self, desk: Desk, faults: Faults, pace: Pace, *, port: int = 0) -> None:
        self.desk = desk
        self.faults = faults
        self._pace = pace
        self._failing = Failing(desk, faults, pace.now)
        self._levers = Levers(desk, faults, self.status, pace.now)
        self._port = port
        self._server: asyncio.Server | None = None
        self._requests = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._most_open = 0
        self._stopping = False

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", self._port, limit=MOST_HEAD, backlog=512)
        self._sending = asyncio.create_task(self._send_what_waits())

    async def stop(self) -> None:
        self._stopping = True
        if self._server is not None:
            self._server.close()
            self._sending.cancel()
        # Connections that were just accepted come to their first step, where they can be closed.
        for _ in range(100):
            await asyncio.sleep(0.02)
            if not self._open:
                break
            for writer in list(self._open):
                writer.transport.abort()

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(writer)
        self._most_open = max(self._most_open, len(self._open))
        try:
            while not self._stopping and (asked := await self._read(reader, writer)) is not None:
                self._requests += 1
                await self._answer(asked, writer)
                if asked.headers.get("connection", "").lower() == "close":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        except HangUpError:
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()
                await writer.wait_closed()
            self._open.discard(writer)

    async def _send_what_waits(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            self.desk.send_what_is_due()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked | None:
        return await read(
            reader, writer, self._pace.now, html_413=self.desk.account.switches.html_413, idle=self.faults.idle
        )

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path == "/v3/mail/send":
            if asked.method != "POST":
                writer.write(written(fault(405, "method not allowed")))
                return
            await self._mail(asked, writer)
        elif asked.path.startswith("/v3/"):
            writer.write(written(api.answer(self.desk, asked, self._pace.now())))
        else:
            writer.write(written(await self._levers.answer(asked)))
        await writer.drain()

    async def _mail(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        broken = self.faults.next()
        await asyncio.sleep(self.faults.wait())
        if broken is not None and broken not in TAKEN_FIRST:
            await self._failing.fail(broken, writer, None)
            return
        refusal, parsed = self.desk.check(asked.headers, asked.body)
        if refusal is not None:
            writer.write(written(refusal))
            return
        if broken is Fault.STALL_AFTER:
            await asyncio.sleep(self.faults.stall)
        went_wrong = broken.value if broken is not None else None
        taken = self.desk.take(parsed, asked.body, begun=asked.begun, went_wrong=went_wrong)
        if broken is None:
            writer.write(written(taken))
        else:
            await self._failing.fail(broken, writer, taken)

    def status(self) -> dict[str, object]:
        """Return what a benchmark wants to know: how much was taken, and this process's own CPU, to be kept apart."""
        return {
            "requests": self._requests,
            "taken": self.desk.ledger.requests,
            "people": self.desk.ledger.people,
            "refused": self.desk.refused,
            "refused_by": dict(self.desk.refused_by),
            "waiting": len(self.desk.waiting),
            "connections": self._most_open,
            "faulty": [(number, [p.message for p in problems]) for number, problems in self.desk.faulty],
            "faults": self.faults.counted,
            "events_posted": self.desk.poster.posted,
            "events_waiting": self.desk.poster.waiting,
            "events_refused": self.desk.poster.refused,
            "cpu_seconds": round(time.process_time(), 3),
        }
