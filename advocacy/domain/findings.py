"""What a check-up finds: one sentence each, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from advocacy.domain.sentence import Sentence


class Grade(StrEnum):
    GOOD = "good"
    UNKNOWN = "unknown"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """`remedy` is what to do, empty when there is nothing to do."""

    about: str
    grade: Grade
    told: str
    remedy: str = ""


def good(about: str, told: str) -> Finding:
    return Finding(about, Grade.GOOD, told)


def unknown(about: str, told: str, remedy: str = "") -> Finding:
    return Finding(about, Grade.UNKNOWN, told, remedy)


def warning(about: str, told: str, remedy: str) -> Finding:
    return Finding(about, Grade.WARNING, told, remedy)


def bad(about: str, told: str, remedy: str) -> Finding:
    return Finding(about, Grade.BAD, told, remedy)


def spf(domain: str, records: list[str]) -> Finding:
    """Judge the SPF record (RFC 7208) among a domain's TXT records."""
    found = [record for record in records if record.lower().startswith("v=spf1")]
    if not found:
        return warning(
            "SPF",
            Sentence("%(domain)s has no SPF record.", domain=domain),
            Sentence("Add a TXT record to %(domain)s as your provider shows it.", domain=domain),
        )
    if len(found) > 1:
        return bad(
            "SPF",
            Sentence("%(domain)s has %(number)s SPF records, which counts as none.", domain=domain, number=len(found)),
            Sentence("Join them into one record."),
        )
    if found[0].rstrip().endswith("+all"):
        return bad(
            "SPF",
            Sentence("%(domain)s lets everyone send in its name (+all).", domain=domain),
            Sentence("End the record with ~all or -all."),
        )
    return good("SPF", Sentence("%(domain)s has an SPF record.", domain=domain))


def dkim(domain: str, selectors: dict[str, bool]) -> Finding:
    """Judge which of the usual selectors have a key."""
    there = [selector for selector, exists in selectors.items() if exists]
    if there:
        return good("DKIM", Sentence("%(domain)s has DKIM keys (%(there)s).", domain=domain, there=there))
    return warning(
        "DKIM",
        Sentence("No DKIM key of %(domain)s was found under %(selectors)s.", domain=domain, selectors=tuple(selectors)),
        Sentence("Authenticate the domain with your provider and add the records it shows."),
    )


def dmarc(domain: str, records: list[str]) -> Finding:
    """Judge the DMARC record (RFC 7489): large mailbox providers want one from who sends much."""
    found = [record for record in records if record.lower().replace(" ", "").startswith("v=dmarc1")]
    if not found:
        return warning(
            "DMARC",
            Sentence("%(domain)s has no DMARC record; Gmail and Yahoo refuse bulk mail without one.", domain=domain),
            Sentence(
                "Add a TXT record _dmarc.%(domain)s with: v=DMARC1; p=none; rua=mailto:postmaster@%(domain)s",
                domain=domain,
            ),
        )
    return good("DMARC", Sentence("%(domain)s has a DMARC record.", domain=domain))
