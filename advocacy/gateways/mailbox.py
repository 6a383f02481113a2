"""The local mailbox: a Maildir on disk instead of a provider. What it keeps is shown at /mailbox."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path

from advocacy.domain.handover import Accepted, NotSent, Outcome, Person, Request
from advocacy.domain.merge import merge, merge_html
from advocacy.gateways.clock import Clock

_SAFE_ID = re.compile(r"[0-9A-Za-z]{8,80}")


@dataclass(frozen=True)
class Letter:
    """One mail in the mailbox. `key` names it in the page's address."""

    key: str
    at: datetime
    message: EmailMessage
    source: bytes

    def part(self, kind: str) -> str:
        """Return the "plain" or the "html" part."""
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body is not None else ""


class Mailbox:
    """A provider that writes each message to a file.

    A file is named after the request and the person, so handing over the same request again writes no second copy:
    an unanswered dispatch is simply asked again.
    """

    name = "mailbox"
    idempotent = True
    reports = False
    batch = 1000

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def prepare(self) -> NotSent | None:
        try:
            for name in ("tmp", "new", "cur"):
                (self._folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            return NotSent(f"the mailbox folder cannot be used: {error.strerror}")
        return None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        if self._clock.boottime() > not_after:
            return NotSent("the time to hand over had passed")
        if request.sandbox:
            return Accepted(message_id=request.public_id)
        for person in request.people:
            name = f"{request.public_id}.{person.ref}"
            if any((self._folder / box / name).exists() for box in ("new", "cur")):
                continue
            draft = self._folder / "tmp" / name
            draft.write_bytes(message_for(request, person, self._clock.now()).as_bytes())
            draft.rename(self._folder / "new" / name)
        return Accepted(message_id=request.public_id)

    def letters(self, *, limit: int = 200) -> list[Letter]:
        """Return the newest letters first."""
        paths = sorted(self._paths(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return [_letter(path) for path in paths[:limit]]

    def letter(self, key: str) -> Letter | None:
        if not all(_SAFE_ID.fullmatch(part) for part in key.split(".")):
            return None
        return next((_letter(path) for path in self._paths() if path.name == key), None)

    def empty(self) -> int:
        """Throw every letter away; return how many there were."""
        paths = list(self._paths())
        for path in paths:
            path.unlink(missing_ok=True)
        return len(paths)

    def _paths(self) -> Iterator[Path]:
        for box in ("new", "cur"):
            yield from (path for path in (self._folder / box).glob("*") if path.is_file())


def message_for(request: Request, person: Person, now: datetime) -> EmailMessage:
    """Return the MIME message of one person: text and HTML, with the one-click headers of RFC 8058."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = formataddr((request.sender_name, request.sender))
    message["To"] = person.address
    message["Subject"] = " ".join(merge(request.subject, person.values).split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{request.public_id}.{person.ref}@{request.sender.partition('@')[2]}>"
    message["X-Advocacy-Dispatch"] = request.public_id
    message["Auto-Submitted"] = "auto-generated"
    if request.reply_to:
        message["Reply-To"] = request.reply_to
    if request.list_id:
        message["List-Id"] = request.list_id
    if person.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{person.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(merge(request.text, person.values))
    message.add_alternative(merge_html(request.html, person.values), subtype="html")
    return message


def _letter(path: Path) -> Letter:
    source = path.read_bytes()
    message = email.message_from_bytes(source, policy=email.policy.default)
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Letter(path.name, at, message, source)
