"""Whether a domain takes mail at all, asked of the domain name system before a first mail goes there."""

import dns.exception
import dns.resolver

SECONDS = 4.0
_NULL_MX = "."


def accepts_mail(domain: str) -> bool | None:
    """Return whether mail to this domain has anywhere to go; None when nobody answered in time.

    A domain without MX records takes mail at its own address (RFC 5321, 5.1); a lone "." says that it takes none
    (RFC 7505).
    """
    resolver = dns.resolver.Resolver()
    resolver.lifetime = SECONDS
    try:
        hosts = [str(record.exchange) for record in resolver.resolve(domain, "MX")]
    except dns.resolver.NXDOMAIN:
        return False
    except dns.resolver.NoAnswer:
        return _has_address(resolver, domain)
    except dns.exception.DNSException:
        return None
    return hosts != [_NULL_MX]


def _has_address(resolver: dns.resolver.Resolver, domain: str) -> bool | None:
    for kind in ("A", "AAAA"):
        try:
            resolver.resolve(domain, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            continue
        except dns.exception.DNSException:
            return None
        return True
    return False
