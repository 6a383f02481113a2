"""Fakes handed in where the real thing is outside."""

from collections.abc import Callable
from dataclasses import dataclass, field

from advocacy.domain.handover import Accepted, NotSent, Outcome, Request


@dataclass
class FakeProvider:
    """A provider that keeps what it is handed and answers as told: `answer` is an outcome or a function of the request.

    `taken` holds the requests it accepted, `asked` all it saw.
    """

    answer: Outcome | Callable[[Request], Outcome] = field(default_factory=Accepted)
    name: str = "fake"
    idempotent: bool = False
    reports: bool = True
    batch: int = 1000
    asked: list[Request] = field(default_factory=list)
    taken: list[Request] = field(default_factory=list)

    def prepare(self) -> NotSent | None:
        return None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        self.asked.append(request)
        outcome = self.answer(request) if callable(self.answer) else self.answer
        if isinstance(outcome, Accepted):
            self.taken.append(request)
        return outcome

    @property
    def addresses(self) -> list[str]:
        """Every address an accepted request carried, in order, doubles included."""
        return [person.address for request in self.taken for person in request.people]
