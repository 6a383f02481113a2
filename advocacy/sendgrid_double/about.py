"""What the account tells of itself: scopes, senders, domains, webhook, and the logs of what it sent."""

from advocacy.sendgrid_double import logs, webhooks
from advocacy.sendgrid_double.account import RECORDS
from advocacy.sendgrid_double.call import Call, as_json
from advocacy.sendgrid_double.taking import Desk, Reply, fault


def scopes(call: Call) -> Reply:
    return as_json({"scopes": sorted(call.scopes)})


def account(call: Call) -> Reply:
    return as_json({"type": call.desk.account.kind, "reputation": call.desk.account.reputation})


def domains(call: Call) -> Reply:
    return as_json([_domain(call.desk, number, domain) for number, domain in _numbered(call.desk)])


def _numbered(desk: Desk) -> list[tuple[int, str]]:
    senders = desk.account.senders if desk.account.senders is not None else {"example.org"}
    return list(enumerate(sorted(one for one in senders if "@" not in one), 1))


def _domain(desk: Desk, number: int, domain: str) -> dict[str, object]:
    broken = desk.account.broken_records.get(domain, set())
    hosts = {"mail_cname": f"em.{domain}", "dkim1": f"s1._domainkey.{domain}", "dkim2": f"s2._domainkey.{domain}"}
    about = {
        name: {"valid": name not in broken, "type": "cname", "host": hosts[name], "data": "u1.wl.sendgrid.net"}
        for name in RECORDS
    }
    return {
        "id": number,
        "user_id": desk.account.user,
        "subdomain": "em",
        "domain": domain,
        "username": "double",
        "ips": [],
        "custom_spf": False,
        "default": number == 1,
        "legacy": False,
        "automatic_security": True,
        "valid": not broken or desk.account.switches.valid_despite_records,
        "dns": about,
    }


def validate(call: Call) -> Reply:
    domain = dict(_numbered(call.desk)).get(int(call.parts[0]))
    if domain is None:
        return fault(404, "not found")
    broken = call.desk.account.broken_records.get(domain, set())
    results = {
        name: {
            "valid": name not in broken,
            "reason": "Expected CNAME record was not found." if name in broken else None,
        }
        for name in RECORDS
    }
    valid = not broken or call.desk.account.switches.valid_despite_records
    return as_json({"id": int(call.parts[0]), "valid": valid, "validation_results": results})


def verified(call: Call) -> Reply:
    account = call.desk.account
    if not account.switches.senders_readable:
        return fault(403, "access forbidden")
    confirmed = [(one, True) for one in sorted(account.senders or set()) if "@" in one]
    both = [*confirmed, *((one, False) for one in sorted(account.pending))]
    return as_json({"results": [_single(number, *one) for number, one in enumerate(both, 1)]})


def _single(number: int, address: str, verified: bool) -> dict[str, object]:  # noqa: FBT001
    return {
        "id": number,
        "nickname": address,
        "from_email": address,
        "from_name": address,
        "reply_to": address,
        "country": "",
        "verified": verified,
        "locked": False,
    }


def look_up(call: Call) -> Reply:
    if not call.desk.may_look_up():
        return fault(429, "too many requests")
    limit, query = call.given.get("limit", 10), call.given.get("query", "")
    if not isinstance(limit, int) or not 1 <= limit <= logs.MOST or not isinstance(query, str):
        return fault(400, f"limit must be between 1 and {logs.MOST}")
    try:
        return as_json({"messages": logs.find(list(call.desk.mails), query, limit, call.now)})
    except logs.QueryError as error:
        return fault(400, str(error))


def one_log(call: Call) -> Reply:
    mail = next((one for one in call.desk.mails if one.number == call.parts[0]), None)
    return fault(404, "not found") if mail is None else as_json(logs.whole(mail, call.now))


def all_hooks(call: Call) -> Reply:
    return as_json(webhooks.listed(call.desk.poster))


def hook(call: Call) -> Reply:
    return as_json(webhooks.told(call.desk.poster)) if call.parts[0] == webhooks.ID else fault(404, "not found")


def set_hook(call: Call) -> Reply:
    if call.parts[0] != webhooks.ID:
        return fault(404, "not found")
    wrong = webhooks.change(call.desk.poster, call.given)
    return fault(400, wrong) if wrong else as_json(webhooks.told(call.desk.poster))


def hook_key(call: Call) -> Reply:
    return as_json(webhooks.key(call.desk.poster)) if call.parts[0] == webhooks.ID else fault(404, "not found")


def set_hook_key(call: Call) -> Reply:
    enabled = call.given.get("enabled")
    if call.parts[0] != webhooks.ID:
        return fault(404, "not found")
    if not isinstance(enabled, bool):
        return fault(400, "enabled is true or false")
    webhooks.sign(call.desk.poster, enabled=enabled)
    return as_json(webhooks.key(call.desk.poster))


def test_hook(call: Call) -> Reply:
    url = call.given.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        return fault(400, "url is required")
    call.desk.poster.test(url, signed=call.desk.poster.signed and call.given.get("id") == webhooks.ID)
    return Reply(204)
