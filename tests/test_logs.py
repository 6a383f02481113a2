"""Logs hold ids, never an address, a name's mail or a token."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from advocacy import logs
from advocacy.domain.keys import KeyRing, Purpose, random_token
from advocacy.domain.links import Links
from tests.conftest import SECRET

RING = KeyRing([SECRET])


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged from here on; the process's own set-up comes back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


CANARIES = {
    "an address": "canary.robin+tag@example.org",
    "an address with signs of its own": "o'canary@münchen.example",
    "a signed token": RING.token(Purpose.UNSUBSCRIBE, "4711"),
    "a link's token": Links("https://act.example", RING).act(4711, 12).rpartition("/")[2],
    "a random token": random_token()[0],
    "a provider's key": "SG.canarycanarycanary.canary-canary-canary-canary-canary-canary0",
}


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_no_log_line_holds_a_canary(lines: io.StringIO, canary: str) -> None:
    structlog.get_logger("advocacy.test").info("supporter.joined", why=f"asked by {canary} today", deep={"a": [canary]})
    logging.getLogger("some.library").warning("cannot deliver to %s", canary)
    logging.getLogger("some.library").warning("with more", extra={"person": canary})
    logging.getLogger("some.library").error("failed", exc_info=ValueError(f"no such person: {canary}"))

    written = lines.getvalue()

    assert len(written.splitlines()) == 4
    assert canary not in written
    assert "canary" not in written.lower()


def test_a_line_is_json_with_time_level_event_and_ids(lines: io.StringIO) -> None:
    structlog.get_logger("advocacy.test").info("dispatch.accepted", blast=7, no=3, public_id="f" * 32)

    line = json.loads(lines.getvalue())

    assert line["event"] == "dispatch.accepted"
    assert line["level"] == "info"
    assert line["at"].endswith("Z")
    assert (line["blast"], line["no"], line["public_id"]) == (7, 3, "f" * 32)


def test_links_of_mails_lose_their_tokens() -> None:
    links = Links("https://act.example", RING)
    for link in (links.act(1, 2), links.unsubscribe(1), links.preferences(1), links.confirm(random_token()[0])):
        head, _, token = link.rpartition("/")
        assert logs.masked(f"GET {link} answered") == f"GET {head}/… answered"
        assert token not in logs.masked(link)


def test_a_line_break_in_what_is_logged_does_not_make_a_line_of_its_own(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("asked for %s", 'a\n{"event": "forged"}')

    assert len(lines.getvalue().splitlines()) == 1


def test_ordinary_words_stay(lines: io.StringIO) -> None:
    text = "advocacy.operations.sending: blast 12, dispatch 3 of 400 at 2026-03-02T12:00:00+00:00"

    assert logs.masked(text) == text
