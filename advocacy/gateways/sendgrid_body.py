"""The JSON body of one request to SendGrid: 1 to 1,000 people, one content, a few bytes for each person.

The words go out once, with a tag of this request alone in the place of each merge field; each person carries the values
of the tags (contract.md 1.4). A tag nobody can guess cannot be typed by a supporter. Built column by column as text:
twenty times as fast as dictionaries.
"""

import html
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson
from email_validator import EmailNotValidError, validate_email

from advocacy.domain.handover import Crowd, Person, Request
from advocacy.domain.merge import fields_of

MOST_PEOPLE = 1000
MOST_BODY = 30_000_000
"""SendGrid's "30 MB", counted in millions to be on the safe side."""

MOST_SUBSTITUTIONS = 10_000
LONGEST_ADDRESS = 320
MESSAGE_ARG = "adv_mid"
PERSON_ARG = "adv_person"
"""The custom arguments that come back in each report: both opaque."""

_FIELD = re.compile(r"\{\{ ?([a-z_]{1,40}) ?\}\}")
_OPAQUE = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_LINK = re.compile(r"https?://[!#-;=?-\[\]-~]{1,1900}")
_ADDRESS = re.compile(r"[!-;=?A-~]{1,64}@[!-;=?A-~]{1,255}")
_ALL_PLAIN = {pattern: re.compile(rf"(?:{pattern.pattern}\n)*") for pattern in (_OPAQUE, _LINK, _ADDRESS)}
"""The same for a whole column at once, one cell a line: looked at first, since nearly every column passes."""

_ONE_CLICK = ',"List-Unsubscribe":"<%s>","List-Unsubscribe-Post":"List-Unsubscribe=One-Click"'

_TRACKING_OFF = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}
"""All of them, always: what is left out is decided by the account's defaults (contract.md 1.6)."""

_OPENS_ALONE = _TRACKING_OFF | {"open_tracking": {"enable": True}}


