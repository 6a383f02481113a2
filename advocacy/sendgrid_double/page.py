"""The pages for people: what was sent, one mail as it would arrive, and buttons that make things happen to it."""

import email.policy
import html
import json
from email.message import EmailMessage
from urllib.parse import quote

from advocacy.sendgrid_double.fates import Happening, Mail
from advocacy.sendgrid_double.faults import Fault, Faults
from advocacy.sendgrid_double.taking import Desk

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1d1d1b}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;"
    "vertical-align:top}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f2;padding:.8rem}"
    "iframe{width:100%;height:24rem;border:1px solid #ccc}form{display:inline}button{font:inherit;margin:.15rem}"
)

ACTIONS: dict[str, Happening] = {
    "deliver": Happening(0, "delivered", {"response": "250 OK", "tls": 1}),
    "bounce": Happening(0, "bounce", {"reason": "550 5.1.1 no such user", "status": "5.1.1", "type": "bounce"}),
    "block": Happening(0, "bounce", {"reason": "unable to get mx info", "type": "blocked", "tls": 0}),
    "delayed bounce": Happening(0, "bounce", {"reason": "550 5.1.10 not found", "type": "bounce"}, lost_ids=True),
    "spam report": Happening(0, "spamreport", {}),
}
"""The buttons under a mail, and what each makes happen."""


def listing(desk: Desk, faults: Faults, *, limit: int = 200) -> str:
    rows = "".join(
        f"<tr><td><a href='/mail/{quote(mail.number, safe='')}'>{_e(mail.subject)}</a></td><td>{_e(mail.to)}</td>"
        f"<td>{_e(mail.sender)}</td><td>{_e(mail.custom_args.get('adv_mid', ''))}</td><td>{_e(mail.status)}</td></tr>"
        for mail in list(reversed(desk.mails))[:limit]
    )
    buttons = "".join(_button(f"/double/fault/{fault.value}", f"next: {fault.value}") for fault in Fault)
    poster = desk.poster
    return _page(
        "Taken by the stand-in for SendGrid",
        f"<p>{desk.ledger.requests} requests taken with {desk.ledger.people} mails, {desk.refused} refused; "
        f"{poster.posted} events told, {poster.waiting} waiting. Faults so far: {_e(json.dumps(faults.counted))}. "
        "Nothing here reaches anybody.</p>"
        f"<p>{_button('/double/again', 'tell the last events again')}{_button('/double/flush', 'tell all events now')}</p>"
        f"<details><summary>Break the next request</summary>{buttons}</details>"
        "<table><thead><tr><th>Subject</th><th>To</th><th>From</th><th>Request</th><th>State</th></tr></thead>"
        f"<tbody>{rows or '<tr><td colspan=5>Nothing yet.</td></tr>'}</tbody></table>",
    )


def one(mail: Mail) -> str:
    at = f"/double/mail/{quote(mail.number, safe='')}"
    buttons = "".join(_button(f"{at}/{quote(name)}", name) for name in ACTIONS)
    link = mail.headers.get("List-Unsubscribe", "").strip("<>")
    if link:
        buttons += _button(f"{at}/unsubscribe", "unsubscribe as a mail program would")
    headers = "".join(f"<tr><th>{_e(name)}</th><td>{_e(value)}</td></tr>" for name, value in mail.headers.items())
    events = "".join(f"<tr><td>{_e(json.dumps(event, ensure_ascii=False))}</td></tr>" for event in mail.events)
    return _page(
        mail.subject,
        f"<p><a href='/'>All mails</a> · <a href='/mail/{quote(mail.number, safe='')}.eml'>as a file</a></p>"
        f"<p>From {_e(mail.sender)} to {_e(mail.to)}. State: {_e(mail.status)}.</p><p>{buttons}</p>"
        f"<iframe sandbox title='The mail as HTML' srcdoc='{_e(mail.html)}'></iframe><h2>Text</h2><pre>{_e(mail.text)}</pre>"
        f"<h2>Headers</h2><table>{headers}</table><h2>Our own arguments</h2><pre>{_e(json.dumps(mail.custom_args))}</pre>"
        f"<h2>Events</h2><table>{events}</table>",
    )


def as_file(mail: Mail) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = mail.sender, mail.to
    message["Subject"] = " ".join(mail.subject.split())
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text or "")
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()


def _button(action: str, words: str) -> str:
    return f"<form method='post' action='{_e(action)}'><button>{_e(words)}</button></form>"


def _page(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{_e(title)}</title><style>{_STYLE}</style>"
        f"<h1>{_e(title)}</h1>{body}</html>"
    )


def _e(text: str) -> str:
    return html.escape(text)
