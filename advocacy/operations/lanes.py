"""Several requests under way at a time in one process: each lane is a thread with a session of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from advocacy.gateways.clock import Clock
from advocacy.models.base import beside

_PAUSE = 0.03

Still = Callable[[], bool]


def side_by_side(
    session: Session,
    lanes: int,
    going_on: Still,
    work: Callable[[Session, Still], int],
    waits: Callable[[Session], bool],
    *,
    clock: Clock,
) -> int:
    """Do `work` in so many lanes until it finds nothing and nothing `waits`, or `going_on` says no; return the sum.

    The first failure ends all lanes after what they have in hand, and is raised.
    """
    failed, turn = threading.Event(), threading.Lock()

    def still() -> bool:
        return going_on() and not failed.is_set()

    def lane(own: Session) -> int:
        done = 0
        with own:
            while still():
                done += work(own, still)
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
