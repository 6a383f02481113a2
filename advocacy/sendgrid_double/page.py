"""The pages for people: what was sent and refused, one mail as it would arrive, and buttons that make things happen."""

import email.policy
import json
import re
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from advocacy.sendgrid_double.contract import GRADES, NOT_PLAYED, RULES
from advocacy.sendgrid_double.fates import Happening, Mail
from advocacy.sendgrid_double.faults import SAYS, Fault, Faults
from advocacy.sendgrid_double.look import button, esc, figures, moment, page, table
from advocacy.sendgrid_double.taking import Desk

ACTIONS: dict[str, Happening] = {
    "deliver": Happening(0, "delivered", {"response": "250 OK", "tls": 1}),
    "bounce": Happening(0, "bounce", {"reason": "550 5.1.1 no such user", "status": "5.1.1", "type": "bounce"}),
    "block": Happening(0, "bounce", {"reason": "unable to get mx info", "type": "blocked", "tls": 0}),
    "delayed bounce": Happening(0, "bounce", {"reason": "550 5.1.10 not found", "type": "bounce"}, lost_ids=True),
    "spam report": Happening(0, "spamreport", {}),
}
"""The buttons under a mail, and what each makes happen."""

_BAD = frozenset({"dropped", "bounced", "blocked", "bounce", "spamreport"})
_EVERYWHERE = frozenset({"event", "email", "timestamp", "sg_event_id", "sg_message_id", "pool", "smtp-id"})


def listing(desk: Desk, faults: Faults, now: float, *, limit: int = 200) -> str:
    poster = desk.poster
    shown = list(reversed(desk.mails))[:limit]
    rows = [
        [
            f"<a href='/mail/{quote(mail.number, safe='')}'>{esc(mail.subject or 'No subject')}</a>",
            esc(mail.to),
            esc(mail.sender),
            esc(" ".join(mail.custom_args.values())),
            _state(mail.status(now)),
            moment(mail.at),
        ]
        for mail in shown
    ]
    counted = [
        ("Requests taken", desk.ledger.requests),
        ("Mails in them", desk.ledger.people),
        ("Requests refused", desk.refused),
        ("Waiting for their hour", len(desk.waiting)),
        ("Faults played", sum(faults.counted.values())),
        ("Events told", poster.posted),
        ("Events waiting", poster.waiting),
        ("Posts refused", poster.refused),
    ]
    more = (
        f"<p class='dim'>The newest {limit} of {len(desk.mails)} that are kept.</p>" if len(desk.mails) > limit else ""
    )
    return page(
        "Taken by the stand-in for SendGrid",
        "<p>Nothing here reaches anybody.</p>"
        + figures(counted)
        + button("/double/flush", "Tell all events now")
        + button("/double/again", "Tell the last events again")
        + _breaking(faults)
        + "<h2>Mails</h2>"
        + table(["Subject", "To", "From", "Arguments", "State", "Taken"], rows, "Nothing was sent yet.")
        + more
        + "<h2>Refused requests</h2>"
        + _refusals(desk),
    )


def _breaking(faults: Faults) -> str:
    rows = [
        [
            f"<strong>{esc(fault.value)}</strong>",
            esc(SAYS[fault]),
            str(faults.counted.get(fault.value, 0)),
            button(f"/double/fault/{fault.value}", "Next request")
            + button(f"/double/fault/{fault.value}x10", "Next ten"),
        ]
        for fault in Fault
    ]
    return (
        f"<details><summary>Faults: what goes wrong with the next requests ({len(faults.asked)} are waiting)</summary>"
        f"{table(['Fault', 'What happens', 'Played', 'Let it happen to'], rows, '')}</details>"
    )


def _refusals(desk: Desk) -> str:
    rows = [
        [
            f"<strong class='bad'>{refusal.status}</strong>",
            "<br>".join(f"{esc(one.message)}" for one in refusal.problems[:5]),
            "<br>".join(esc(one.field or "the whole request") for one in refusal.problems[:5]),
            "<br>".join(f"<a href='/rules#{esc(one.rule)}'>{esc(one.rule)}</a>" for one in refusal.problems[:5]),
            moment(refusal.at),
        ]
        for refusal in reversed(desk.refusals)
    ]
    return table(["Status", "Complaint", "Place", "Rule", "When"], rows, "None was refused.")


