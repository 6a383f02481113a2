"""Requests and replies as bytes: read strictly, written as the real service writes them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

from advocacy.sendgrid_double.rules import MOST_BODY
from advocacy.sendgrid_double.taking import HTML_ERROR, Reply, fault

MOST_HEAD = 64 * 1024
_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 303: "See Other", 307: "Temporary Redirect"}
_CORS = {
    "Access-Control-Allow-Origin": "https://sendgrid.api-docs.io",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, On-behalf-of, x-sg-elas-acl",
    "Access-Control-Max-Age": "600",
    "X-No-CORS-Reason": "https://sendgrid.com/docs/Classroom/Basics/API/cors.html",
}


@dataclass(frozen=True)
class Asked:
    """One request. `begun` is when its first byte was read (epoch seconds of the stand-in's clock)."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    begun: float


class HangUpError(Exception):
    """Close the connection without another word."""


async def read(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    now: Callable[[], float],
    *,
    html_413: bool,
    idle: float = 0.0,
) -> Asked | None:
    """Read one request. None when the client is done, was silent for `idle` seconds (0: for ever), or spoke no HTTP we take."""
    try:
        async with asyncio.timeout(idle or None):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        return None
    begun = now()
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, _, rest = first.partition(" ")
    target, _, version = rest.rpartition(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length", "0")
    if version != "HTTP/1.1" or "transfer-encoding" in headers or not length.isdigit():
        writer.write(written(fault(411, "A Content-Length is required.")))
        return None
    if int(length) > MOST_BODY + 1024:
        too_large = Reply(413, HTML_ERROR % 413, kind="text/html")
        writer.write(written(too_large if html_413 else fault(413, "too large")))
        return None
    body = await reader.readexactly(int(length))
    parts = urlsplit(target)
    return Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, body, begun)


def written(reply: Reply) -> bytes:
    """Return a reply as it goes over the line."""
    head = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Error')}", "Server: nginx"]
    head += [f"Date: {formatdate(usegmt=True)}", f"Content-Length: {len(reply.body)}", "Connection: keep-alive"]
    if reply.body:
        head.append(f"Content-Type: {reply.kind}")
    head += [f"{name}: {value}" for name, value in {**_CORS, **reply.headers}.items()]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + reply.body
