"""The rules of `contract.py` that look at a request's body and need more than one field.

All complaints about a request are listed. What the service takes and later drops is not refused here but in `fates.py`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.schema import BAD_REQUEST, Problem, load

MOST_BODY = 30 * 1024 * 1024
MOST_PEOPLE = 1000
MOST_BYTES = 10_000
SMALL_BYTES = 8_000
LONGEST_ADDRESS = 320
LATEST_SEND = 72 * 3600
RESERVED = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
})  # fmt: skip

Body = dict[str, Any]
Check = Callable[[Body, Account, float], Iterator[Problem]]


def refusals(body: object, account: Account, now: float) -> list[Problem]:
    """Return every complaint about a parsed body, the schema's first. `now` is in epoch seconds."""
    if not isinstance(body, dict):
        return [BAD_REQUEST]
    found = list(_SCHEMA(body, ""))
    if BAD_REQUEST in found:
        return [BAD_REQUEST]
    if found:
        return [_in_their_words(problem) for problem in found]
    return [replace(problem, rule=name) for name, check in CHECKS.items() for problem in check(body, account, now)]


def people_of(personalization: Body) -> Iterator[tuple[str, int, Body]]:
    """Yield (list, number, recipient) for to, cc and bcc."""
    for kind in ("to", "cc", "bcc"):
        for number, one in enumerate(personalization.get(kind, [])):
            yield kind, number, one


def _in_their_words(problem: Problem) -> Problem:
    field = problem.field or ""
    if field.startswith("personalizations.") and field.endswith(".to"):
        return Problem(
            "The to array is required for all personalization objects, and must have at least one email object with a "
            "valid email address.",
            field,
        )
    return problem


