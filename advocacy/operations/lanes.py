"""Several requests under way at a time in one process: each lane is a thread with a session of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy.orm import Session

from advocacy.gateways.clock import Clock
from advocacy.models.base import beside

AT_WORK = 4
"""So many lanes of a process use its processor and the database at a time; the others wait for the provider."""

_PAUSE = 0.03

Still = Callable[[], bool]
Aside = Callable[[], AbstractContextManager[None]]
"""Within it a lane waits for somebody outside, and leaves its turn to another."""


def side_by_side(
    session: Session,
    lanes: int,
    going_on: Still,
    work: Callable[[Session, Still, Aside], int],
    waits: Callable[[Session], bool],
    *,
    clock: Clock,
) -> int:
    """Do `work` in so many lanes until it finds nothing and nothing `waits`, or `going_on` says no; return the sum.

    With a fast provider only `AT_WORK` of them are ever busy; a slow one keeps more waiting at once, at no more
    connections to the database, since a lane that waits aside holds none. The first failure ends all lanes after what
    they have in hand, and is raised.
    """
    failed, turn = threading.Event(), threading.Lock()
    turns = _Turns()

    def still() -> bool:
        return going_on() and not failed.is_set()

    def lane(own: Session) -> int:
        done = 0
        with own:
            while still():
                with turns:
                    done += work(own, still, turns.aside)
                # One at a time asks whether anything will come; the others queue up behind it and ask the database nothing.
                with turn:
                    if not still() or not waits(own):
                        break
                    clock.sleep(_PAUSE)
        return done

    def guarded(own: Session) -> int:
        try:
            return lane(own)
        except BaseException:
            failed.set()
            raise

    session.rollback()
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:
        running = [pool.submit(guarded, beside(session)) for _ in range(lanes)]
        try:
            return sum([each.result() for each in running])
        except BaseException:  # This thread may be told to stop too: by a task's time limit.
            failed.set()
            raise


class _Turns:
    """`AT_WORK` turns: one is taken by entering this, and lent to others by whoever stands aside."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(AT_WORK)

    def __enter__(self) -> None:
        self._free.acquire()

    def __exit__(self, *_: object) -> None:
        self._free.release()

    @contextmanager
    def aside(self) -> Iterator[None]:
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()
