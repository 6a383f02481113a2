"""A mailbox in memory, for rehearsals: it keeps each person's mail as they would read it, and nothing leaves."""

from dataclasses import dataclass, field
from datetime import datetime

from advocacy.domain.handover import Accepted, NotSent, Outcome, Request
from advocacy.domain.merge import merge, merge_html
from advocacy.gateways.clock import Clock


@dataclass(frozen=True)
class RehearsedMail:
    """One mail to one address: when (aware, UTC) and in which words."""

    at: datetime
    public_id: str
    address: str
    subject: str
    text: str
    html: str


@dataclass
class RehearsalMailbox:
    clock: Clock
    mails: list[RehearsedMail] = field(default_factory=list)
    name: str = "rehearsal"
    idempotent: bool = True
    reports: bool = False
    batch: int = 1000

    def prepare(self) -> NotSent | None:
        return None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:  # noqa: ARG002 - as all providers
        self.mails.extend(
            RehearsedMail(
                at=self.clock.now(),
                public_id=request.public_id,
                address=person.address,
                subject=merge(request.subject, person.values),
                text=merge(request.text, person.values),
                html=merge_html(request.html, person.values),
            )
            for person in request.people
        )
        return Accepted(message_id=request.public_id)
