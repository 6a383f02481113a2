"""Messages for SMTP from a skeleton made once: headers and MIME parts ready as bytes, with holes for each person.

Both parts are quoted-printable, with a soft line break around each hole, so that a value never moves what stands
around it: no line is longer than 76 characters whatever the words are (RFC 5321 allows 998 octets), none begins with a
dot, and nothing but ASCII is sent.
"""

import binascii
import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime, formataddr
from functools import lru_cache

from advocacy.domain.handover import Person, Request
from advocacy.domain.merge import fields_of, merge
from advocacy.gateways.sendgrid_body import ascii_address

LONGEST_LINE = 998
_FIELD = re.compile(r"\{\{ ?([a-z_]{1,40}) ?\}\}")
_AS_IT_IS = re.compile(r"[!-\-/-<>-~][ -<>-~]{0,72}(?<! )|")
_SHORT_ASCII = re.compile(r"[!-~](?:[ -~]{0,58}[!-~])?")
_OPAQUE = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_LINK = re.compile(r"[!-;=?-~]{1,900}")
_DOT = re.compile(rb"^\.", re.MULTILINE)
_LONE_NEWLINE = re.compile(rb"(?<!\r)\n")
"""What b2a_qp breaks a text with that has no line break of its own."""

_BOUNDARY = b"=_advocacy_part"
"""Quoted-printable writes no "=_", so that this can stand in no part."""


class UnfitError(Exception):
    """This person's message cannot be written."""


@dataclass(frozen=True)
class Skeleton:
    """What all messages of one request share. `parts` alternates between bytes and the holes between them."""

    head: bytes
    subject: str | None
    parts: tuple["bytes | _Hole", ...]


@dataclass(frozen=True)
class _Hole:
    name: str
    markup: bool
    before: bytes
    """The soft break that keeps what stands before the hole, empty at the beginning of a line."""


def skeleton(request: Request, now: datetime) -> Skeleton:
    """Prepare the messages of a request. What does not change from request to request is prepared once."""
    shared = _shared(replace(request, public_id="", people=()))
    own = f"Date: {format_datetime(now)}\r\nX-Advocacy-Dispatch: {request.public_id}\r\n"
    return replace(shared, head=shared.head + own.encode("ascii", "replace"))


@lru_cache(maxsize=32)
def _shared(request: Request) -> Skeleton:
    message = EmailMessage(policy=CRLF)
    message["From"] = formataddr((request.sender_name, request.sender))
    fixed_subject = not fields_of(request.subject)
    if fixed_subject:
        message["Subject"] = " ".join(request.subject.split())
    message["Auto-Submitted"] = "auto-generated"
    if request.reply_to:
        message["Reply-To"] = request.reply_to
    if request.list_id:
        message["List-Id"] = request.list_id
    message["MIME-Version"] = "1.0"
    head = message.as_bytes().removesuffix(b"\r\n")
    return Skeleton(head, None if fixed_subject else request.subject, tuple(_body(request)))


def written(frame: Skeleton, request: Request, person: Person) -> bytes:
    """Return one person's message, ready for DATA but for the closing dot. Raises UnfitError."""
    if not _OPAQUE.fullmatch(person.ref) or not _OPAQUE.fullmatch(request.public_id):
        raise UnfitError("a reference is not opaque")
    pieces = [frame.head, _addressed(request, person)]
    try:
        if frame.subject is not None:
            pieces.append(_subject(merge(frame.subject, person.values)))
        for part in frame.parts:
            if isinstance(part, bytes):
                pieces.append(part)
            else:
                value = person.values[part.name]
                pieces += (part.before, quoted(html.escape(value) if part.markup else value), b"=\r\n")
    except KeyError as missing:
        raise UnfitError(f"there is no value for {missing.args[0]}") from None
    except UnicodeEncodeError:
        raise UnfitError("a value holds half a character") from None
    return b"".join(pieces)


def quoted(text: str) -> bytes:
    """Return text as quoted-printable that may stand at the beginning of a line."""
    if _AS_IT_IS.fullmatch(text):
        return text.encode("ascii")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    encoded = _LONE_NEWLINE.sub(b"\r\n", binascii.b2a_qp(lines.encode(), istext=True))
    return _DOT.sub(b"=2E", encoded)


def _body(request: Request) -> list["bytes | _Hole"]:
    boundary = _BOUNDARY
    parts: list[bytes | _Hole] = [
        b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n'
        b"--" + boundary + b"\r\n" + _part_head("plain")
    ]
    parts += _holed(request.text, markup=False)
    parts.append(b"\r\n--" + boundary + b"\r\n" + _part_head("html"))
    parts += _holed(request.html, markup=True)
    parts.append(b"\r\n--" + boundary + b"--\r\n")
    return parts


def _part_head(kind: str) -> bytes:
    return (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    ).encode()


def _holed(text: str, *, markup: bool) -> list["bytes | _Hole"]:
    parts: list[bytes | _Hole] = []
    pieces = _FIELD.split(text)
    for fixed, name in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        encoded = quoted(fixed)
        parts.append(encoded)
        if name is not None:
            at_start = not encoded or encoded.endswith(b"\n")
            parts.append(_Hole(name, markup, b"" if at_start else b"=\r\n"))
    return parts


def _addressed(request: Request, person: Person) -> bytes:
    address = ascii_address(person.address)
    if address is None:
        raise UnfitError("the address cannot be written in ASCII")
    domain = request.sender.partition("@")[2]
    lines = [f"To: {address}", f"Message-ID:\r\n <{request.public_id}.{person.ref}@{domain}>"]
    if person.unsubscribe_url is not None:
        if not _LINK.fullmatch(person.unsubscribe_url):
            raise UnfitError("the unsubscribe address is not a plain web address")
        lines.append(f"List-Unsubscribe:\r\n <{person.unsubscribe_url}>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _subject(text: str) -> bytes:
    line = " ".join(text.split())
    if _SHORT_ASCII.fullmatch(line) and "=?" not in line:
        return f"Subject: {line}\r\n".encode()
    folded = Header(line, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {folded}\r\n".encode()
