"""Questions to the domain name system."""

from typing import Any

import dns.exception
import dns.resolver

SECONDS = 4.0


class UnansweredError(Exception):
    """Nobody answered in time, so nothing is known."""


def texts(name: str) -> list[str]:
    """Return the TXT records of a name, none where there is no such name. Raises UnansweredError."""
    return ["".join(part.decode("utf-8", "replace") for part in record.strings) for record in _ask(name, "TXT")]


def aliases(name: str) -> list[str]:
    """Return what the name is an alias of. Raises UnansweredError."""
    return [str(record.target).rstrip(".") for record in _ask(name, "CNAME")]


def _ask(name: str, kind: str) -> list[Any]:
    resolver = dns.resolver.Resolver()
    resolver.lifetime = SECONDS
    try:
        return list(resolver.resolve(name, kind))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise UnansweredError(str(error)) from None
