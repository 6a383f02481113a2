"""A bare sink for mails: reads requests, counts their people, answers 202. Run as a process of its own.

It checks nothing else, so that what is measured is the sender; the stand-in (`advocacy sendgrid-double`) is the judge
of what is right. `GET /figures` tells what it took and the processor time it took for it.
"""

import asyncio
import json
import sys
import time

_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length:"
_PERSON = b'"adv_person"'
_REQUEST = b'"adv_mid":"'
_SANDBOX = b'"sandbox_mode":{"enable":true}'


class Figures:
    """What was taken. `twice` are requests whose id was taken before."""

    def __init__(self) -> None:
        self.requests = 0
        self.people = 0
        self.bytes = 0
        self.twice = 0
        self._seen: set[bytes] = set()

    def take(self, body: bytes) -> None:
        if body.rfind(_SANDBOX) >= 0:  # The question before a blast: nothing of it is sent.
            return
        self.requests += 1
        self.bytes += len(body)
        self.people += body.count(_PERSON)
        begins = body.find(_REQUEST) + len(_REQUEST)
        name = body[begins : body.find(b'"', begins)]
        self.twice += name in self._seen
        self._seen.add(name)

    def told(self) -> bytes:
        return json.dumps(
            {
                "requests": self.requests,
                "people": self.people,
                "bytes": self.bytes,
                "twice": self.twice,
                "cpu_seconds": round(time.process_time(), 3),
            }
        ).encode()


class _Conversation(asyncio.Protocol):
    """One kept-alive connection; a request begins when the one before is answered."""

    def __init__(self, figures: Figures, latency: float) -> None:
        self._figures, self._latency = figures, latency
        self._begin()

    def _begin(self) -> None:
        self._parts: list[bytes] = []
        self._have, self._need = 0, 0
        self._asks = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if not self._need:
            data = b"".join(self._parts) + data
            self._parts = []
            ends = data.find(_HEAD_ENDS)
            if ends < 0:
                self._parts = [data]
                return
            head, data = data[:ends].lower(), data[ends + len(_HEAD_ENDS) :]
            at = head.find(_LENGTH)
            self._need = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self._asks = head.startswith(b"get ")
        self._parts.append(data)
        self._have += len(data)
        if self._have >= self._need:
            self._take()

    def _take(self) -> None:
        asks, body = self._asks, b"".join(self._parts)
        self._begin()
        if asks:
            told = self._figures.told()
            self._answer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told))
            return
        self._figures.take(body)
        answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nX-Message-Id: sink\r\n\r\n"
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._answer, answer)
        else:
            self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        if isinstance(self._transport, asyncio.WriteTransport) and not self._transport.is_closing():
            self._transport.write(answer)


async def _serve(latency: float) -> None:
    figures = Figures()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(figures, latency), "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """The one argument is the milliseconds until an answer."""
    asyncio.run(_serve(float(sys.argv[1]) / 1000))


if __name__ == "__main__":
    main()
