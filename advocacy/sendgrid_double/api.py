"""The other addresses of the service that are stood in for: batches, holding, lists, logs, account. All else is a 404.

Each address asks for a scope of its own; what the answers look like is held against the published descriptions.
"""

import json
import re
from typing import Any
from urllib.parse import unquote

from advocacy.sendgrid_double import about, lists
from advocacy.sendgrid_double.call import Call, Route
from advocacy.sendgrid_double.taking import Desk, Reply, errors, fault
from advocacy.sendgrid_double.wire import Asked


def answer(desk: Desk, asked: Asked, now: float) -> Reply:
    """Answer a request to `/v3/...` that is not mail/send."""
    for wanted, pattern, scope, route in _ROUTES:
        match = pattern.fullmatch(asked.path)
        if match and asked.method == wanted:
            refused = desk.authorised(asked.headers.get("authorization", ""), scope)
            if refused is not None:
                return errors(refused.status, refused)
            given = _parsed(asked.body)
            if given is None:
                return fault(400, "Bad Request")
            scopes = desk.account.keys[asked.headers["authorization"].partition(" ")[2]]
            parts = tuple(unquote(part) for part in match.groups())
            return route(Call(desk, parts, asked.query, given, scopes, now))
    return fault(404, f"the stand-in knows no {asked.method} {asked.path}")


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        given = json.loads(body) if body else {}
    except ValueError:
        return None
    return given if isinstance(given, dict) else None


_HOOKS, _HELD, _BATCH = "/v3/user/webhooks/event", "/v3/user/scheduled_sends", "/v3/mail/batch"
_SETTINGS, _LISTS, _GROUPS = "user.webhooks.event.settings", "/v3/suppression/([a-z_]+)", "/v3/asm/groups"

_ROUTES: tuple[tuple[str, re.Pattern[str], str | None, Route], ...] = tuple(
    (method, re.compile(pattern), scope, route)
    for method, pattern, scope, route in (
        ("POST", _BATCH, "mail.batch.create", lists.batch),
        ("GET", f"{_BATCH}/([^/]+)", "mail.batch.read", lists.batch_known),
        ("POST", _HELD, "user.scheduled_sends.create", lists.hold),
        ("GET", _HELD, "user.scheduled_sends.read", lists.held),
        ("GET", f"{_HELD}/([^/]+)", "user.scheduled_sends.read", lists.held),
        ("PATCH", f"{_HELD}/([^/]+)", "user.scheduled_sends.update", lists.hold_otherwise),
        ("DELETE", f"{_HELD}/([^/]+)", "user.scheduled_sends.delete", lists.let_go),
        ("GET", _LISTS, "suppression.read", lists.suppressions),
        ("DELETE", _LISTS, "suppression.delete", lists.forget_many),
        ("DELETE", f"{_LISTS}/([^/]+)", "suppression.delete", lists.forget),
        ("GET", _GROUPS, "asm.groups.read", lists.groups),
        ("POST", _GROUPS, "asm.groups.create", lists.make_group),
        ("POST", rf"{_GROUPS}/(\d+)/suppressions", "asm.groups.suppressions.create", lists.leave_group),
        ("GET", "/v3/scopes", None, about.scopes),
        ("GET", "/v3/user/account", "user.account.read", about.account),
        ("GET", "/v3/whitelabel/domains", "whitelabel.read", about.domains),
        ("POST", r"/v3/whitelabel/domains/(\d+)/validate", "whitelabel.update", about.validate),
        ("GET", "/v3/verified_senders", None, about.verified),
        ("GET", f"{_HOOKS}/settings/all", f"{_SETTINGS}.read", about.all_hooks),
        ("GET", f"{_HOOKS}/settings/signed/([^/]+)", f"{_SETTINGS}.read", about.hook_key),
        ("PATCH", f"{_HOOKS}/settings/signed/([^/]+)", f"{_SETTINGS}.update", about.set_hook_key),
        ("GET", f"{_HOOKS}/settings/([^/]+)", f"{_SETTINGS}.read", about.hook),
        ("PATCH", f"{_HOOKS}/settings/([^/]+)", f"{_SETTINGS}.update", about.set_hook),
        ("POST", f"{_HOOKS}/test", "user.webhooks.event.test.create", about.test_hook),
        ("POST", "/v3/logs", "messages.read", about.look_up),
        ("GET", "/v3/logs/([^/]+)", "messages.read", about.one_log),
    )
)