class UnfitError(Exception):
    """SendGrid would refuse this, or take it and drop it. `person` is an index into the people when one is at fault."""

    def __init__(self, reason: str, person: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.person = person


@dataclass(frozen=True)
class _Column:
    """One tag and what each person has in its place."""

    tag: str
    cells: Sequence[str]


def build(request: Request) -> bytes:
    """Return the body of the request. Raises UnfitError for what must not be sent at all."""
    if not 1 <= len(request.people) <= MOST_PEOPLE:
        raise UnfitError(f"a request carries 1 to {MOST_PEOPLE} people, not {len(request.people)}")
    addresses = _addresses(request.people)
    columns, subject, text, markup = _tagged(request)
    _check_sizes(columns, len(request.people))
    try:
        body = b'{"personalizations":[%b],%b' % (
            _personalizations(request, addresses, columns).encode(),
            orjson.dumps(_message(request, subject, text, markup))[1:],
        )
    except (UnicodeEncodeError, orjson.JSONEncodeError):
        raise UnfitError("a text holds half a character", _broken(request.people)) from None
    if len(body) >= MOST_BODY:
        raise UnfitError(f"the request has {len(body)} bytes; SendGrid takes fewer than {MOST_BODY}")
    return body


def ascii_address(address: str) -> str | None:
    """Return the address as SendGrid takes it (a foreign domain in punycode), None when it cannot be written so."""
    if address.isascii():
        return address if len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) else None
    try:
        return validate_email(address, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        return None


def _addresses(people: Sequence[Person]) -> Sequence[str]:
    """Return the addresses as they are sent: each in ASCII, none twice (the whole request would be refused)."""
    found = people.addresses if isinstance(people, Crowd) else [person.address for person in people]
    if not _plain(found, _ADDRESS):
        found = [_one_address(number, address) for number, address in enumerate(found)]
    if len(set("\n".join(found).lower().split("\n"))) < len(found):
        seen: set[str] = set()
        for number, address in enumerate(found):
            if address.lower() in seen:
                raise UnfitError("the address stands twice in one request", number)
            seen.add(address.lower())
    return found


def _one_address(number: int, address: str) -> str:
    written = ascii_address(address)
    if written is None:
        raise UnfitError("the address cannot be written in ASCII", number)
    return written


def _plain(cells: Sequence[str], pattern: re.Pattern[str]) -> bool:
    text = "".join([f"{cell}\n" for cell in cells])
    return _ALL_PLAIN[pattern].fullmatch(text) is not None and text.count("\n") == len(cells)


def _refs(people: Sequence[Person]) -> Sequence[str]:
    found = people.refs if isinstance(people, Crowd) else [person.ref for person in people]
    if not _plain(found, _OPAQUE):
        number = next((number for number, ref in enumerate(found) if not _OPAQUE.fullmatch(ref)), None)
        raise UnfitError("the person's reference is not opaque", number)
    return found


def _tagged(request: Request) -> tuple[list[_Column], str, str, str]:
    """Return the columns and the three texts with tags in the places of their fields."""
    secret = secrets.token_hex(8)
    columns: list[_Column] = []
    plain: dict[str, _Column] = {}

    def tag_for(name: str, made: Callable[[str], str]) -> str:
        values = _values(request.people, name)
        if made is not str and made(joined := "|".join(values)) != joined:
            column = _Column(f"-{secret}{len(columns):02d}-", [made(value) for value in values])
        elif name in plain:
            return plain[name].tag
        else:
            column = plain[name] = _Column(f"-{secret}{len(columns):02d}-", values)
        columns.append(column)
        return column.tag

    def tag(text: str, made: Callable[[str], str]) -> str:
        tags = {name: tag_for(name, made) for name in sorted(fields_of(text))}
        return _FIELD.sub(lambda match: tags[match.group(1)], text)

    text = tag(request.text, str)
    markup = tag(request.html, html.escape)
    subject = tag(" ".join(request.subject.split()), _on_one_line)
    return columns, subject, text, markup


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _values(people: Sequence[Person], name: str) -> Sequence[str]:
    try:
        if isinstance(people, Crowd):
            return people.values[name]
        return [person.values[name] for person in people]
    except KeyError:
        number = next(number for number, person in enumerate(people) if name not in person.values)
        raise UnfitError(f"there is no value for {name}", number) from None


def _check_sizes(columns: Sequence[_Column], people: int) -> None:
    """Refuse a person whose substitutions are over the limit, counted in UTF-8 bytes with the tags."""
    tags = sum(len(column.tag) for column in columns)
    longest = sum(max(map(len, column.cells)) for column in columns)
    if tags + 4 * longest <= MOST_SUBSTITUTIONS:
        return
    for number in range(people):
        size = sum(len(column.cells[number].encode("utf-8", "replace")) for column in columns)
        if tags + size > MOST_SUBSTITUTIONS:
            raise UnfitError(f"the person's values have more than {MOST_SUBSTITUTIONS} bytes", number)


def _personalizations(request: Request, addresses: Sequence[str], columns: Sequence[_Column]) -> str:
    """Return the list as JSON text. Headers stand in each entry: whether entry and message are merged is not said."""
    if not _OPAQUE.fullmatch(request.public_id):
        raise UnfitError("the request's reference is not opaque")
    fixed = {"Auto-Submitted": "auto-generated"} | ({"List-Id": request.list_id} if request.list_id else {})
    headers = orjson.dumps(fixed).decode()[:-1].replace("%", "%%")
    substitutions = ",".join(f'"{column.tag}":"%s"' for column in columns)
    template = (
        '{"to":[{"email":"%s"}],"headers":' + headers + "%s},"
        '"custom_args":{"' + MESSAGE_ARG + '":"' + request.public_id + '","' + PERSON_ARG + '":"%s"}'
        + (',"substitutions":{' + substitutions + "}" if columns else "")
        + "}"
    )  # fmt: skip
    cells: list[Sequence[str]] = [_json(addresses), _one_click(request.people), _refs(request.people)]
    cells += [_json(column.cells) for column in columns]
    return ",".join(map(template.__mod__, zip(*cells, strict=True)))


def _json(cells: Sequence[str]) -> Sequence[str]:
    """Return the cells as they stand between JSON's quotation marks. Most columns hold nothing to escape."""
    joined = "".join(cells)
    if len(orjson.dumps(joined)) == len(joined.encode()) + 2:
        return cells
    return [orjson.dumps(cell).decode()[1:-1] for cell in cells]


def _one_click(people: Sequence[Person]) -> Sequence[str]:
    """Return the headers of RFC 8058 for each person, to stand after the others."""
    links: Sequence[str | None]
    links = people.unsubscribe_urls if isinstance(people, Crowd) else [person.unsubscribe_url for person in people]
    given = [link for link in links if link is not None]
    if not _plain(given, _LINK):
        number = next((number for number, link in enumerate(links) if link and not _LINK.fullmatch(link)), None)
        raise UnfitError("the unsubscribe address is not a plain web address", number)
    return [_ONE_CLICK % link if link is not None else "" for link in links]


def _message(request: Request, subject: str, text: str, markup: str) -> dict[str, object]:
    content = [{"type": kind, "value": value} for kind, value in (("text/plain", text), ("text/html", markup)) if value]
    sender = {"email": request.sender} | ({"name": request.sender_name} if request.sender_name else {})
    reply_to: dict[str, object] = {"reply_to": {"email": request.reply_to}} if request.reply_to else {}
    return {
        "from": sender,
        **reply_to,
        "subject": subject,
        "content": content,
        "mail_settings": {"sandbox_mode": {"enable": request.sandbox}, "footer": {"enable": False}},
        "tracking_settings": _OPENS_ALONE if request.count_opens else _TRACKING_OFF,
    }


def _broken(people: Sequence[Person]) -> int | None:
    for number, person in enumerate(people):
        try:
            "".join((person.address, *person.values.values())).encode()
        except UnicodeEncodeError:
            return number
    return None
