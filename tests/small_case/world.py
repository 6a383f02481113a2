"""The small case: two people, two workers, a reaper, a leaver, one kill, time and evidence. Every step is a real operation."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from advocacy.domain.dispatch import OPEN, DispatchState
from advocacy.domain.report import ReportType, Told
from advocacy.models.blast import Dispatch
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.operations import invariants, reports, sending, settling
from tests.running import MORNING
from tests.small_case.hands import OVER, STEPS, Hand, Step, Tools
from tests.small_case.rows import Rows, Shelf, plain

WORKERS, LEAVER, REAPER = ("A", "B"), "L", "R"
STAYS, LEAVES = "stays@example.org", "leaves@example.org"


@dataclass(frozen=True)
class Size:
    """How large the case is: how often each worker claims, how many requests the two people are in, and how late it may
    get: with every lease and every answer overdue; with every quarantine over."""

    rounds: int = 2
    batch: int = 2
    hours: tuple[timedelta, ...] = (timedelta(), timedelta(minutes=3), timedelta(minutes=25))


@dataclass(frozen=True)
class Place:
    """Where all of them stand. `told` is how much had been reported at which hour when the provider last told."""

    hands: Mapping[str, Hand]
    hour: int = 0
    killed: bool = False
    told: tuple[int, int] = (0, 0)
    taken: tuple[tuple[str, ...], ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """A state: what is stored, and where all stand. `stored` is a digest of the rows. Where some are in the middle of a
    transaction, `middle` says where in it, and `path` leads there from `root`, the last state in which nobody was."""

    rows: Rows
    stored: bytes
    place: Place
    path: tuple[str, ...] = ()
    middle: str = ""
    root: "Node | None" = None

    @cached_property
    def key(self) -> tuple[object, ...]:
        place = self.place
        hands = tuple(hand.plain for hand in place.hands.values())
        return self.stored, hands, place.hour, place.killed, place.told, place.taken, self.middle


class World:
    """The case on a database that runs one transaction at a time. `engine` holds a blast that is planned and due.

    The same rows and the same hand make the same of a step, so that each is taken once and then remembered.
    """

    def __init__(
        self, engine: Engine, keys: object, shelf: Shelf, tools: Tools, size: Size, broken: Mapping[str, Step]
    ) -> None:
        self._size = size
        self.tools, self._shelf = tools, shelf
        self._session = Session(engine, info={"keys": keys})
        self._steps = {**STEPS, **broken}
        self._first = self._there = shelf.take()
        self._known: dict[tuple[object, ...], tuple[Rows, bytes, Hand]] = {}
        self._right: set[bytes] = set()
        self._well: set[tuple[object, ...]] = set()

    def start(self) -> Node:
        workers = {name: Hand("claim", self._size.rounds) for name in WORKERS}
        place = Place(workers | {LEAVER: Hand("note"), REAPER: Hand("reap")})
        return Node(self._first, digest(self._first), place)

    def ways(self, node: Node) -> list[str]:
        place = node.place
        found = [name for name, hand in place.hands.items() if hand.next != OVER]
        if place.hands["A"] == place.hands["B"] == Hand("claim", self._size.rounds):
            found.remove("B")  # They are alike, so A is who comes first.
        if not place.killed:
            found += [f"kill {name}" for name in WORKERS if place.hands[name].next not in (OVER, "claim")]
        if place.hour + 1 < len(self._size.hours):
            found.append("time")
        if place.told != (place.hour, len(place.taken)) and (place.hour or place.taken):
            found.append("tell")
        return found

    def step(self, node: Node, way: str) -> Node:
        """Take a step. Raises AssertionError when it does harm."""
        place = node.place
        if way == "time":
            return replace(node, place=replace(place, hour=place.hour + 1))
        if way.startswith("kill "):
            return replace(node, place=replace(with_hand(place, way[5:], Hand(OVER, 0)), killed=True))
        if way == "tell":
            rows, stored, _ = self._once(node, way, Hand(OVER))
            return Node(rows, stored, replace(place, told=(place.hour, len(place.taken))))
        hand = place.hands[way]
        if hand.next == "hand over":
            return replace(node, place=self._handed(place, way))
        rows, stored, hand = self._once(node, way, hand)
        return Node(rows, stored, with_hand(place, way, hand))

    def judge(self, node: Node) -> None:
        """Raise AssertionError when an invariant is broken."""
        if node.stored not in self._right:
            self._go(node)
            assert (broken := invariants.check(self._session)) == [], broken
            self._right.add(node.stored)

    def end(self, node: Node) -> None:
        """Evidence flows, and the engine goes on: raise AssertionError when somebody is lost."""
        place, provider = node.place, self.tools.provider
        if (node.stored, place.hour, place.taken) in self._well:
            return
        self._go(node)
        open_ = select(Dispatch.state).where(Dispatch.state.in_(OPEN))
        for more in range(1, 5):
            self.tools.clock.set(MORNING + self._size.hours[-1] + timedelta(minutes=25 * more))
            self._tell()
            settling.reap(self._session, gateways=self.tools.gateways, settings=self.tools.settings)
            sending.hand_over_due(self._session, gateways=self.tools.gateways, settings=self.tools.settings)
            if not (still := self._session.scalars(open_).all()):
                break
            self._session.rollback()
        counted = Counter(address for taken in provider.taken for address in taken)
        assert counted[STAYS] == 1, f"who stays got it {counted[STAYS]} times: {provider.taken}"
        assert counted[LEAVES] <= 1, f"who leaves got it {counted[LEAVES]} times: {provider.taken}"
        assert still == [], still
        assert (broken := invariants.check(self._session)) == [], broken
        self._session.close()
        self._there = self._shelf.take()
        self._well.add((node.stored, place.hour, place.taken))

    def _once(self, node: Node, way: str, hand: Hand) -> tuple[Rows, bytes, Hand]:
        asked = (node.stored, way, hand.plain, node.place.hour, node.place.ids if way == "tell" else ())
        if asked not in self._known:
            self._go(node)
            if way == "tell":
                self._tell()
            else:
                hand = self._steps[hand.next](self.tools, self._session, hand)
            self._session.close()  # What this step has read, the next must not remember.
            self._there = self._shelf.take()
            rows, hand = named(self._there, f"{way}{hand.rounds}", hand)
            self._known[asked] = (kept(rows, node.rows), digest(rows), hand)
        return self._known[asked]

    def _handed(self, place: Place, name: str) -> Place:
        """Hand over: no database has a part in it. The judge is the provider's own ledger."""
        self._remember(place)
        place = with_hand(place, name, self._steps["hand over"](self.tools, self._session, place.hands[name]))
        taken, ids = tuple(self.tools.provider.taken), tuple(self.tools.provider.ids)
        if len(taken) > len(place.taken):
            counted = Counter(address for each in taken for address in each)
            assert set(counted.values()) <= {1}, f"somebody got it twice: {taken}"
            answered = place.hands[LEAVER].next == OVER
            assert not (answered and LEAVES in taken[-1]), "a request with the leaver began after the answer"
        return replace(place, taken=taken, ids=ids)

    def _tell(self) -> None:
        """The provider reports all it took, and a later mail that it took just now."""
        now, ids = self.tools.clock.now(), self.tools.provider.ids
        later = f"later {now:%H%M} {len(ids)}"
        self._session.add(
            SingleMail(
                kind=SingleKind.CONFIRMATION, uid=later, public_id=later, dedupe_key=later, created_at=now,
                due_at=now, send_by=now, inflight_at=now, settled_at=now, state=DispatchState.ACCEPTED,
            )
        )  # fmt: skip
        self._session.commit()
        told = [Told(ReportType.DELIVERED, now, f"{id_} {now}", public_id=id_) for id_ in (*ids, later)]
        reports.keep(self._session, told, now=now)
        reports.apply(self._session, clock=self.tools.clock)

    def _go(self, node: Node) -> None:
        """Let the database, the clock and the provider be as in this state."""
        self._shelf.put(node.rows, self._there)
        self._there = node.rows
        self._remember(node.place)

    def _remember(self, place: Place) -> None:
        self.tools.clock.set(MORNING + self._size.hours[place.hour])
        self.tools.provider.taken[:], self.tools.provider.ids[:] = place.taken, place.ids


def with_hand(place: Place, name: str, hand: Hand) -> Place:
    return replace(place, hands={**place.hands, name: hand})


def named(rows: Rows, token: str, hand: Hand) -> tuple[Rows, Hand]:
    """Return both with what was chosen at random called by its place, so that equal states are the same."""
    old = hand.claim.token if hand.claim else None
    if hand.claim:
        hand = replace(hand, claim=replace(hand.claim, token=token))
    dispatches = [
        {
            **row,
            "lease_token": token if old and row["lease_token"] == old else row["lease_token"],
            "public_id": row["public_id"] if row["parent_no"] is None else f"child {row['blast_id']}.{row['no']}",
        }
        for row in rows["dispatch"]
    ]
    return {**rows, "dispatch": dispatches}, hand


def kept(rows: Rows, before: Rows) -> Rows:
    """Return these rows, sharing with those before what did not change: there are many states."""
    return {table: before[table] if before[table] == rows[table] else rows[table] for table in rows}


def digest(rows: Rows, owners: Mapping[str, str] | None = None) -> bytes:
    return hashlib.sha256(plain(rows, owners or {}).encode()).digest()
