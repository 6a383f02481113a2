"""A taken request as the mails that arrive from it: tags replaced, tracking done, headers as they would stand."""

import html
import re
from collections.abc import Iterator
from typing import Any

from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.fates import Mail
from advocacy.sendgrid_double.rules import people_of

_DEAD_TAG = re.compile(r"\s|^<%.*%>$")
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]+)(")', re.IGNORECASE)
_UNSUBSCRIBE = "https://u.sendgrid.example/wf/unsubscribe"


def mails(parsed: dict[str, Any], number: str, now: float, account: Account) -> Iterator[Mail]:
    """Yield each person's mail."""
    texts = {one["type"].partition(";")[0]: one["value"] for one in parsed.get("content", [])}
    tracked = {name: _tracked(parsed, account, name) for name in ("click", "open", "subscription")}
    replies = parsed.get("reply_to_list") or ([parsed["reply_to"]] if "reply_to" in parsed else [])
    index = 0
    for one in parsed["personalizations"]:
        swaps = {tag: value for tag, value in one.get("substitutions", {}).items() if not _DEAD_TAG.search(tag)}
        text, page = (filled(texts.get(kind, ""), swaps) for kind in ("text/plain", "text/html"))
        headers = dict(parsed.get("headers", {}) | one.get("headers", {}))
        if any(tracked.values()):
            text, page, headers = _with_tracking(text, page, headers, tracked, account)
        for _, _, person in people_of(one):
            yield Mail(
                message_id=number,
                index=index,
                at=now,
                sender=one.get("from", parsed["from"])["email"],
                to=person["email"],
                subject=filled(one.get("subject") or parsed.get("subject", ""), swaps),
                text=text,
                html=page,
                headers=headers,
                custom_args=parsed.get("custom_args", {}) | one.get("custom_args", {}),
                categories=parsed.get("categories", []),
                group=parsed.get("asm", {}).get("group_id"),
                name=person.get("name", ""),
                reply_to=filled(", ".join(each["email"] for each in replies), swaps),
                template=parsed.get("template_id"),
                opens=tracked["open"] and bool(page),
                opens_asked=parsed.get("tracking_settings", {}).get("open_tracking", {}).get("enable") is True,
                clicks=tracked["click"] and bool(page),
            )
            index += 1


def _tracked(parsed: dict[str, Any], account: Account, name: str) -> bool:
    """Return whether the request asks for a kind of tracking; what it leaves out is as the account has it."""
    asked = parsed.get("tracking_settings", {}).get(f"{name}_tracking", {}).get("enable")
    return account.tracking[name] if asked is None else bool(asked)


def _with_tracking(
    text: str, page: str, headers: dict[str, str], tracked: dict[str, bool], account: Account
) -> tuple[str, str, dict[str, str]]:
    if tracked["click"]:
        page = _LINK.sub(r"\1https://u.sendgrid.example/ls/click?upn=\2\3", page)
    if tracked["open"] and page:
        page += '<img src="https://u.sendgrid.example/wf/open" alt="" width="1" height="1">'
    if tracked["subscription"]:
        text += f"\n\nUnsubscribe: {_UNSUBSCRIBE}" if text else ""
        page += f'<p><a href="{html.escape(_UNSUBSCRIBE)}">Unsubscribe</a></p>' if page else ""
        theirs = {"List-Unsubscribe": f"<{_UNSUBSCRIBE}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        headers = theirs | headers if account.switches.own_unsubscribe_kept else headers | theirs
    return text, page, headers


def filled(text: str, swaps: dict[str, str]) -> str:
    """Replace each tag by its value as plain text; a value is not looked at again."""
    parts = [text]
    for tag, value in swaps.items():
        parts = (
            [
                piece
                for number, part in enumerate(parts)
                for piece in ([part] if number % 2 else _split(part, tag, value))
            ]
            if any(tag in part for part in parts[::2])
            else parts
        )
    return "".join(parts)


def _split(part: str, tag: str, value: str) -> list[str]:
    """Return alternating text and values, beginning and ending with text."""
    pieces = part.split(tag)
    return [one for piece in pieces[:-1] for one in (piece, value)] + [pieces[-1]]
