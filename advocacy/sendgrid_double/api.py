"""The other addresses of the service that are stood in for: batches, holding, lists, logs, keys. All else is a 404."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from advocacy.sendgrid_double.account import SUPPRESSION_LISTS
from advocacy.sendgrid_double.fates import Mail
from advocacy.sendgrid_double.taking import Desk, Reply, fault

MOST_BATCHES_HELD = 100


def _json(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


def answer(desk: Desk, method: str, path: str, query: dict[str, str], body: bytes, now: float) -> Reply:
    """Answer a request to `/v3/...` that is not mail/send."""
    try:
        given = json.loads(body) if body else {}
    except ValueError:
        return fault(400, "Bad Request")
    for wanted, pattern, route in _ROUTES:
        match = pattern.fullmatch(path)
        if match and method == wanted:
            return route(desk, [unquote(part) for part in match.groups()], query, given, now)
    return fault(404, f"the stand-in knows no {method} {path}")


Route = Callable[[Desk, list[str], dict[str, str], Any, float], Reply]


def _batch(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, now: float) -> Reply:
    return _json({"batch_id": desk.account.new_batch(now)}, 201)


def _batch_known(desk: Desk, parts: list[str], _query: dict[str, str], _given: Any, now: float) -> Reply:
    known = desk.account.batch_known(parts[0], now)
    return _json({"batch_id": parts[0]}) if known else fault(400, "invalid batch id")


def _hold(desk: Desk, _parts: list[str], _query: dict[str, str], given: Any, now: float) -> Reply:
    number, status = given.get("batch_id"), given.get("status")
    if status not in ("pause", "cancel") or not desk.account.batch_known(str(number), now):
        return fault(400, "invalid batch id or status")
    if len(desk.account.held) >= MOST_BATCHES_HELD:
        return fault(400, "too many batches are paused or cancelled")
    desk.account.held[number] = status
    return _json({"batch_id": number, "status": status}, 201)


def _held(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    return _json([{"batch_id": number, "status": status} for number, status in desk.account.held.items()])


def _suppressions(desk: Desk, parts: list[str], query: dict[str, str], _given: Any, _now: float) -> Reply:
    name = parts[0]
    if name not in SUPPRESSION_LISTS:
        return fault(404, "not found")
    limit, offset = min(int(query.get("limit", "500")), 500), int(query.get("offset", "0"))
    rows = list(desk.account.lists[name].items())[offset : offset + limit]
    return _json([{"email": address, "created": int(at), "reason": "", "status": ""} for address, at in rows])


def _forget(desk: Desk, parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    gone = desk.account.lists.get(parts[0], {}).pop(parts[1].lower(), None)
    return Reply(204) if gone is not None else fault(404, "not found")


def _groups(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    return _json([{"id": number, "name": name} for number, name in desk.account.groups.items()])


def _make_group(desk: Desk, _parts: list[str], _query: dict[str, str], given: Any, _now: float) -> Reply:
    name, description = str(given.get("name", "")), str(given.get("description", ""))
    if not 1 <= len(name) <= 30 or len(description) > 100 or len(desk.account.groups) >= 25:
        return fault(400, "a group has a name of at most 30 characters and a description of at most 100")
    number = len(desk.account.groups) + 101
    desk.account.groups[number] = name
    return _json({"id": number, "name": name, "description": description}, 201)


def _leave_group(desk: Desk, parts: list[str], _query: dict[str, str], given: Any, now: float) -> Reply:
    """The trap of the real service: an unknown group puts the addresses on the list for everything."""
    addresses = [str(one).lower() for one in given.get("recipient_emails", [])]
    number = int(parts[0])
    if number in desk.account.groups:
        desk.account.group_lists.setdefault(number, set()).update(addresses)
    else:
        desk.account.lists["unsubscribes"].update(dict.fromkeys(addresses, now))
    return _json({"recipient_emails": addresses}, 201)


def _scopes(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    return _json({"scopes": sorted({scope for scopes in desk.account.keys.values() for scope in scopes})})


def _domains(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    senders = sorted(one for one in desk.account.senders or {"example.org"} if "@" not in one)
    return _json([{"id": n, "domain": one, "subdomain": "em", "valid": True} for n, one in enumerate(senders, 1)])


def _validate(_desk: Desk, parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    good = {"valid": True, "reason": None}
    results = {"mail_cname": good, "dkim1": good, "dkim2": good, "spf": good}
    return _json({"id": int(parts[0]), "valid": True, "validation_results": results})


def _verified(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    senders = sorted(one for one in desk.account.senders or set() if "@" in one)
    return _json({"results": [{"from_email": one, "verified": True} for one in senders]})


def _signing_key(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    return _json({"id": "double", "public_key": desk.poster.public_key})


def _webhook(desk: Desk, _parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    return _json({"enabled": bool(desk.poster.url), "url": desk.poster.url, "public_key": desk.poster.public_key})


def _set_webhook(desk: Desk, _parts: list[str], _query: dict[str, str], given: Any, _now: float) -> Reply:
    desk.poster.url = str(given.get("url", "")) if given.get("enabled", True) else ""
    return _webhook(desk, [], {}, {}, 0)


def _logs(desk: Desk, _parts: list[str], _query: dict[str, str], given: Any, _now: float) -> Reply:
    limit = given.get("limit", 10)
    if not isinstance(limit, int) or not 1 <= limit <= 1000:
        return fault(400, "limit must be between 1 and 1000")
    query = str(given.get("query", ""))
    terms = dict(re.findall(r"(to_email|subject|status|sg_message_id)\s*=\s*[\"']([^\"']*)[\"']", query))
    if not terms:
        return fault(400, "invalid query")
    found = [mail for mail in reversed(desk.mails) if all(_has(mail, name, value) for name, value in terms.items())]
    return _json({"messages": [_listed(mail) for mail in found[:limit]]})


def _has(mail: Mail, name: str, value: str) -> bool:
    held = {"to_email": mail.to, "subject": mail.subject, "status": mail.status, "sg_message_id": mail.number}[name]
    return held.lower() == value.lower()


def _listed(mail: Mail) -> dict[str, Any]:
    return {
        "from_email": mail.sender,
        "sg_message_id": mail.number,
        "subject": mail.subject,
        "to_email": mail.to,
        "status": mail.status,
        "sg_message_id_created_at": str(int(mail.at)),
    }


def _log(desk: Desk, parts: list[str], _query: dict[str, str], _given: Any, _now: float) -> Reply:
    mail = next((one for one in desk.mails if one.number == parts[0]), None)
    if mail is None:
        return fault(404, "not found")
    own = set(mail.custom_args)
    events = [{k: v for k, v in event.items() if k not in own} for event in mail.events]
    more = {"events": events, "custom_args": mail.custom_args, "category": mail.categories}
    return _json(_listed(mail) | more | {"api_key_id": "double", "client_ip": "127.0.0.1"})


_ROUTES: tuple[tuple[str, re.Pattern[str], Route], ...] = tuple(
    (method, re.compile(pattern), route)
    for method, pattern, route in (
        ("POST", r"/v3/mail/batch", _batch),
        ("GET", r"/v3/mail/batch/([^/]+)", _batch_known),
        ("POST", r"/v3/user/scheduled_sends", _hold),
        ("GET", r"/v3/user/scheduled_sends", _held),
        ("GET", r"/v3/suppression/([a-z_]+)", _suppressions),
        ("DELETE", r"/v3/suppression/([a-z_]+)/([^/]+)", _forget),
        ("GET", r"/v3/asm/groups", _groups),
        ("POST", r"/v3/asm/groups", _make_group),
        ("POST", r"/v3/asm/groups/(\d+)/suppressions", _leave_group),
        ("GET", r"/v3/scopes", _scopes),
        ("GET", r"/v3/whitelabel/domains", _domains),
        ("POST", r"/v3/whitelabel/domains/(\d+)/validate", _validate),
        ("GET", r"/v3/verified_senders", _verified),
        ("GET", r"/v3/user/webhooks/event/settings", _webhook),
        ("PATCH", r"/v3/user/webhooks/event/settings", _set_webhook),
        ("GET", r"/v3/user/webhooks/event/settings/signed(?:/[^/]+)?", _signing_key),
        ("POST", r"/v3/logs", _logs),
        ("GET", r"/v3/logs/([^/]+)", _log),
    )
)
