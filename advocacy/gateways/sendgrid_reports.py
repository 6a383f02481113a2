"""SendGrid's Event Webhook: is it really from SendGrid, and what does it say (contract.md 2)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from advocacy.domain.report import ReportType, Told
from advocacy.gateways.sendgrid import scrubbed
from advocacy.gateways.sendgrid_body import MESSAGE_ARG, PERSON_ARG

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"

OLDEST = timedelta(hours=26)
"""Posts are tried again for 24 hours, and nobody says whether such a copy is signed anew."""

NEWEST = timedelta(minutes=5)
MOST_EVENTS = 20_000
_LONGEST_SIGNATURE = 120
_LONGEST_TIMESTAMP = 12
_OPAQUE = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_LONGEST_ID = 40

_TYPES = {
    "processed": ReportType.PROCESSED,
    "deferred": ReportType.DEFERRED,
    "delivered": ReportType.DELIVERED,
    "dropped": ReportType.DROPPED,
    "spamreport": ReportType.COMPLAINED,
    "unsubscribe": ReportType.UNSUBSCRIBED,
    "group_unsubscribe": ReportType.UNSUBSCRIBED,
    "group_resubscribe": ReportType.RESUBSCRIBED,
    "open": ReportType.OPENED,
    "click": ReportType.CLICKED,
    "account_status_change": ReportType.ACCOUNT,
}
"""SendGrid's words for events and ours. A bounce is looked at more closely."""

_NOT_ABOUT_THE_ADDRESS = frozenset({"Content", "Frequency or Volume Too High", "Reputation", "Technical"})
_POLICY = re.compile(r"^5\.7\.\d{1,3}$")


class SendGridReports:
    """What may come in at the webhook. `keys` are the public keys as SendGrid shows them (base64 of a DER
    SubjectPublicKeyInfo), two while one is being replaced. Raises ValueError for anything else."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [_public_key(key) for key in keys]
        if not self._keys:
            raise ValueError("a public key is needed to tell SendGrid's reports from anybody's")

    def genuine(self, body: bytes, *, signature: str, timestamp: str, now: datetime) -> bool:
        """Return whether this body, byte for byte, was signed by SendGrid for about now. Looks at nothing in it."""
        if len(signature) > _LONGEST_SIGNATURE or len(timestamp) > _LONGEST_TIMESTAMP:
            return False
        if not (timestamp.isascii() and timestamp.isdigit()):
            return False
        age = now.timestamp() - int(timestamp)
        if not -NEWEST.total_seconds() <= age <= OLDEST.total_seconds():
            return False
        try:
            raw = base64.b64decode(signature.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return False
        return any(_signed_by(key, raw, timestamp.encode() + body) for key in self._keys)

    def read(self, body: bytes, *, now: datetime) -> list[Told]:
        """Return what a genuine body tells. What has no shape we know is one report of type unknown."""
        try:
            events = orjson.loads(body)
        except orjson.JSONDecodeError:
            events = None
        if not isinstance(events, list) or not events:
            return [_unknown(body, now)]
        return [
            _told(event, now) if isinstance(event, dict) else _unknown(orjson.dumps(event), now) for event in events
        ]


def _public_key(text: str) -> EllipticCurvePublicKey:
    if "BEGIN" in text:
        raise ValueError("the webhook key is wanted as SendGrid shows it, without the lines of a PEM file")
    try:
        key = load_der_public_key(base64.b64decode(text.strip().encode("ascii"), validate=True))
    except (ValueError, UnicodeEncodeError):
        raise ValueError("the webhook key is not the base64 of a public key") from None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    raise ValueError("the webhook key is not one of the curve P-256")


def _signed_by(key: EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _told(event: dict[str, Any], now: datetime) -> Told:
    type_ = _type(event)
    if type_ is ReportType.UNKNOWN:
        return _unknown(orjson.dumps(event, option=orjson.OPT_SORT_KEYS), now)
    at = _instant(event.get("timestamp"))
    public_id = _opaque(event.get(MESSAGE_ARG), _LONGEST_ID)
    person_ref = _opaque(event.get(PERSON_ARG), 64)
    address = _address(event.get("email"))
    return Told(
        type=type_,
        at=at or now,
        identity=_identity(event, type_, public_id, person_ref, address),
        public_id=public_id,
        person_ref=person_ref,
        address=address,
        reason=_reason(event),
    )


def _type(event: dict[str, Any]) -> ReportType:
    name = event.get("event")
    if name == "open" and event.get("sg_machine_open") is True:
        return ReportType.OPENED_BY_MACHINE
    if name != "bounce":
        return _TYPES.get(name, ReportType.UNKNOWN) if isinstance(name, str) else ReportType.UNKNOWN
    status = event.get("status")
    policy = isinstance(status, str) and _POLICY.match(status) is not None
    classified = event.get("bounce_classification") in _NOT_ABOUT_THE_ADDRESS
    return ReportType.BLOCKED if event.get("type") == "blocked" or policy or classified else ReportType.BOUNCED


def _identity(
    event: dict[str, Any], type_: ReportType, public_id: str | None, person_ref: str | None, address: str | None
) -> str:
    """Return what all copies of one event share. SendGrid's own event id is not among it: copies may carry new ones."""
    about = [public_id, person_ref] if public_id and person_ref else [_front(event.get("sg_message_id")), address or ""]
    rest = [event.get(name) for name in ("timestamp", "url", "attempt", "asm_group_id")]
    return "\n".join([*map(str, about), type_.value, *map(_short, rest)])


def _front(number: object) -> str:
    """Return the part of SendGrid's message id that names the request and the person, without the machine's name."""
    if not isinstance(number, str):
        return ""
    parts = number.split(".")
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else number


def _short(value: object) -> str:
    """Return a value as text of bounded length."""
    text = "" if value is None else str(value)
    return text if len(text) <= 200 else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _unknown(raw: bytes, now: datetime) -> Told:
    digest = hashlib.sha256(raw).hexdigest()
    return Told(type=ReportType.UNKNOWN, at=now, identity=f"unknown\n{digest}", reason=scrubbed(_excerpt(raw)) or None)


def _excerpt(raw: bytes) -> str:
    """Return enough of an unknown report to recognise its kind: the name of the event, or how it begins."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return "not JSON"
    if isinstance(found, dict):
        return f"event {found.get('event')!s:.40} with {', '.join(sorted(map(str, found))[:20])}"
    return f"a {type(found).__name__}"


def _instant(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _opaque(value: object, longest: int) -> str | None:
    good = isinstance(value, str) and len(value) <= longest and _OPAQUE.fullmatch(value) is not None
    return str(value) if good else None


def _address(value: object) -> str | None:
    """Return the address in the one form we hash (domain/address.py)."""
    if not isinstance(value, str) or "@" not in value or len(value) > 320:
        return None
    return value.strip().lower()


def _reason(event: dict[str, Any]) -> str | None:
    words = next((event[name] for name in ("reason", "response") if isinstance(event.get(name), str)), "")
    status = event.get("status")
    told = f"{status} {words}" if isinstance(status, str) and status and not words.startswith(status) else words
    return scrubbed(told) or None
