"""A bare mail server for benchmarks: takes every message, pipelined or not, keeps nothing. A process of its own.

It measures one thing, the longest line, in one message of sixteen. `XFIGURES` tells what it took and its processor time.
"""

import asyncio
import json
import sys
import time

_LOOKED_AT = 16
_END = b"\r\n.\r\n"


class Figures:
    def __init__(self) -> None:
        self.messages = 0
        self.longest_line = 0

    def take(self, message: bytes) -> None:
        self.messages += 1
        if self.messages % _LOOKED_AT == 1:
            self.longest_line = max(self.longest_line, *map(len, message.split(b"\r\n")))

    def told(self) -> bytes:
        return json.dumps(vars(self) | {"cpu_seconds": round(time.process_time(), 3)}).encode()


class _Conversation(asyncio.Protocol):
    """What comes together is answered together."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._buffer = b""
        self._reading = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport
            transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        ends = _END if self._reading else b"\r\n"
        at = self._buffer.find(ends)
        if at < 0:
            return None
        part, self._buffer = self._buffer[:at], self._buffer[at + len(ends) :]
        if self._reading:
            self._reading = False
            self._figures.take(part)
            return b"250 2.0.0 queued\r\n"
        return self._answer(part[:4].upper())

    def _answer(self, word: bytes) -> bytes:
        if word == b"DATA":
            self._reading = True
            return b"354 go on\r\n"
        if word == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if word == b"XFIG":
            return b"250 " + self._figures.told() + b"\r\n"
        return b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n"


async def _serve() -> None:
    figures = Figures()
    server = await asyncio.get_running_loop().create_server(lambda: _Conversation(figures), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
