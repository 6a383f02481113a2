"""Look-ups in the Email Logs: the words they understand are those of the published description, and no others."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from advocacy.sendgrid_double.fates import Mail

KEPT = 30 * 86400.0
MOST = 1000
_TEXT = r"(?:'([^']*)'|\"([^\"]*)\")"
_EQUAL = re.compile(rf"(sg_message_id|subject|to_email|reason)\s*=\s*{_TEXT}")
_IN = re.compile(r"(status|categories)\s+IN\s*\(([^()]*)\)")
_WHEN = re.compile(rf"sg_message_id_created_at\s*(<=|>=|<|>)\s*TIMESTAMP\s*{_TEXT}")
_AND = re.compile(r"\s+AND\s+(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)")

Test = Callable[[Mail, float], bool]
"""Whether a mail matches at a moment."""


class QueryError(ValueError):
    """The query holds what the logs do not understand."""


def tests_of(query: str) -> list[Test]:
    """Return what a mail must satisfy. Raises QueryError."""
    return [_test(part.strip()) for part in _AND.split(query)] if query.strip() else []


def find(mails: list[Mail], query: str, limit: int, now: float) -> list[dict[str, Any]]:
    """Return the newest mails that match, of the last thirty days. Raises QueryError."""
    tests = tests_of(query)
    kept = (mail for mail in reversed(mails) if now - mail.at < KEPT)
    return [listed(mail, now) for mail in kept if all(test(mail, now) for test in tests)][:limit]


def listed(mail: Mail, now: float) -> dict[str, Any]:
    return {
        "from_email": mail.sender,
        "sg_message_id": mail.number,
        "subject": mail.subject,
        "to_email": mail.to,
        "status": mail.status(now),
        "sg_message_id_created_at": f"{datetime.fromtimestamp(int(mail.at), UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def whole(mail: Mail, now: float) -> dict[str, Any]:
    """Return one mail with its events, our arguments apart from them."""
    own = set(mail.custom_args)
    events = [{k: v for k, v in event.items() if k not in own and k != "pool"} for event in mail.happened(now)]
    about = {k: v for k, v in listed(mail, now).items() if k != "sg_message_id_created_at"}
    more = {"events": events, "custom_args": mail.custom_args, "category": mail.categories}
    return about | more | {"api_key_id": "double", "client_ip": "127.0.0.1"}


def _test(part: str) -> Test:
    if found := _EQUAL.fullmatch(part):
        name, value = found[1], found[2] or found[3] or ""
        return lambda mail, now: _field(mail, name, now) == value
    if found := _IN.fullmatch(part):
        name, values = found[1], _values(found[2])
        return lambda mail, now: bool(values & ({mail.status(now)} if name == "status" else set(mail.categories)))
    if found := _WHEN.fullmatch(part):
        return _when(found[1], found[2] or found[3] or "")
    raise QueryError(f"invalid query: {part}")


def _field(mail: Mail, name: str, now: float) -> str:
    reasons = [str(event["reason"]) for event in mail.happened(now) if "reason" in event]
    fields = {"to_email": mail.to, "subject": mail.subject, "sg_message_id": mail.number}
    return (reasons[-1] if reasons else "") if name == "reason" else fields[name]


def _values(inside: str) -> set[str]:
    parts = [re.fullmatch(_TEXT, part.strip()) for part in inside.split(",")]
    if not all(parts):
        raise QueryError(f"invalid list: {inside}")
    return {part[1] or part[2] or "" for part in parts if part}


def _when(sign: str, value: str) -> Test:
    try:
        moment = datetime.fromisoformat(value).timestamp()
    except ValueError:
        raise QueryError(f"invalid timestamp: {value}") from None
    compare: dict[str, Callable[[float], bool]] = {
        "<": lambda at: at < moment,
        ">": lambda at: at > moment,
        "<=": lambda at: at <= moment,
        ">=": lambda at: at >= moment,
    }
    return lambda mail, _now: compare[sign](int(mail.at))
