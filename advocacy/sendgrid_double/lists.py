"""Batches that are held, lists of suppressions, groups to unsubscribe from."""

from advocacy.sendgrid_double.account import SUPPRESSION_LISTS
from advocacy.sendgrid_double.call import Call, as_json
from advocacy.sendgrid_double.taking import Reply, fault
from advocacy.sendgrid_double.waiting import MOST_HELD


def batch(call: Call) -> Reply:
    return as_json({"batch_id": call.desk.account.new_batch(call.now)}, 201)


def batch_known(call: Call) -> Reply:
    known = call.desk.account.batch_known(call.parts[0], call.now)
    return as_json({"batch_id": call.parts[0]}) if known else fault(400, "invalid batch id")


def hold(call: Call) -> Reply:
    number, status, held = str(call.given.get("batch_id")), call.given.get("status"), call.desk.account.held
    if status not in ("pause", "cancel") or not call.desk.account.batch_known(number, call.now):
        return fault(400, "invalid batch id or status")
    if number in held:
        return fault(400, "a status has already been set; change or delete it")
    if len(held) >= MOST_HELD:
        return fault(400, "too many batches are paused or cancelled")
    held[number] = (status, call.now)
    return as_json({"batch_id": number, "status": status}, 201)


def held(call: Call) -> Reply:
    wanted = call.parts[0] if call.parts else None
    held = call.desk.account.held.items()
    return as_json([{"batch_id": n, "status": status} for n, (status, _) in held if wanted in (None, n)])


def hold_otherwise(call: Call) -> Reply:
    number, status = call.parts[0], call.given.get("status")
    if status not in ("pause", "cancel"):
        return fault(400, "invalid status")
    if number not in call.desk.account.held:
        return fault(404, "not found")
    call.desk.account.held[number] = (status, call.now)
    return Reply(204)


def let_go(call: Call) -> Reply:
    return Reply(204) if call.desk.account.held.pop(call.parts[0], None) else fault(404, "not found")


def suppressions(call: Call) -> Reply:
    name = call.parts[0]
    if name not in SUPPRESSION_LISTS:
        return fault(404, "not found")
    try:
        limit, offset, since, until = (
            int(call.query.get(word, default))
            for word, default in (("limit", 500), ("offset", 0), ("start_time", 0), ("end_time", call.now))
        )
    except ValueError:
        return fault(400, "limit, offset, start_time and end_time are whole numbers")
    rows = [(address, at) for address, at in call.desk.account.lists[name].items() if since <= int(at) <= until]
    page = rows[offset : offset + min(limit, 500)]
    return as_json([_suppressed(name, address, at) for address, at in page])


def _suppressed(name: str, address: str, at: float) -> dict[str, object]:
    row: dict[str, object] = {"email": address, "created": int(at)}
    if name == "spam_reports":
        return row | {"ip": "198.51.100.7"}
    return row if name == "unsubscribes" else row | {"reason": "", "status": ""}


def forget(call: Call) -> Reply:
    gone = call.desk.account.lists.get(call.parts[0], {}).pop(call.parts[1].lower(), None)
    return Reply(204) if gone is not None else fault(404, "not found")


def forget_many(call: Call) -> Reply:
    kept = call.desk.account.lists.get(call.parts[0])
    if kept is None:
        return fault(404, "not found")
    gone = list(kept) if call.given.get("delete_all") is True else call.given.get("emails", [])
    for address in gone:
        kept.pop(str(address).lower(), None)
    return Reply(204)


def groups(call: Call) -> Reply:
    groups = call.desk.account.groups.items()
    return as_json([{"id": n, "name": name, "description": name, "is_default": False} for n, name in groups])


def make_group(call: Call) -> Reply:
    name, description = str(call.given.get("name", "")), str(call.given.get("description", ""))
    account = call.desk.account
    if not 1 <= len(name) <= 30 or len(description) > 100 or len(account.groups) >= 25:
        return fault(400, "a group has a name of at most 30 characters and a description of at most 100")
    number = len(account.groups) + 101
    account.groups[number], account.groups_made[number] = name, call.now
    return as_json({"id": number, "name": name, "description": description, "is_default": False}, 201)


def leave_group(call: Call) -> Reply:
    """The trap of the real service: an unknown group puts the addresses on the list for everything."""
    addresses = [str(one).lower() for one in call.given.get("recipient_emails", [])]
    number, account = int(call.parts[0]), call.desk.account
    if number in account.groups:
        account.group_lists.setdefault(number, set()).update(addresses)
    else:
        account.lists["unsubscribes"].update(dict.fromkeys(addresses, call.now))
    return as_json({"recipient_emails": addresses}, 201)
