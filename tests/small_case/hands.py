"""Who moves in the small case, and the steps they take: the engine's own functions, one transaction each.

A worker's steps are those of `sending.hand_over`, in its order; the leaver's those of `leaving.stop_all`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from sqlalchemy import text
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.handover import Accepted, NotSent, Outcome, Request
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.operations import sending, settling, suppressing
from advocacy.operations.building import Built, Claim, build
from advocacy.operations.suppressing import Reason
from tests.running import PlainWriter


class StillWaitingError(Exception):
    """Whoever waits would sleep now."""


class Clock(SimulatedClock):
    def sleep(self, seconds: float) -> None:
        raise StillWaitingError


@dataclass
class Provider:
    """Takes what it gets before its time is over: it looks and takes in one step. `taken` is its ledger."""

    clock: Clock
    batch: int
    taken: list[tuple[str, ...]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    name: str = "fake"
    idempotent: bool = False
    reports: bool = True

    def prepare(self) -> NotSent | None:
        return None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        if self.clock.boottime() >= not_after:
            return NotSent("too late")
        self.taken.append(tuple(person.address for person in request.people))
        self.ids.append(request.public_id)
        return Accepted()


@dataclass
class Tools:
    clock: Clock
    provider: Provider
    settings: Settings
    leaver: int

    @property
    def gateways(self) -> Gateways:
        return Gateways(clock=self.clock, provider=self.provider, mails=PlainWriter())


@dataclass(frozen=True)
class Hand:
    """What one of them has in mind between two transactions. `next` is the step to come; "over" when there is none."""

    next: str
    rounds: int = 2
    claim: Claim | None = None
    built: Built | None = None
    since: float = 0.0
    outcome: Outcome | None = None

    @cached_property
    def plain(self) -> str:
        claimed = self.claim and (self.claim.blast_id, self.claim.no, self.claim.token, self.claim.attempts)
        built = self.built and (self.built.people, sorted(self.built.skips.items()))
        return repr((self.next, self.rounds, claimed, built, self.since // 10, self.outcome))


Step = Callable[[Tools, Session, Hand], Hand]
OVER = "over"


def claim(tools: Tools, session: Session, hand: Hand) -> Hand:
    found = sending.claim(session, gateways=tools.gateways, settings=tools.settings)
    return Hand("build", hand.rounds - 1, found) if found else Hand(OVER, 0)


def build_(tools: Tools, session: Session, hand: Hand) -> Hand:
    built = build(session, _claimed(hand), clock=tools.clock, settings=tools.settings)
    session.commit()
    return replace(hand, next="begin", built=built)


def begin(tools: Tools, session: Session, hand: Hand) -> Hand:
    built, since = _built(hand), tools.clock.boottime()
    begun = sending.begin(session, _claimed(hand), built, gateways=tools.gateways, settings=tools.settings)
    return replace(hand, next="hand over", since=since) if begun and built.people else _again(hand)


def hand_over(tools: Tools, session: Session, hand: Hand) -> Hand:
    not_after = hand.since + tools.settings.provider_timeout
    return replace(hand, next="settle", outcome=tools.provider.hand_over(_built(hand).request, not_after=not_after))


def settle(tools: Tools, session: Session, hand: Hand) -> Hand:
    assert hand.outcome is not None
    sending.settle(session, _claimed(hand), _built(hand), hand.outcome, gateways=tools.gateways)
    return _again(hand)


def note(tools: Tools, session: Session, hand: Hand) -> Hand:
    suppressing.note(session, [tools.leaver], Reason.UNSUBSCRIBED, now=tools.clock.now())
    session.commit()
    return Hand("revoke")


def revoke(tools: Tools, session: Session, hand: Hand) -> Hand:
    suppressing.revoke(session, [tools.leaver])
    session.commit()
    return Hand("wait", since=tools.clock.boottime())


def wait(tools: Tools, session: Session, hand: Hand) -> Hand:
    left = hand.since + tools.settings.provider_timeout - tools.clock.boottime()
    limit = timedelta(seconds=max(left, 0))
    try:
        suppressing.wait_until_clear(session, [tools.leaver], clock=tools.clock, limit=limit)
    except StillWaitingError:
        return hand
    return Hand(OVER)


def reap(tools: Tools, session: Session, hand: Hand) -> Hand:
    settling.reap(session, gateways=tools.gateways, settings=tools.settings)
    return hand


STEPS: Mapping[str, Step] = {
    "claim": claim, "build": build_, "begin": begin, "hand over": hand_over, "settle": settle,
    "note": note, "revoke": revoke, "wait": wait,
    "reap": reap,
}  # fmt: skip

SPLIT = frozenset({"begin", "note", "revoke"})
"""Steps that are stopped between their statements and their commit, where the database lets others go on meanwhile."""


def begin_without_token(tools: Tools, session: Session, hand: Hand) -> Hand:
    """A beginning that asks for no token: it begins whatever it once claimed, if that is not settled."""
    claimed = _claimed(hand)
    mine = text(
        "UPDATE dispatch SET state = 'claimed', lease_token = :token, lease_until = send_by"
        " WHERE blast_id = :blast AND no = :no AND state IN ('planned', 'claimed', 'inflight', 'ambiguous')"
    )
    session.execute(mine, {"token": claimed.token, "blast": claimed.blast_id, "no": claimed.no})
    return begin(tools, session, hand)


def reap_and_send_again(tools: Tools, session: Session, hand: Hand) -> Hand:
    """The usual recipe: what was not answered is sent again."""
    reap(tools, session, hand)
    session.execute(text("UPDATE dispatch SET state = 'planned', lease_token = NULL WHERE state = 'ambiguous'"))
    session.commit()
    return hand


def answer_at_once(tools: Tools, session: Session, hand: Hand) -> Hand:
    return Hand(OVER)


def revoke_nothing(tools: Tools, session: Session, hand: Hand) -> Hand:
    return Hand("wait", since=tools.clock.boottime())


BROKEN: Mapping[str, Mapping[str, Step]] = {
    "begins without its token": {"begin": begin_without_token},
    "sends again what was not answered": {"reap": reap_and_send_again},
    "answers a leaver without waiting": {"wait": answer_at_once},
    "takes back no claim from under a leaver": {"revoke": revoke_nothing},
}
"""Engines with one thing left out each: the search must find what comes of it."""


def _again(hand: Hand) -> Hand:
    return Hand("claim", hand.rounds) if hand.rounds else Hand(OVER, 0)


def _claimed(hand: Hand) -> Claim:
    assert hand.claim is not None
    return hand.claim


def _built(hand: Hand) -> Built:
    assert hand.built is not None
    return hand.built
