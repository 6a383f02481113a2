"""What can be seen of a finished mail before it goes out: its size, its links, its way out, its first lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from advocacy.domain.email import MERGE_FIELDS, Words
from advocacy.domain.sentence import Sentence

GMAIL_CLIPS = 102 * 1024
"""Bytes of HTML after which Gmail cuts a mail off, and with it the way to unsubscribe."""

SEEN_OF_SUBJECT = 60

_ROOM_FOR_EACH_FIELD = 160
_HREF = re.compile(r'<a\s[^>]*?href="([^"]*)"', re.IGNORECASE)
_FIELD = re.compile(r"\{\{ ?(" + "|".join(MERGE_FIELDS) + r") ?\}\}")
_SHORTENERS = frozenset(
    {"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly", "tiny.cc"}
)
_NOWHERE = (".example", ".invalid", ".test", ".localhost")


@dataclass(frozen=True)
class Link:
    """One address a mail links to, and what is wrong with it: "" for nothing."""

    url: str
    fault: str


def size_of(words: Words) -> int:
    """Return how many bytes the HTML has when each person's own values are in it, as large as they get."""
    fields = len(_FIELD.findall(words.html))
    return len(words.html.encode()) + fields * _ROOM_FOR_EACH_FIELD


def links_of(words: Words, *, base_url: str = "") -> tuple[Link, ...]:
    """Return the addresses in a mail but each person's own, once each. Below `base_url` all is ours, and so is right."""
    found = dict.fromkeys(url.replace("&amp;", "&") for url in _HREF.findall(words.html) if not _FIELD.search(url))
    return tuple(Link(url, "" if base_url and url.startswith(base_url) else _fault(url)) for url in found)


def leaves_a_way_out(words: Words) -> bool:
    """Whether both parts hold the person's own address to unsubscribe."""
    return all("{{ unsubscribe_url }}" in part for part in (words.text, words.html))


def names(words: Words, text: str) -> bool:
    """Whether both parts hold a text such as the sender's postal address."""
    plain = re.sub(r"\W+", " ", text)
    return all(plain in re.sub(r"\W+", " ", part.replace("&#39;", "'")) for part in (words.text, words.html))


def _fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return Sentence("is no address")
    return next((fault for is_so, fault in _faults(parts.scheme, host) if is_so), "")


def _faults(scheme: str, host: str) -> Iterator[tuple[bool, str]]:
    if scheme == "mailto":
        return
    yield scheme == "http", Sentence("is not encrypted: write https")
    yield scheme != "https", Sentence("is no address of a page")
    yield "." not in host, Sentence("has no domain")
    yield host in _SHORTENERS, Sentence("is a shortened link: spam filters distrust it, so write the address itself")
    yield host.endswith(_NOWHERE), Sentence("leads nowhere")
