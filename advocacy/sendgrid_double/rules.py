"""The documented rules that need more than one field, each with how sure its source is.

Grades: D documented, O observed by others on the real service, I inferred, U unknown (a switch). All complaints about a
request are listed. What the service takes and later drops is not refused here but in `fates.py`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.schema import BAD_REQUEST, Problem, load

MOST_BODY = 30 * 1024 * 1024
MOST_PEOPLE = 1000
MOST_BYTES = 10_000
LONGEST_ADDRESS = 320
LATEST_SEND = 72 * 3600
RESERVED = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
})  # fmt: skip

Body = dict[str, Any]
Check = Callable[[Body, Account, float], Iterator[Problem]]


@dataclass(frozen=True)
class Rule:
    """One rule: its group in contract.md 5.1, its grade, what it says."""

    name: str
    group: int
    grade: str
    says: str
    check: Check


def refusals(body: object, account: Account, now: float) -> list[Problem]:
    """Return every complaint about a parsed body, the schema's first. `now` is in epoch seconds."""
    if not isinstance(body, dict):
        return [BAD_REQUEST]
    found = list(_SCHEMA(body, ""))
    if BAD_REQUEST in found:
        return [BAD_REQUEST]
    if found:
        return [_in_their_words(problem) for problem in found]
    return [problem for rule in RULES for problem in rule.check(body, account, now)]


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


def _twice(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    everybody: set[str] = set()
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
            elif address in everybody and not account.switches.duplicates_across:
                yield Problem(
                    f"Each email address should be unique in the personalizations array. Duplicate: [{address}]",
                    f"personalizations.{entry}",
                )
            seen.add(address)
        everybody |= seen


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
    for entry, one in enumerate(body["personalizations"]):
        size = sum(len(key.encode()) + len(value.encode()) for key, value in one.get("substitutions", {}).items())
        if size > MOST_BYTES:
            yield Problem(
                f"Substitutions are limited to {MOST_BYTES} bytes per personalization block.",
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


def _asm(body: Body, account: Account, _now: float) -> Iterator[Problem]:
    group = body.get("asm", {}).get("group_id")
    if group is not None and group not in account.groups:
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

RULES: tuple[Rule, ...] = (
    Rule("total_recipients", 3, "D", "to, cc and bcc of all personalizations together are at most 1,000", _total),
    Rule("addresses", 3, "D", "an address has at most 320 characters and an ASCII domain", _addresses),
    Rule("unique_recipients", 3, "D", "no address twice in one personalization, whatever its case", _twice),
    Rule("custom_args_size", 4, "D", "custom arguments of both levels together at most 10,000 bytes", _custom_args),
    Rule("substitutions_size", 4, "D", "substitutions at most 10,000 bytes a personalization", _substitutions),
    Rule("dynamic_or_substitutions", 4, "D", "substitutions are not for dynamic templates", _dynamic_data),
    Rule("headers", 5, "D", "header names are ASCII without spaces, not reserved, none twice", _headers),
    Rule("header_values", 5, "I", "header values hold no line break", _header_values),
    Rule("send_at", 6, "D", "at most 72 hours ahead", _send_at),
    Rule("batch_id", 6, "D", "a batch number is known and younger than 10 days", _batch),
    Rule("sender_identity", 7, "O", "the sender is verified", _sender),
    Rule("sender_ascii", 7, "D", "the sender is ASCII", _sender_ascii),
    Rule("same_domain", 7, "D", "a personalization's sender has the domain of the message's", _own_sender),
    Rule("subject", 8, "D", "a subject for everybody, unless a template has one", _subject),
    Rule("content", 8, "D", "content unless a template has it; text/plain before text/html before others", _content),
    Rule("categories", 9, "D", "categories are ASCII", _categories),
    Rule("asm_group", 9, "D", "the unsubscribe group exists", _asm),
    Rule("ip_pool", 9, "D", "the pool exists", _pool),
    Rule("one_reply_to", 9, "D", "reply_to or reply_to_list, not both", _reply_to),
    Rule("unknown_fields", 9, "U", "fields that do not exist", _unknown_fields),
)
