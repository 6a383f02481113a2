"""Anything may happen in any order: the engine's invariants hold after each step, and nobody gets a mail twice."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.domain.blast import BlastState
from advocacy.domain.errors import ConflictError
from advocacy.domain.handover import Accepted, Ambiguous, Busy, Later, NotSent, Outcome, Refused, Request
from advocacy.models.base import Base
from advocacy.models.blast import Report
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Action, Supporter
from advocacy.operations import blast_moves, planning, sending, starting, suppressing
from advocacy.operations.building import Claim, build
from advocacy.operations.suppressing import Reason
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import Engine

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PEOPLE = 6

STEPS = st.one_of(
    st.tuples(
        st.sampled_from(
            [
                "tick",
                "plan",
                "send",
                "claim",
                "build",
                "finish",
                "forget",
                "run",
                "pause",
                "resume",
                "report",
                "report lost",
                "clear",
            ]
        ),
        st.just(0),
    ),
    st.tuples(st.sampled_from(["unsubscribe", "act", "join", "complain"]), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 90, 20 * 60, 26 * 3600])),
    st.tuples(st.just("deadline"), st.integers(5, 40)),
    st.tuples(st.just("answer"), st.integers(0, 5)),
)


class Machine:
    """The engine with one worker's hands taken apart: what it claimed and built may be finished late, or never."""

    def __init__(self, running: Engine) -> None:
        self.running, self.session = running, running.session
        running.clock.set(START)
        self.campaign = add_campaign(self.session)
        self.campaign.addressees[0].emails = ["office@example.org"]
        for number in range(PEOPLE - 1):
            subscribe(self.session, add_supporter(self.session, f"p{number}@example.org"), self.campaign)
        running.launch(self.campaign)
        self.claims: list[Claim] = []
        self.stopped: dict[str, datetime] = {}
        self.answers: list[Outcome] = [
            Accepted(), Ambiguous("lost"), Busy(timedelta(seconds=5)), Later("grey"), NotSent("no"), Refused("all"), Ambiguous("taken")
        ]  # fmt: skip
        running.provider.takes_even_if = lambda _: self.answer == Ambiguous("taken")
        self.answer: Outcome = Accepted()
        running.provider.answer = self._answered

    def _answered(self, request: Request) -> Outcome:
        late = [person.address for person in request.people if person.address in self.stopped]
        assert not late, "somebody who left is in a request that began later"
        return self.answer

    def step(self, what: str, number: int) -> None:
        getattr(self, what.replace(" ", "_"))(number)
        self.session.rollback()
        self.running.check()
        doubled = [key for key, times in Counter(self._received()).items() if times > 1]
        assert not doubled, doubled

    def _received(self) -> list[tuple[str, str]]:
        return [(taken.address, taken.rule.split()[0]) for taken in self.running.provider.taken if self._steady(taken)]

    def _steady(self, taken: Any) -> bool:
        """Reminders share a template: only the launch and the last day are one mail each."""
        return taken.rule.split()[0] != "reminder"

    def tick(self, _: int) -> None:
        self.running.tick()

    def plan(self, _: int) -> None:
        """One chunk of each blast: what is between two of them is where all else may happen."""
        for blast_id in planning.waiting(self.session, self.running.clock.now()):
            planning.plan(self.session, blast_id, gateways=self.running.gateways, settings=self.running.settings)
            starting.start(self.session, blast_id, gateways=self.running.gateways, settings=self.running.settings)

    def send(self, _: int) -> None:
        self.running.hand_over()

    def run(self, _: int) -> None:
        self.running.run()

    def claim(self, _: int) -> None:
        found = sending.claim(self.session, gateways=self.running.gateways, settings=self.running.settings)
        if found is not None:
            self.claims.append(found)

    def build(self, _: int) -> None:
        if self.claims:
            build(self.session, self.claims[0], clock=self.running.clock, settings=self.running.settings)

    def finish(self, _: int) -> None:
        if self.claims:
            claim = self.claims.pop(0)
            sending.hand_over(self.session, claim, gateways=self.running.gateways, settings=self.running.settings)

    def forget(self, _: int) -> None:
        self.claims.clear()

    def wait(self, seconds: int) -> None:
        self.running.clock.set(self.running.clock.now() + timedelta(seconds=seconds))

    def answer_(self, number: int) -> None:
        self.answer = self.answers[number]

    def clear(self, _: int) -> None:
        self.answer = Accepted()

    def pause(self, _: int) -> None:
        self._move(blast_moves.pause)

    def resume(self, _: int) -> None:
        self._move(blast_moves.resume)

    def _move(self, move: Any) -> None:
        for blast in list(self.running.blasts().values()):
            if blast.state in {BlastState.PLANNING, BlastState.SENDING, BlastState.PAUSED}:
                try:
                    move(self.session, blast.id, now=self.running.clock.now(), actor="cli")
                except ConflictError:
                    self.session.rollback()

    def deadline(self, days: int) -> None:
        day = self.running.clock.now().date() + timedelta(days=days)
        campaign = self.session.get_one(Campaign, self.campaign.id)
        if campaign.state.value != "live" or day > date(2026, 12, 1):
            return
        campaign.deadline, campaign.generation = day, campaign.generation + 1
        planning.replan(
            self.session,
            campaign,
            now=self.running.clock.now(),
            writer=self.running.gateways.mails,
            settings=self.running.settings,
        )
        self.session.commit()

    def unsubscribe(self, number: int) -> None:
        self._suppress(number, Reason.UNSUBSCRIBED)

    def complain(self, number: int) -> None:
        self._suppress(number, Reason.COMPLAINED)

    def _suppress(self, number: int, reason: Reason) -> None:
        supporter = self._person(number)
        if supporter is not None:
            suppressing.suppress(self.session, [supporter.id], reason, now=self.running.clock.now())
            self.stopped[f"p{number}@example.org"] = self.running.clock.now()

    def act(self, number: int) -> None:
        supporter = self._person(number)
        if supporter is not None and not self.session.query(Action).filter_by(supporter_id=supporter.id).count():
            now = self.running.clock.now()
            self.session.add(
                Action(
                    supporter_id=supporter.id,
                    campaign_id=self.campaign.id,
                    addressee_id=self.campaign.addressees[0].id,
                    channel="email",
                    at=now,
                    day=now.date(),
                )
            )
            self.session.commit()

    def join(self, _: int) -> None:
        number = self.session.query(Supporter).count()
        now = self.running.clock.now()
        joiner = add_supporter(self.session, f"p{number}@example.org", confirmed_at=now, created_at=now)
        subscribe(self.session, joiner, self.campaign, joined_at=now)
        self.session.commit()

    def _person(self, number: int) -> Supporter | None:
        key = self.session.info["keys"].email_keys(f"p{number}@example.org")[0]
        return self.session.query(Supporter).filter_by(email_key=key).one_or_none()

    def report(self, _: int) -> None:
        """Everything the provider has is reported, however late and however often."""
        for taken in self.running.provider.taken:
            self._report(taken.request.public_id)

    def report_lost(self, _: int) -> None:
        """Nothing is ever reported of what the provider never had."""
        self.running.tick()

    def _report(self, public_id: str) -> None:
        key, now = sha256(public_id.encode()).digest(), self.running.clock.now()
        if not self.session.query(Report).filter_by(dedupe_key=key).count():
            self.session.add(Report(dedupe_key=key, public_id=public_id, type="processed", at=now, kept_at=now))
            self.session.commit()


@pytest.fixture
def _in_small_pieces(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "CHUNK", {"sqlite": 3, "postgresql": 3})
    running.provider.batch = 2


@pytest.mark.usefixtures("_in_small_pieces")
@settings(
    max_examples=16,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(steps=st.lists(STEPS, min_size=8, max_size=22))
def test_whatever_happens_in_whatever_order_the_invariants_hold(running: Engine, steps: list[tuple[str, int]]) -> None:
    _emptied(running)
    machine = Machine(running)
    for what, number in steps:
        machine.step("answer_" if what == "answer" else what, number)


def _emptied(running: Engine) -> None:
    session = running.session
    session.rollback()
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.commit()
    running.provider.asked.clear()
    running.provider.taken.clear()
    session.expunge_all()
