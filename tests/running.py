"""The engine on one database, with a fake provider and a clock that stands still until it is set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.email import Words
from advocacy.domain.handover import Accepted, NotSent, Outcome, Request
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.blast import Blast, Dispatch, Report
from advocacy.models.campaign import Campaign
from advocacy.operations import engine, invariants, planning, sending, starting
from tests.factories import add_campaign, add_supporter, subscribe


class PlainWriter:
    """Writes mails of a few words: the real templates have tests of their own."""

    def write(self, name: str, language: str, facts: Mapping[str, Any]) -> Words:
        fields = "{greeting} {act_url} {unsubscribe_url} {preferences_url}".format(**facts)
        return Words(f"{name} {language}", f"{name}: {fields}", f"<p>{fields}</p>")


@dataclass
class Taken:
    """One mail that the provider took."""

    at: datetime
    address: str
    rule: str
    request: Request


@dataclass
class Ledger:
    """A provider that notes when it took what. `answer` decides; None for a request means that it takes it."""

    clock: SimulatedClock
    answer: Callable[[Request], Outcome] = field(default=lambda _: Accepted())
    name: str = "fake"
    idempotent: bool = False
    reports: bool = True
    batch: int = 1000
    asked: list[Request] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    takes_even_if: Callable[[Request], bool] = field(default=lambda _: False)

    def prepare(self) -> NotSent | None:
        return None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        self.asked.append(request)
        outcome = self.answer(request)
        if isinstance(outcome, Accepted) or self.takes_even_if(request):
            for person in request.people:
                self.taken.append(Taken(self.clock.now(), person.address, request.subject, request))
        return outcome

    @property
    def addresses(self) -> list[str]:
        return sorted(taken.address for taken in self.taken)


@dataclass
class Engine:
    session: Session
    gateways: Gateways
    settings: Settings
    clock: SimulatedClock
    provider: Ledger

    def at(self, now: datetime) -> int:
        self.clock.set(now)
        return self.run()

    def run(self) -> int:
        return engine.run_once(self.session, gateways=self.gateways, settings=self.settings)

    def tick(self, wake: Callable[[], object] = lambda: None) -> None:
        engine.tick(self.session, gateways=self.gateways, settings=self.settings, wake=lambda: wake() and None)

    def plan(self, rule: str = "launch") -> bool:
        """Plan one chunk, and let the blast start if it may."""
        blast_id = self.blasts()[rule].id
        more = planning.plan(self.session, blast_id, gateways=self.gateways, settings=self.settings)
        starting.start(self.session, blast_id, gateways=self.gateways, settings=self.settings)
        return more

    def hand_over(self) -> int:
        return sending.hand_over_due(self.session, gateways=self.gateways, settings=self.settings)

    def launch(self, campaign: Campaign) -> None:
        campaign.launched_at = self.clock.now()
        planning.derive(
            self.session, campaign, now=self.clock.now(), writer=self.gateways.mails, settings=self.settings
        )
        self.session.commit()

    def play(self, until: datetime, stride: timedelta = timedelta(hours=24)) -> None:
        """Run at each instant at which something falls due, and at least once in a stride."""
        while self.clock.now() < until:
            self.run()
            now = self.clock.now()
            due = self.session.scalar(
                select(func.min(Dispatch.due_at)).where(
                    Dispatch.state == DispatchState.PLANNED, Dispatch.due_at > now + timedelta(seconds=1)
                )
            )
            self.session.rollback()
            self.clock.set(min(due or until, now + stride, until))
        self.run()

    def blasts(self) -> dict[str, Blast]:
        return {blast.rule: blast for blast in self.session.scalars(select(Blast).order_by(Blast.id))}

    def states(self, rule: str = "launch") -> list[DispatchState]:
        blast = self.blasts()[rule]
        return list(
            self.session.scalars(select(Dispatch.state).where(Dispatch.blast_id == blast.id).order_by(Dispatch.no))
        )

    def check(self) -> None:
        broken = invariants.check(self.session)
        assert broken == [], broken


MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Ten o'clock in Toronto, where everyone lives."""


def launched(running: Engine, people: int, **values: object) -> Campaign:
    """A campaign launched this morning to so many people on the alert list."""
    running.clock.set(MORNING)
    campaign = add_campaign(running.session, **values)
    campaign.addressees[0].emails = ["office@example.org"]
    for number in range(people):
        subscribe(running.session, add_supporter(running.session, f"p{number:04}@example.org"))
    running.launch(campaign)
    return campaign


def addresses(people: int) -> list[str]:
    return [f"p{number:04}@example.org" for number in range(people)]


def report(running: Engine, public_id: str, type_: str = "delivered", ref: str | None = None) -> None:
    now = running.clock.now()
    key = sha256(f"{public_id} {type_} {ref}".encode()).digest()
    running.session.add(Report(dedupe_key=key, public_id=public_id, person_ref=ref, type=type_, at=now, kept_at=now))
    running.session.commit()
