"""Whether mailbox providers will believe that a mail of ours is ours: the records of the domain we write from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from advocacy.domain import findings
from advocacy.domain.findings import Finding, Grade
from advocacy.domain.sentence import Sentence, kept

SELECTORS = ("s1", "s2", "default", "mail")
"""Where providers usually put their DKIM keys."""

_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Record:
    """One record: what stands at `name`, what should, and what that means. `wanted` is empty where only the provider
    can say it."""

    what: str
    name: str
    found: tuple[str, ...]
    wanted: str
    grade: Grade
    told: str
    remedy: str

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `as_json` wrote."""
        said = {name: Sentence.restored(value[name]) for name in ("told", "remedy")}
        return cls(**(dict(value) | said | {"found": tuple(value["found"]), "grade": Grade(value["grade"])}))

    def as_json(self) -> dict[str, Any]:
        said = {"told": kept(self.told), "remedy": kept(self.remedy)}
        return vars(self) | said | {"found": list(self.found), "grade": self.grade.value}


def names_to_ask(domain: str, selectors: Sequence[str]) -> tuple[str, ...]:
    """Return the names whose TXT records `judge` wants to see."""
    return (domain, f"_dmarc.{domain}", *(_key_name(each, domain) for each in selectors))


def judge(domain: str, texts: Mapping[str, Sequence[str]], *, selectors: Sequence[str], spf: str) -> tuple[Record, ...]:
    """Return the three records of a domain. `texts` has the TXT records by name; `spf` is the record wanted."""
    keys = {each: bool(texts.get(_key_name(each, domain))) for each in selectors}
    there = next((each for each, exists in keys.items() if exists), selectors[0])
    about_spf = findings.spf(domain, list(texts.get(domain, ())))
    about_dkim = findings.dkim(domain, keys)
    about_dmarc = findings.dmarc(domain, list(texts.get(f"_dmarc.{domain}", ())))
    ours = tuple(text for text in texts.get(domain, ()) if text.lower().startswith("v=spf1"))
    return (
        _record(about_spf, domain, ours, spf),
        _record(about_dkim, _key_name(there, domain), texts.get(_key_name(there, domain), ()), ""),
        _record(
            about_dmarc,
            f"_dmarc.{domain}",
            texts.get(f"_dmarc.{domain}", ()),
            f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}",
        ),
    )


def is_green(records: Sequence[Record]) -> bool:
    """Whether the domain may carry mail to many: a DKIM key and a DMARC record, and no SPF record that does harm.

    A domain without an SPF record of its own is fine where the provider's return path has one, as with SendGrid: DKIM
    aligns (RFC 7489 section 3.1), and Gmail and Yahoo ask for SPF or DKIM of the domain itself.
    """
    grades = {record.what: record.grade for record in records}
    return grades.get("DKIM") is Grade.GOOD and grades.get("DMARC") is Grade.GOOD and grades.get("SPF") is not Grade.BAD


def a_selector(text: str) -> str | None:
    """Return the DKIM selector somebody typed, None for what cannot be one."""
    found = text.strip().lower()
    return found if _SELECTOR.fullmatch(found) else None


def _key_name(selector: str, domain: str) -> str:
    return f"{selector}._domainkey.{domain}"


def _record(finding: Finding, name: str, found: Sequence[str], wanted: str) -> Record:
    return Record(finding.about, name, tuple(found), wanted, finding.grade, finding.told, finding.remedy)
