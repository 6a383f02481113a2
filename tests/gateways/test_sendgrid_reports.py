"""Is it from SendGrid, and what does it say: signatures over raw bytes, events in our own words."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from advocacy.domain.report import ReportType, Told
from advocacy.gateways.sendgrid_reports import SendGridReports

KEY, OTHER = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BODY = '[{"email":"zoë@example.org","event":"delivered","timestamp":1772452790}]\r\n'.encode()
SHARED = Path(__file__).parents[3] / "shared" / "sendgrid" / "event_webhook_signature_vector.json"


def _shown(key: Any) -> str:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def _signed(body: bytes, timestamp: str, key: Any = KEY) -> str:
    return base64.b64encode(key.sign(timestamp.encode() + body, ECDSA(SHA256()))).decode()


REPORTS = SendGridReports([_shown(KEY)])
STAMP = str(int(NOON.timestamp()))
GOOD = _signed(BODY, STAMP)


def test_a_post_signed_over_its_raw_bytes_is_genuine() -> None:
    assert REPORTS.genuine(BODY, signature=GOOD, timestamp=STAMP, now=NOON)


@pytest.mark.parametrize(
    ("body", "signature", "timestamp"),
    [
        (BODY.rstrip(), GOOD, STAMP),
        (json.dumps(json.loads(BODY)).encode(), GOOD, STAMP),
        (BODY, "", STAMP),
        (BODY, GOOD, ""),
        (BODY, "no base64!", STAMP),
        (BODY, "é", STAMP),
        (BODY, base64.b64encode(b"rubbish").decode(), STAMP),
        (BODY, base64.b64encode(bytes.fromhex("3006020100020100")).decode(), STAMP),
        (BODY, _signed(BODY + b" ", STAMP), STAMP),
        (BODY, _signed(BODY, STAMP, OTHER), STAMP),
        (BODY, GOOD * 5, STAMP),
        (BODY, GOOD, str(int(STAMP) + 1)),
    ],
    ids=[
        "altered body",
        "the same JSON written anew",
        "no signature",
        "no timestamp",
        "no base64",
        "not ASCII",
        "rubbish",
        "zeros",
        "signature of another body",
        "signature by another key",
        "too long",
        "another timestamp",
    ],
)
def test_everything_else_is_not(body: bytes, signature: str, timestamp: str) -> None:
    assert not REPORTS.genuine(body, signature=signature, timestamp=timestamp, now=NOON)


@pytest.mark.parametrize(
    ("timestamp", "genuine"),
    [
        (str(int(STAMP) - 26 * 3600), True),
        (str(int(STAMP) - 26 * 3600 - 1), False),
        (str(int(STAMP) + 300), True),
        (str(int(STAMP) + 301), False),
        ("-5", False), (f" {STAMP}", False), (f"{STAMP}.0", False), ("1" + "0" * 30, False), ("１７７２４５２８００", False),
    ],
)  # fmt: skip
def test_the_time_of_the_signature_is_digits_and_within_26_hours(timestamp: str, genuine: bool) -> None:  # noqa: FBT001
    signature = _signed(BODY, timestamp)

    assert REPORTS.genuine(BODY, signature=signature, timestamp=timestamp, now=NOON) is genuine


def test_two_keys_are_good_while_one_replaces_the_other() -> None:
    both = SendGridReports([_shown(OTHER), _shown(KEY)])

    assert both.genuine(BODY, signature=GOOD, timestamp=STAMP, now=NOON)
    assert both.genuine(BODY, signature=_signed(BODY, STAMP, OTHER), timestamp=STAMP, now=NOON)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "rubbish",
        "-----BEGIN PUBLIC KEY-----",
        base64.b64encode(b"rubbish").decode(),
        _shown(generate_private_key(SECP384R1())),
        _shown(Ed25519PrivateKey.generate()),
    ],
    ids=["empty", "rubbish", "PEM", "rubbish in base64", "another curve", "another kind"],
)
def test_a_key_of_another_kind_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        SendGridReports([key])


def test_without_any_key_nothing_starts() -> None:
    with pytest.raises(ValueError, match="key"):
        SendGridReports([])


@pytest.mark.skipif(not SHARED.exists(), reason="THE REAL SIGNATURE IS NOT HERE: only our own were checked")
def test_a_real_signed_body_is_genuine_and_only_as_it_came() -> None:
    vector = json.loads(SHARED.read_text(encoding="utf-8"))
    reports = SendGridReports([vector["public_key"]])
    signed = {"signature": vector["signature"], "timestamp": vector["timestamp"]}
    now = datetime.fromtimestamp(int(vector["timestamp"]), UTC) + timedelta(hours=1)
    body = vector["body"].encode()

    assert reports.genuine(body, now=now, **signed)
    assert not reports.genuine(body.rstrip(b"\r\n"), now=now, **signed)
    assert not reports.genuine(json.dumps(json.loads(body)).encode(), now=now, **signed)
    (told,) = reports.read(body, now=now)
    assert (told.type, told.reason) == (ReportType.DROPPED, "Bounced Address")


def _event(**changed: Any) -> dict[str, Any]:
    given = {
        "email": "Ann@Example.org",
        "event": "delivered",
        "timestamp": 1772452790,
        "sg_event_id": "ZGVsaXZlcmVk",
        "sg_message_id": "euo2iKxdSayPF4YE4--I7A.recvd-5f54b5d587-pczjm-1-67BADEEA-6.0",
        "adv_mid": "d1a2b3c4d5e6f7",
        "adv_person": "ref00001",
    }
    return {name: value for name, value in (given | changed).items() if value is not ...}


def _read(*events: object) -> list[Told]:
    return REPORTS.read(json.dumps(list(events)).encode(), now=NOON)


def test_a_report_carries_our_own_words_and_the_address_as_we_hash_it() -> None:
    (told,) = _read(_event())

    assert told.type is ReportType.DELIVERED
    assert told.at == datetime(2026, 3, 2, 11, 59, 50, tzinfo=UTC)
    assert (told.public_id, told.person_ref, told.address) == ("d1a2b3c4d5e6f7", "ref00001", "ann@example.org")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"event": "processed"}, "processed"),
        ({"event": "deferred", "attempt": "3", "response": "451"}, "deferred"),
        ({"event": "dropped", "reason": "Invalid", "email": ""}, "dropped"),
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, "bounced"),
        ({"event": "bounce", "type": "bounce", "status": "5.1.10", "sg_message_id": "", "adv_mid": ...}, "bounced"),
        ({"event": "bounce", "type": "blocked", "tls": 0}, "blocked"),
        ({"event": "bounce", "type": "bounce", "status": "5.7.515"}, "blocked"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Reputation"}, "blocked"),
        ({"event": "bounce", "type": "bounce", "bounce_classification": "Invalid Address"}, "bounced"),
        ({"event": "spamreport"}, "complained"),
        ({"event": "unsubscribe", "sg_event_id": ...}, "unsubscribed"),
        ({"event": "group_unsubscribe", "asm_group_id": 5}, "unsubscribed"),
        ({"event": "group_resubscribe"}, "resubscribed"),
        ({"event": "open", "sg_content_type": "html"}, "opened"),
        ({"event": "open", "sg_machine_open": True, "sg_content_type": "html"}, "machine_opened"),
        ({"event": "click", "url": "https://x", "url_offset": {"index": 0, "type": "html"}}, "clicked"),
        ({"event": "account_status_change"}, "account"),
        ({"event": "something new", "more": [1, {"x": None}]}, "unknown"),
        ({"event": ["delivered"]}, "unknown"),
        ({"event": ...}, "unknown"),
    ],
)
def test_each_event_has_one_type(changed: dict[str, Any], expected: str) -> None:
    (told,) = _read(_event(**changed))

    assert told.type == expected


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"[[]]", b"[3]", b'"x"', b"\xff\xfe", b"[" * 5000])
def test_a_signed_body_of_no_known_shape_is_one_unknown_report(body: bytes) -> None:
    (told,) = REPORTS.read(body, now=NOON)

    assert told.type is ReportType.UNKNOWN
    assert told.at == NOON


SAME = [
    {"sg_event_id": "another"},
    {"sg_message_id": "euo2iKxdSayPF4YE4--I7A.recvd-other-machine-1-0-6.0"},
    {"sg_event_id": ..., "useragent": "other"},
    {"email": "ann@example.org"},
]
OTHERS = [
    {"event": "processed"},
    {"timestamp": 1772452791},
    {"adv_mid": "dother0000000"},
    {"adv_person": "ref00002"},
    {"url": "https://x.example"},
    {"attempt": "2"},
]


@pytest.mark.parametrize("changed", SAME)
@pytest.mark.parametrize("lost", [False, True])
def test_a_copy_is_known_as_one_though_the_provider_renumbers_it(changed: dict[str, Any], lost: bool) -> None:  # noqa: FBT001
    ids = {"adv_mid": ..., "adv_person": ...} if lost else {}
    one, other = _read(_event(**ids), _event(**ids, **changed))

    assert one.identity == other.identity


@pytest.mark.parametrize("changed", OTHERS)
def test_another_event_is_another_report(changed: dict[str, Any]) -> None:
    one, other = _read(_event(), _event(**changed))

    assert one.identity != other.identity


def test_hostile_fields_are_cut_and_scrubbed() -> None:
    (told,) = _read(
        _event(
            event="bounce",
            reason="550 <ann@example.org> \x00<script>\n" + "x" * 100_000,
            adv_mid="'; DROP TABLE report --",
            adv_person="x" * 65,
            url="u" * 1_000_000,
            timestamp=10**30,
        )
    )

    assert told.reason is not None
    assert told.reason.startswith("550 <[address]> <script> xxx")
    assert len(told.reason) <= 280
    assert (told.public_id, told.person_ref, told.at) == (None, None, NOON)
    assert len(told.identity) < 1000
