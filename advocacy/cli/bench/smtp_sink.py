"""A bare mail server for benchmarks: takes every message, pipelined or not, keeps nothing. A process of its own.

It measures one thing, the longest line, in one message of sixteen. `XFIGURES` tells what it took and its processor time.
"""

import asyncio
import json
import sys
import time

_LOOKED_AT = 16
_END = b"\r\n.\r\n"
_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


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
        answers, at = [], 0
        while True:
            ends = _END if self._reading else b"\r\n"
            end = self._buffer.find(ends, at)
            if end < 0:
                break
            answers.append(self._answer(at, end))
            at = end + len(ends)
        self._buffer = self._buffer[at:]
        if answers:
            self._transport.write(b"".join(answers))

    def _answer(self, start: int, end: int) -> bytes:
        if self._reading:
            self._reading = False
            self._figures.take(self._buffer[start:end])
            return b"250 2.0.0 queued\r\n"
        word = self._buffer[start : start + 4].upper()
        self._reading = word == b"DATA"
        if word == b"XFIG":
            return b"250 " + self._figures.told() + b"\r\n"
        return _ANSWERS.get(word, b"250 ok\r\n")


async def _serve() -> None:
    figures = Figures()
    server = await asyncio.get_running_loop().create_server(lambda: _Conversation(figures), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
