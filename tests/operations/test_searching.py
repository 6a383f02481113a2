"""The provider's logs as evidence about requests in doubt."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Ambiguous
from advocacy.models.blast import Dispatch
from tests.factories import add_supporter, subscribe
from tests.running import MORNING, Engine, Ledger, launched, report


@dataclass
class LoggedLedger(Ledger):
    """A provider whose logs can be asked."""

    says: Callable[[str], bool | None] = field(default=lambda _: None)
    looked_up: list[tuple[str, str, datetime]] = field(default_factory=list)

    def found(self, public_id: str, *, address: str, since: datetime) -> bool | None:
        self.looked_up.append((public_id, address, since))
        return self.says(public_id)


@pytest.fixture
def provider_with_logs(running: Engine) -> LoggedLedger:
    ledger = LoggedLedger(running.clock)
    running.provider, running.gateways = ledger, replace(running.gateways, provider=ledger)
    return ledger


def in_doubt(running: Engine) -> str:
    """One lost request, and a later one that was accepted and reported."""
    campaign = launched(running, 1)
    running.provider.answer = lambda _: Ambiguous("reset")
    running.run()
    lost = running.provider.asked[0].public_id
    running.provider.answer = lambda _: Accepted()
    session = running.session
    session.execute(update(Dispatch).where(Dispatch.public_id == lost).values(canary=False))
    running.clock.set(MORNING + timedelta(minutes=10))
    joiner = add_supporter(session, "later@example.org", confirmed_at=running.clock.now())
    subscribe(session, joiner, campaign, joined_at=running.clock.now())
    session.commit()
    running.run()
    report(running, running.provider.asked[-1].public_id, "delivered")
    return lost


def how(running: Engine, public_id: str) -> str | None:
    return running.session.scalar(select(Dispatch.settled_how).where(Dispatch.public_id == public_id))


def test_what_the_logs_hold_was_accepted(running: Engine, provider_with_logs: LoggedLedger) -> None:
    lost = in_doubt(running)
    provider_with_logs.says = lambda _: True

    running.at(MORNING + timedelta(minutes=30))

    ((asked_for, address, since),) = provider_with_logs.looked_up
    assert (asked_for, address) == (lost, "p0000@example.org")
    assert since - MORNING < timedelta(seconds=5)
    assert how(running, lost) == "log"
    assert len(provider_with_logs.asked) == 2
    running.check()


def test_nobody_is_asked_before_the_quarantine_is_over(running: Engine, provider_with_logs: LoggedLedger) -> None:
    in_doubt(running)

    running.at(MORNING + timedelta(minutes=12))

    assert provider_with_logs.looked_up == []


@pytest.mark.parametrize("answer", [False, None], ids=["not there", "cannot be asked"])
def test_with_the_other_evidence_what_the_logs_do_not_hold_goes_again(
    running: Engine,
    provider_with_logs: LoggedLedger,
    answer: bool | None,  # noqa: FBT001 - a row of the table
) -> None:
    lost = in_doubt(running)
    provider_with_logs.says = lambda _: answer

    running.at(MORNING + timedelta(minutes=30))

    assert how(running, lost) == "proof"
    assert provider_with_logs.addresses == ["later@example.org", "p0000@example.org"]
    running.check()


def test_the_logs_alone_prove_no_absence_and_are_asked_again_after_ten_minutes(
    running: Engine, provider_with_logs: LoggedLedger
) -> None:
    launched(running, 1)
    provider_with_logs.answer = lambda _: Ambiguous("reset")
    provider_with_logs.says = lambda _: False
    running.run()

    for minute in range(17, 40):
        running.at(MORNING + timedelta(minutes=minute))

    assert running.states() == [DispatchState.AMBIGUOUS]
    assert len(provider_with_logs.looked_up) == 3
    running.check()
