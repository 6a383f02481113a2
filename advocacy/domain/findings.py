"""What a check-up finds: one sentence each, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


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
            "SPF", f"{domain} has no SPF record.", f"Add a TXT record to {domain} as your provider shows it."
        )
    if len(found) > 1:
        return bad("SPF", f"{domain} has {len(found)} SPF records, which counts as none.", "Join them into one record.")
    if found[0].rstrip().endswith("+all"):
        return bad("SPF", f"{domain} lets everyone send in its name (+all).", "End the record with ~all or -all.")
    return good("SPF", f"{domain} has an SPF record.")


def dkim(domain: str, selectors: dict[str, bool]) -> Finding:
    """Judge which of the usual selectors have a key."""
    there = [selector for selector, exists in selectors.items() if exists]
    if there:
        return good("DKIM", f"{domain} has DKIM keys ({', '.join(there)}).")
    return warning(
        "DKIM",
        f"No DKIM key of {domain} was found under {', '.join(selectors)}.",
        "Authenticate the domain with your provider and add the records it shows.",
    )


def dmarc(domain: str, records: list[str]) -> Finding:
    """Judge the DMARC record (RFC 7489): large mailbox providers want one from who sends much."""
    found = [record for record in records if record.lower().replace(" ", "").startswith("v=dmarc1")]
    if not found:
        return warning(
            "DMARC",
            f"{domain} has no DMARC record; Gmail and Yahoo refuse bulk mail without one.",
            f"Add a TXT record _dmarc.{domain} with: v=DMARC1; p=none; rua=mailto:postmaster@{domain}",
        )
    return good("DMARC", f"{domain} has a DMARC record.")
