"""Every rule of the documented contract, as a table: what is refused, why, and what is not."""

import copy
import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from advocacy.sendgrid_double import schema
from advocacy.sendgrid_double.account import Account, Switches
from advocacy.sendgrid_double.rules import refusals

NOW = time.time()
SPEC = json.loads((Path(schema.__file__).with_name("spec") / "mail_send.json").read_text(encoding="utf-8"))

GOOD: dict[str, Any] = {
    "personalizations": [{"to": [{"email": "ann@example.org", "name": "Ann"}], "custom_args": {"adv_mid": "d1"}}],
    "from": {"email": "actions@example.org", "name": "Lantern"},
    "subject": "Free the teachers",
    "content": [{"type": "text/plain", "value": "Write."}, {"type": "text/html", "value": "<p>Write.</p>"}],
}


def _with(path: str, value: object) -> dict[str, Any]:
    """Return the good body with one place changed; `...` takes it away."""
    body = copy.deepcopy(GOOD)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = body
    for part in way:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return body


def _many(count: int, **each: Any) -> list[dict[str, Any]]:
    return [{"to": [{"email": f"p{number}@example.org"}], **each} for number in range(count)]


PERSON = "personalizations.0"
BAD = "Bad Request"
REFUSED = [
    ("personalizations", [], "personalizations"),
    ("personalizations", ..., "personalizations"),
    ("personalizations", _many(1001), "personalizations"),
    ("personalizations", [{"to": [{"email": f"{n}-{m}@example.org"} for m in range(3)]} for n in range(334)], "personalizations"),
    (f"{PERSON}.to", [], f"{PERSON}.to"),
    (f"{PERSON}.to", ..., f"{PERSON}.to"),
    (f"{PERSON}.to.0.email", "no address", f"{PERSON}.to.0.email"),
    (f"{PERSON}.to.0.email", ..., f"{PERSON}.to.0.email"),
    (f"{PERSON}.to.0.email", "a" * 310 + "@example.org", f"{PERSON}.to.0.email"),
    (f"{PERSON}.to.0.email", "ann@bücher.example.org", f"{PERSON}.to.0.email"),
    (f"{PERSON}.cc", [{"email": "ANN@example.org"}], PERSON),
    (f"{PERSON}.bcc", [{"email": "b@example.org"}, {"email": "b@example.org"}], PERSON),
    (f"{PERSON}.custom_args", {"a": 1}, None),
    (f"{PERSON}.substitutions", {"-a-": 1}, None),
    (f"{PERSON}.custom_args", {}, f"{PERSON}.custom_args"),
    (f"{PERSON}.custom_args", {"a": "x" * 10_000}, f"{PERSON}.custom_args"),
    ("custom_args", "text", "custom_args"),
    ("custom_args", {"a": "x" * 9_990}, f"{PERSON}.custom_args"),
    (f"{PERSON}.substitutions", {"-a-": "x" * 10_000}, f"{PERSON}.substitutions"),
    (f"{PERSON}.headers", {"X-A": 1}, f"{PERSON}.headers.X-A"),
    (f"{PERSON}.headers", {"Reply-To": "x"}, f"{PERSON}.headers.Reply-To"),
    ("headers", {"dkim-SIGNATURE": "x"}, "headers.dkim-SIGNATURE"),
    ("headers", {"X A": "x"}, "headers.X A"),
    ("headers", {"X-É": "x"}, "headers.X-É"),
    ("headers", {"X-A": "x", "x-a": "y"}, "headers.X-A"),
    ("headers", {"X-A": "x\r\nBcc: y"}, "headers.X-A"),
    ("send_at", "1", "send_at"),
    ("send_at", int(NOW) + 73 * 3600, "send_at"),
    (f"{PERSON}.send_at", int(NOW) + 73 * 3600, f"{PERSON}.send_at"),
    ("batch_id", "unknown", "batch_id"),
    ("from", ..., "from"),
    ("from", {"name": "Lantern"}, "from.email"),
    ("from.email", "actionś@example.org", "from.email"),
    (f"{PERSON}.from", {"email": "a@elsewhere.example.net"}, f"{PERSON}.from"),
    ("subject", ..., "subject"),
    ("subject", "", "subject"),
    ("content", ..., "content"),
    ("content", [], "content"),
    ("content.0.value", "", "content.0.value"),
    ("content", [{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}], "content"),
    ("content", [{"type": "text/calendar", "value": "x"}, {"type": "text/plain", "value": "x"}], "content"),
    ("categories", [str(n) for n in range(11)], "categories"),
    ("categories", ["a", "a"], "categories"),
    ("categories", ["é"], "categories.0"),
    ("categories", ["x" * 256], "categories.0"),
    ("asm", {"group_id": "5"}, "asm.group_id"),
    ("asm", {"group_id": 5}, "asm.group_id"),
    ("asm", {"group_id": 5, "groups_to_display": list(range(26))}, "asm.groups_to_display"),
    ("ip_pool_name", "x", "ip_pool_name"),
    ("ip_pool_name", "unknown", "ip_pool_name"),
    ("mail_settings", {"sandbox_mode": {"enable": "true"}}, "mail_settings.sandbox_mode.enable"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field"), REFUSED, ids=range(len(REFUSED)))
def test_what_the_contract_forbids_is_refused_and_named(path: str, value: object, field: str | None) -> None:
    problems = refusals(_with(path, value), Account(), NOW)

    assert field in [problem.field for problem in problems]
    assert all(problem.status == 400 for problem in problems)
    if field is None:
        assert [problem.message for problem in problems] == [BAD]


TAKEN = [
    ("custom_args", {"campaign": "x"}),
    ("personalizations", _many(1000)),
    (f"{PERSON}.to.0.name", "Doe, Jane"),
    (f"{PERSON}.to.0.email", "usér@example.org"),
    (f"{PERSON}.headers", {"List-Unsubscribe": "<https://x.example/u>", "Message-ID": "<1@x>"}),
    (f"{PERSON}.from", {"email": "other@EXAMPLE.org"}),
    ("send_at", 1),
    ("send_at", int(NOW) + 71 * 3600),
    ("template_id", "d-unknown"),
    ("mail_settings", {"sandbox_mode": {"enable": True}}),
    ("nonsense", True),
]


@pytest.mark.parametrize(("path", "value"), TAKEN, ids=range(len(TAKEN)))
def test_what_the_contract_allows_is_taken(path: str, value: object) -> None:
    assert refusals(_with(path, value), Account(), NOW) == []


def test_all_complaints_of_a_request_are_listed() -> None:
    body = _with("headers", {"Subject": "x"}) | {"batch_id": "unknown", "categories": ["é"]}

    assert {problem.field for problem in refusals(body, Account(), NOW)} == {
        "headers.Subject",
        "batch_id",
        "categories.0",
    }


def test_a_sender_nobody_verified_is_forbidden() -> None:
    account = Account(senders={"example.net", "one@example.org"})

    (problem,) = refusals(GOOD, account, NOW)
    assert (problem.status, problem.field) == (403, "from")
    assert refusals(_with("from.email", "one@example.org"), account, NOW) == []
    assert refusals(_with("from.email", "any@example.net"), account, NOW) == []


@pytest.mark.parametrize("taken", [True, False])
def test_what_nobody_knows_is_a_switch(taken: bool) -> None:  # noqa: FBT001
    account = Account(switches=Switches(duplicates_across=taken, unknown_fields=taken))
    twice = _with("personalizations", [*_many(1), *_many(1)])

    assert (refusals(twice, account, NOW) == []) is taken
    assert (refusals(_with("nonsense", 1), account, NOW) == []) is taken


def test_batches_end_after_ten_days_and_groups_and_pools_must_exist() -> None:
    account = Account(groups={5: "Alerts"}, pools={"main"})
    body = GOOD | {"batch_id": account.new_batch(NOW), "asm": {"group_id": 5}, "ip_pool_name": "main"}

    assert refusals(body, account, NOW) == []
    assert [one.field for one in refusals(body, account, NOW + 10 * 86400)] == ["batch_id"]


@pytest.mark.parametrize("body", [[], None, 3, "x"])
def test_a_body_that_is_no_object_is_a_bad_request(body: object) -> None:
    assert [problem.message for problem in refusals(body, Account(), NOW)] == [BAD]


def test_our_validator_and_jsonschema_judge_alike() -> None:
    ours = schema.load()
    whole = SPEC | {"$ref": "#/components/schemas/PostMailSend"}
    theirs = jsonschema.Draft202012Validator(whole)
    only_ours = {
        "no address",
        "actionś@example.org",
        "ann@bücher.example.org",
    }  # jsonschema's e-mail format is not asked here

    for path, value, _ in REFUSED:
        body = _with(path, value)
        if value in only_ours if isinstance(value, str) else False:
            continue
        assert bool(list(ours(body, ""))) == (not theirs.is_valid(body)), (path, value)
