"""Before a blast starts the provider is asked, in its sandbox, whether it would take the words."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Ambiguous, Blocked, NotSent, Outcome, Refused, Request
from advocacy.models.blast import ProviderAccount
from advocacy.models.installation import AuditEntry
from advocacy.operations import blast_moves
from tests.running import MORNING, Engine, Ledger, addresses, launched


@dataclass
class Careful(Ledger):
    """A provider that can be asked beforehand; `would` answers."""

    would: Callable[[Request], Outcome] = field(default=lambda _: Accepted())
    questions: list[Request] = field(default_factory=list)

    def would_take(self, request: Request, *, not_after: float) -> Outcome:
        self.questions.append(request)
        return self.would(request)


@pytest.fixture
def careful(running: Engine) -> tuple[Engine, Careful]:
    provider = Careful(running.clock)
    return replace(running, gateways=replace(running.gateways, provider=provider), provider=provider), provider


def test_a_blast_starts_when_the_provider_would_take_its_words(careful: tuple[Engine, Careful]) -> None:
    running, provider = careful
    launched(running, 3)

    running.run()

    assert provider.addresses == addresses(3)
    assert [one.subject for one in provider.questions] == ["launch de", "launch en", "launch es", "launch fr"]
    for question in provider.questions:
        assert question.sandbox
        assert [person.address for person in question.people] == [running.settings.mail_from]
        assert set(question.people[0].values) == {"greeting", "act_url", "unsubscribe_url", "preferences_url"}
    running.check()


@pytest.mark.parametrize("answer", [Refused("the subject is required", 400), Blocked("not a verified sender", 403)])
def test_its_no_blocks_the_blast_with_the_reason_until_it_says_yes(
    careful: tuple[Engine, Careful], answer: Refused | Blocked
) -> None:
    running, provider = careful
    provider.would = lambda _: answer
    launched(running, 3)

    running.run()
    running.at(MORNING + timedelta(seconds=70))

    blast = running.blasts()["launch"]
    assert (blast.state, blast.state_reason) == (BlastState.BLOCKED, f"preflight: {answer.reason}")
    assert provider.asked == []
    assert running.states() == [DispatchState.PLANNED]
    entries = select(AuditEntry.details).where(AuditEntry.object == f"blast:{blast.id}")
    blocked = [entry for entry in running.session.scalars(entries) if entry.get("to") == "blocked"]
    assert len(blocked) == 1, "asked twice, told once"

    provider.would = lambda _: Accepted()
    running.at(MORNING + timedelta(minutes=10))
    assert running.blasts()["launch"].state is BlastState.SENDING
    assert provider.addresses == addresses(3)
    running.check()


@pytest.mark.parametrize("silence", [NotSent("no connection"), Ambiguous("no answer")])
def test_no_answer_decides_nothing_and_is_not_asked_for_without_end(
    careful: tuple[Engine, Careful], silence: NotSent | Ambiguous
) -> None:
    running, provider = careful
    provider.would = lambda _: silence
    launched(running, 3)

    for second in range(0, 40, 5):
        running.at(MORNING + timedelta(seconds=second))

    assert running.blasts()["launch"].state is BlastState.PLANNING
    assert len(provider.questions) <= 5, "the breaker of the account holds for questions too"
    assert running.session.scalars(select(ProviderAccount.health)).one() == "broken"

    provider.would = lambda _: Accepted()
    running.at(MORNING + timedelta(minutes=2))
    assert provider.addresses == addresses(3)


def test_one_held_back_can_be_paused_and_is_asked_about_again_when_it_is_resumed(
    careful: tuple[Engine, Careful],
) -> None:
    running, provider = careful
    provider.would = lambda _: Refused("the subject is required", 400)
    launched(running, 1)
    running.run()
    blast_id = running.blasts()["launch"].id

    blast_moves.pause(running.session, blast_id, now=MORNING, actor="organiser:1")
    running.at(MORNING + timedelta(minutes=5))
    assert running.blasts()["launch"].state is BlastState.PAUSED
    provider.would = lambda _: Accepted()
    blast_moves.resume(running.session, blast_id, now=running.clock.now(), actor="organiser:1")
    running.run()

    assert provider.addresses == addresses(1)


def test_a_pause_while_the_question_is_out_holds(careful: tuple[Engine, Careful]) -> None:
    running, provider = careful

    def paused_meanwhile(_: Request) -> Outcome:
        blast_moves.pause(running.session, running.blasts()["launch"].id, now=MORNING, actor="organiser:1")
        return Accepted()

    provider.would = paused_meanwhile
    launched(running, 1)

    running.run()

    assert running.blasts()["launch"].state is BlastState.PAUSED
    assert provider.asked == []