def _total(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    if sum(1 for one in body["personalizations"] for _ in people_of(one)) > MOST_PEOPLE:
        yield Problem(f"There is a limit of {MOST_PEOPLE} total recipients per request.", "personalizations")


def _addresses(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    for entry, one in enumerate(body["personalizations"]):
        for kind, number, person in people_of(one):
            path = f"personalizations.{entry}.{kind}.{number}.email"
            if len(person["email"]) > LONGEST_ADDRESS:
                yield Problem(f"The email address is limited to {LONGEST_ADDRESS} characters.", path)
            elif not person["email"].rpartition("@")[2].isascii():
                yield Problem("Does not contain a valid address.", path)


def _twice(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    for entry, one in enumerate(body["personalizations"]):
        seen: set[str] = set()
        for kind, _, person in people_of(one):
            address = person["email"].lower()
            if address in seen:
                yield Problem(
                    "Each email address in the personalization block should be unique between to, cc, and bcc. We "
                    f"found the first duplicate instance of [{address}] in the personalizations.{entry}.{kind} field.",
                    f"personalizations.{entry}",
                )
            seen.add(address)


def _across(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    everybody: set[str] = set()
    for entry, one in enumerate([] if account.switches.duplicates_across else body["personalizations"]):
        own = {person["email"].lower() for _, _, person in people_of(one)}
        for address in sorted(own & everybody):
            yield Problem(
                f"Each email address should be unique in the personalizations array. Duplicate: [{address}]",
                f"personalizations.{entry}",
            )
        everybody |= own


def _custom_args(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    shared = body.get("custom_args", {})
    for entry, one in enumerate(body["personalizations"]):
        merged = shared | one.get("custom_args", {})
        if merged and len(json.dumps(merged, ensure_ascii=False).encode()) > MOST_BYTES:
            yield Problem(
                f"The combined custom arguments are limited to {MOST_BYTES} bytes.",
                f"personalizations.{entry}.custom_args",
            )


def _substitutions(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    yield from _too_large(body, MOST_BYTES)


def _small_substitutions(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    if account.switches.small_substitutions:
        yield from _too_large(body, SMALL_BYTES)


def _too_large(body: Body, most: int) -> Iterator[Problem]:
    for entry, one in enumerate(body["personalizations"]):
        size = sum(len(key.encode()) + len(value.encode()) for key, value in one.get("substitutions", {}).items())
        if size > most:
            yield Problem(
                f"Substitutions are limited to {most} bytes per personalization block.",
                f"personalizations.{entry}.substitutions",
            )


def _headers(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    places = [
        ("headers", body),
        *((f"personalizations.{n}.headers", p) for n, p in enumerate(body["personalizations"])),
    ]
    for path, place in places:
        counted = Counter(name.lower() for name in place.get("headers", {}))
        for name in place.get("headers", {}):
            if name.lower() in RESERVED:
                yield Problem(f"The header {name} is reserved.", f"{path}.{name}")
            elif not name.isascii() or not name or any(char <= " " or char == ":" for char in name):
                yield Problem("Header names must be ASCII and hold no spaces.", f"{path}.{name}")
            elif counted[name.lower()] > 1:
                yield Problem(f"The header {name} stands there twice.", f"{path}.{name}")


def _header_values(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    for entry, one in enumerate([body, *body["personalizations"]]):
        for name, value in one.get("headers", {}).items():
            if "\r" in value or "\n" in value:
                path = "headers" if entry == 0 else f"personalizations.{entry - 1}.headers"
                yield Problem(f"The header {name} holds a line break.", f"{path}.{name}")


def _send_at(body: Body, _account: Account, now: float) -> Iterator[Problem]:
    places = [
        ("send_at", body),
        *((f"personalizations.{n}.send_at", p) for n, p in enumerate(body["personalizations"])),
    ]
    for path, place in places:
        if place.get("send_at", 0) > now + LATEST_SEND:
            yield Problem("Scheduling more than 72 hours in advance is forbidden.", path)


def _batch(body: Body, account: Account, now: float) -> Iterator[Problem]:
    number = body.get("batch_id")
    if number is not None and not account.batch_known(number, now):
        yield Problem("The batch ID is not valid.", "batch_id")


def _sender(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    if not account.verified(body["from"]["email"]):
        yield Problem(
            "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is "
            "resolved. Visit https://sendgrid.com/docs/for-developers/sending-email/sender-identity/ to see the Sender "
            "Identity requirements",
            "from",
            status=403,
        )


def _sender_ascii(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    if not body["from"]["email"].isascii():
        yield Problem("The from email does not contain a valid address.", "from.email")


def _sender_name(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    if not account.switches.unicode_from_name and not body["from"].get("name", "").isascii():
        yield Problem("Unicode encoding is not supported for the from field.", "from.name")


def _own_sender(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    domain = body["from"]["email"].rpartition("@")[2].lower()
    for entry, one in enumerate(body["personalizations"]):
        own = one.get("from", {}).get("email", f"@{domain}").rpartition("@")[2].lower()
        if own != domain:
            yield Problem("The personalization from domain must match the message's.", f"personalizations.{entry}.from")


def _subject(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    if body.get("template_id") or body.get("subject"):
        return
    if not all(one.get("subject") for one in body["personalizations"]):
        yield Problem(
            "The subject is required. You can get around this requirement if you use a template with a subject defined "
            "or if every personalization has a subject defined.",
            "subject",
        )


def _content(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    kinds = [one["type"].partition(";")[0].strip().lower() for one in body.get("content", [])]
    if not kinds and not body.get("template_id"):
        yield Problem("Unless a valid template_id is provided, the content parameter is required.", "content")
    for number, kind in enumerate(kinds):
        if "/" not in kind:
            yield Problem("The content type must be a MIME type.", f"content.{number}.type")
    order = [kind for kind in kinds if kind in ("text/plain", "text/html")]
    others_first = any(kind not in ("text/plain", "text/html") for kind in kinds[: len(order)])
    if order != sorted(order, reverse=True) or others_first:
        yield Problem("If present, text/plain must be first, followed by text/html, followed by others.", "content")


def _categories(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    for number, category in enumerate(body.get("categories", [])):
        if not category.isascii():
            yield Problem("A category must be ASCII.", f"categories.{number}")


def _asm(body: Body, account: Account, now: float) -> Iterator[Problem]:
    group = body.get("asm", {}).get("group_id")
    if group is not None and not account.group_ready(group, now):
        yield Problem("The asm group does not exist.", "asm.group_id")


def _pool(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    name = body.get("ip_pool_name")
    if name is not None and name not in account.pools:
        yield Problem("The ip_pool_name does not exist.", "ip_pool_name")


def _reply_to(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    if "reply_to" in body and "reply_to_list" in body:
        yield Problem("Only one of reply_to and reply_to_list may be there.", "reply_to_list")


def _unknown_fields(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    if not account.switches.unknown_fields:
        for name in sorted(set(body) - _TOP_LEVEL):
            yield Problem(f"The field {name} does not exist.", name)


def _dynamic_data(body: Body, _account: Account, _now: float) -> Iterator[Problem]:
    dynamic = str(body.get("template_id", "")).startswith("d-")
    for entry, one in enumerate(body["personalizations"]):
        if one.get("substitutions") and (dynamic or one.get("dynamic_template_data")):
            yield Problem(
                "Substitutions may not be used with dynamic templates.", f"personalizations.{entry}.substitutions"
            )


_SCHEMA = load()
_TOP_LEVEL = frozenset({
    "personalizations", "from", "reply_to", "reply_to_list", "subject", "content", "attachments", "template_id",
    "headers", "categories", "custom_args", "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings",
    "tracking_settings",
})  # fmt: skip

CHECKS: dict[str, Check] = {
    "total_recipients": _total,
    "addresses": _addresses,
    "unique_recipients": _twice,
    "unique_across": _across,
    "custom_args_size": _custom_args,
    "substitutions_size": _substitutions,
    "substitutions_8000": _small_substitutions,
    "dynamic_or_substitutions": _dynamic_data,
    "headers": _headers,
    "header_values": _header_values,
    "send_at": _send_at,
    "batch_id": _batch,
    "sender_identity": _sender,
    "sender_ascii": _sender_ascii,
    "sender_name": _sender_name,
    "same_domain": _own_sender,
    "subject": _subject,
    "content": _content,
    "categories": _categories,
    "asm_group": _asm,
    "ip_pool": _pool,
    "one_reply_to": _reply_to,
    "unknown_fields": _unknown_fields,
}
"""The check of each rule by its name in `contract.py`."""