def one(mail: Mail, now: float) -> str:
    at = f"/double/mail/{quote(mail.number, safe='')}"
    buttons = "".join(button(f"{at}/{quote(name)}", name.capitalize()) for name in ACTIONS)
    if mail.headers.get("List-Unsubscribe", "").strip("<>"):
        buttons += button(f"{at}/unsubscribe", "Unsubscribe as a mail program would")
    about = [("From", mail.sender), ("To", f"{mail.name} <{mail.to}>" if mail.name else mail.to)]
    about += [("Reply-To", mail.reply_to)] if mail.reply_to else []
    headers = [[f"<strong>{esc(name)}</strong>", esc(value)] for name, value in (*about, *mail.headers.items())]
    arguments = [[f"<strong>{esc(name)}</strong>", esc(value)] for name, value in mail.custom_args.items()]
    return page(
        mail.subject or "No subject",
        f"<p>To {esc(mail.to)}, taken {moment(mail.at)}: {_state(mail.status(now))}. "
        f"<a href='/mail/{quote(mail.number, safe='')}.eml'>Download as a file</a></p>"
        f"<h2>Events</h2>{_events(mail, now)}<p>Make something happen now:</p>{buttons}"
        f"<h2>As HTML</h2><iframe sandbox title='The mail as HTML' srcdoc='{esc(mail.html)}'></iframe>"
        f"<h2>As text</h2><pre>{esc(mail.text)}</pre>"
        f"<h2>Headers</h2>{table(['Name', 'Value'], headers, 'None.')}"
        f"<h2>Our own arguments</h2>{table(['Name', 'Value'], arguments, 'None.')}",
    )


def _events(mail: Mail, now: float) -> str:
    rows = [
        [
            _state(event["event"]) + ("" if event["timestamp"] <= now else " <span class='dim'>(still to come)</span>"),
            moment(event["timestamp"]),
            esc(_details(event, mail)),
            f"<details><summary>Raw</summary><pre>{esc(json.dumps(event, ensure_ascii=False, indent=1))}</pre></details>",
        ]
        for event in sorted(mail.events, key=lambda event: int(event["timestamp"]))
    ]
    return table(["Event", "When", "Details", "As posted"], rows, "None yet, and none to come.")


def _details(event: dict[str, Any], mail: Mail) -> str:
    """Return what is particular to an event; what stands in all of them, and our arguments, are left out."""
    own = {name: value for name, value in event.items() if name not in _EVERYWHERE and name not in mail.custom_args}
    lost = ["without any of our ids"] if event.get("sg_message_id") == "" else []
    return ", ".join([*(f"{name}: {value}" for name, value in own.items()), *lost])


def _state(word: str) -> str:
    kind = "bad" if word in _BAD else "good" if word == "delivered" else ""
    return f"<span class='{kind}'>{esc(word)}</span>"


def rules(desk: Desk) -> str:
    """Return the table of rules, with how often each refused a request."""
    rows = [
        [
            f"<strong id='{rule.name}'>{rule.name}</strong>",
            esc(rule.says),
            re.sub("`(.+?)`", r"<code>\1</code>", esc(rule.happens)),
            f"<span title='{esc(GRADES[rule.grade])}'>{rule.grade}</span>",
            esc(rule.source),
            str(desk.refused_by.get(rule.name, 0)),
        ]
        for rule in RULES
    ]
    grades = "; ".join(f"{grade}: {says}" for grade, says in GRADES.items())
    missing = "".join(f"<li>{esc(one)}</li>" for one in NOT_PLAYED)
    return page(
        "What the stand-in holds requests against",
        f"<p>How sure each rule is: {esc(grades)}. None was tried against the real service.</p>"
        + table(["Rule", "Says", "What happens", "Sure", "Source", "Refused"], rows, "")
        + f"<h2>Not played</h2><ul>{missing}</ul>",
    )


def as_file(mail: Mail) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = mail.sender, mail.to
    message["Subject"] = " ".join(mail.subject.split())
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text or "")
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()
