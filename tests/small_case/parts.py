"""The small case on PostgreSQL: transactions overlap, and some steps are stopped between their statements and their commit.

Each of them has a thread and a connection. Who waits for another's lock waits really, and goes on when it is let go.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.small_case.hands import OVER, SPLIT, Hand, Step, Tools
from tests.small_case.rows import OnServer
from tests.small_case.world import LEAVER, REAPER, WORKERS, Node, Size, World, digest, with_hand

_LOOK = 0.002


class KilledError(BaseException):
    """This one dies here."""


class Actor:
    """One of them. `state` is "idle", "stopped" before a commit, or "blocked" by a lock that somebody else has."""

    def __init__(self, engine: Engine, keys: object, locks: psycopg.Connection[Any]) -> None:
        self._connection = engine.connect()
        self._keys = keys
        self._pid = self._connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        self._locks, self.state = locks, "idle"
        self._go, self._told = threading.Event(), threading.Event()
        self._splits = self._doomed = False
        self.result: Hand | BaseException | None = None

    def take(self, step: Callable[[Session], Hand], *, splits: bool) -> None:
        self._splits, self._doomed, self.result = splits, False, None
        self._told.clear()
        threading.Thread(target=self._run, args=(step,), daemon=True).start()
        self.look()

    def go_on(self, *, doomed: bool = False) -> None:
        self._doomed = doomed
        self._told.clear()
        self._go.set()
        self.look()

    def look(self) -> None:
        """Wait until it is idle, stopped or blocked."""
        while not self._told.wait(_LOOK):
            waits = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
            row = self._locks.execute(waits, (self._pid,)).fetchone()
            if row and row[0] and not self._told.is_set():
                self.state = "blocked"
                return
        if isinstance(self.result, Exception):
            raise self.result

    def close(self) -> None:
        self._connection.close()

    def _run(self, step: Callable[[Session], Hand]) -> None:
        session = Session(self._connection, info={"keys": self._keys})
        event.listen(session, "before_commit", self._before_commit)
        try:
            result: Hand | BaseException = step(session)
        except BaseException as error:  # noqa: BLE001 - raised in the search's own thread
            result = error
        self._connection.rollback()
        self.result, self.state = result, "idle"
        self._told.set()

    def _before_commit(self, _: Session) -> None:
        if not self._splits:
            return
        self.state = "stopped"
        self._told.set()
        self._go.wait()
        self._go.clear()
        if self._doomed:
            raise KilledError


class InParts(World):
    """A state in the middle of a transaction is one that is stored, and the steps since then."""

    def __init__(
        self, engine: Engine, keys: object, url: str, tools: Tools, size: Size, broken: Mapping[str, Step]
    ) -> None:
        self._own = psycopg.connect(url, autocommit=True)
        super().__init__(engine, keys, OnServer(self._own), tools, size, broken)
        self._actors = {name: Actor(engine, keys, self._own) for name in (*WORKERS, LEAVER, REAPER)}
        self._here: Node | None = None
        self._began: dict[str, tuple[bytes, bytes]] = {}

    def ways(self, node: Node) -> list[str]:
        self._reach(node)
        blocked = {name for name, actor in self._actors.items() if actor.state == "blocked"}
        if self._busy():
            # The server ends a transaction that sleeps for half a minute, so no hour passes in one; and whoever stores
            # what the provider tells waits for its end.
            blocked |= {"time", "tell"}
        return [way for way in super().ways(node) if way.removeprefix("kill ") not in blocked]

    def step(self, node: Node, way: str) -> Node:
        self._reach(node)
        self._here = self._advance(node, way)
        return self._here

    def judge(self, node: Node) -> None:
        self._reach(node)
        super().judge(node)

    def end(self, node: Node) -> None:
        self._reach(node)
        assert not self._busy(), "somebody waits for ever"
        self._here = None
        super().end(node)

    def close(self) -> None:
        self._abandon()
        for actor in self._actors.values():
            actor.close()
        self._own.close()

    def _reach(self, node: Node) -> None:
        if self._here is not None and self._here.key == node.key:
            return
        self._abandon()
        at = node.root or node
        self._shelf.put(at.rows, self._there)
        self._there, self._here = at.rows, at
        self._remember(at.place)
        for way in node.path:
            self._here = self._advance(self._here, way)

    def _advance(self, node: Node, way: str) -> Node:
        place, actor = node.place, self._actors.get(way.removeprefix("kill "))
        if way == "time":
            place = replace(place, hour=place.hour + 1)
            self._remember(place)
        elif way == "tell":
            self._tell()
            self._session.close()
            place = replace(place, told=(place.hour, len(place.taken)))
        elif way.startswith("kill "):
            if actor is not None and actor.state == "stopped":
                actor.go_on(doomed=True)
                actor.result = None
            place = replace(with_hand(place, way[5:], Hand(OVER, 0)), killed=True)
        elif place.hands[way].next == "hand over":
            place = self._handed(place, way)
        elif actor is not None and actor.state == "stopped":
            actor.go_on()
        elif actor is not None:
            hand = place.hands[way]
            step = self._steps[hand.next]
            self._began[way] = (node.stored, b"")
            actor.take(lambda session: step(self.tools, session, hand), splits=hand.next in SPLIT)
        return self._seen(node, way, place)

    def _seen(self, node: Node, way: str, place: Any) -> Node:
        """Return where all are now: whoever waited for a lock that was let go has gone on too."""
        for name, actor in self._actors.items():
            if actor.state == "blocked":
                actor.look()
            if isinstance(actor.result, Hand) and actor.state == "idle":
                place, actor.result = with_hand(place, name, actor.result), None
        self._there = self._shelf.take()
        owners = {hand.claim.token: name for name, hand in place.hands.items() if hand.claim}
        stored = digest(self._there, owners)
        if not self._busy():
            return Node(self._there, stored, place)
        for name in self._busy():
            if self._actors[name].state == "stopped" and not self._began[name][1]:
                self._began[name] = (self._began[name][0], stored)
        middle = repr([(name, self._actors[name].state, self._began[name]) for name in self._busy()])
        return Node(self._there, stored, place, (*node.path, way), middle, node.root or node)

    def _busy(self) -> list[str]:
        return [name for name, actor in self._actors.items() if actor.state != "idle"]

    def _abandon(self) -> None:
        """Let nobody be in the middle of anything."""
        while busy := self._busy():
            for name in busy:
                actor = self._actors[name]
                if actor.state == "stopped":
                    actor.go_on(doomed=True)
                elif actor.state == "blocked":
                    actor.look()
                actor.result = None
        self._there = self._shelf.take()
