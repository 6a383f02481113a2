"""Every row of the contract's table has a proof: a rule that the stand-in does not keep has no place in the table."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from advocacy.sendgrid_double.contract import BY_NAME, GRADES, NOT_PLAYED, RULES
from advocacy.sendgrid_double.fates import DROPS
from advocacy.sendgrid_double.reference import reference
from advocacy.sendgrid_double.rules import CHECKS
from advocacy.sendgrid_double.switches import Switches
from tests.sendgrid_double import proofs_of_requests, proofs_of_the_account, proofs_of_what_follows
from tests.sendgrid_double.desk import Double
from tests.sendgrid_double.register import DAY, PROOFS, Make
from tests.sendgrid_double.test_rules import NOW, PERSON, _with

BOOKS = (proofs_of_requests, proofs_of_the_account, proofs_of_what_follows)
"""Importing them fills the register."""

REFUSED = {
    "schema": ("subject", 3, "subject"),
    "total_recipients": ("personalizations", [{"to": [{"email": f"{n}@example.org"} for n in range(k, k + 600)]} for k in (0, 600)], "personalizations"),
    "addresses": (f"{PERSON}.to.0.email", "a" * 310 + "@example.org", f"{PERSON}.to.0.email"),
    "unique_recipients": (f"{PERSON}.cc", [{"email": "ANN@example.org"}], PERSON),
    "custom_args_size": ("custom_args", {"a": "x" * 10_000}, f"{PERSON}.custom_args"),
    "substitutions_size": (f"{PERSON}.substitutions", {"-a-": "x" * 10_000}, f"{PERSON}.substitutions"),
    "headers": ("headers", {"Reply-To": "x@example.org"}, "headers.Reply-To"),
    "header_values": ("headers", {"X-A": "x\r\nBcc: y"}, "headers.X-A"),
    "send_at": ("send_at", int(NOW) + 4 * DAY, "send_at"),
    "sender_ascii": ("from.email", "actionś@example.org", "from.email"),
    "same_domain": (f"{PERSON}.from", {"email": "a@elsewhere.example.net"}, f"{PERSON}.from"),
    "subject": ("subject", ..., "subject"),
    "content": ("content", [{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}], "content"),
    "categories": ("categories", ["é"], "categories.0"),
    "ip_pool": ("ip_pool_name", "unknown", "ip_pool_name"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "place"), REFUSED.items(), ids=REFUSED)
def test_a_body_that_breaks_one_rule_is_refused_by_that_rule(
    name: str, place: tuple[str, object, str], make: Make
) -> None:
    double = make()

    answer = double.send(_with(*place[:2]))

    fields = [one["field"] for one in json.loads(answer.body)["errors"]]
    assert (answer.status, fields) == (400, [place[2]] if name != "schema" else fields)
    assert place[2] in fields
    assert dict(double.desk.refused_by) == {name: 1}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    made: list[Path] = []

    def another(**options: Any) -> Double:
        made.append(tmp_path / str(len(made)))
        made[-1].mkdir()
        return Double(made[-1], **options)

    return another


@pytest.mark.parametrize("name", sorted(PROOFS))
def test_the_stand_in_keeps_each_rule_of_the_contract(name: str, make: Make) -> None:
    PROOFS[name](make)


def test_every_rule_of_the_table_has_a_proof_and_every_check_a_rule() -> None:
    assert set(BY_NAME) == set(PROOFS) | set(REFUSED)
    assert len(BY_NAME) == len(RULES)
    assert set(CHECKS) | set(DROPS) <= set(BY_NAME)
    assert {rule.grade for rule in RULES} == set(GRADES)


def test_every_unknown_of_the_table_names_its_switch() -> None:
    named = {name for rule in RULES for name in re.findall(r"`(\w+)`", rule.happens) if hasattr(Switches, name)}

    assert all(re.search(r"switch `\w+`", rule.happens) for rule in RULES if rule.grade == "U")
    assert named == set(Switches.__dataclass_fields__)


def test_the_documented_reference_is_the_table() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "sendgrid-double.md").read_text(encoding="utf-8")

    assert page == reference(), "run: advocacy sendgrid-double --reference > docs/sendgrid-double.md"
    assert all(one in page for one in NOT_PLAYED)
