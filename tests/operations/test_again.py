"""Writing to those whom a mail did not reach."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from advocacy.domain.blast import BlastState
from advocacy.domain.errors import ConflictError
from advocacy.models.blast import Blast, Dispatch
from advocacy.operations import blast_moves
from advocacy.operations.again import send_again
from tests.running import MORNING, Engine, addresses, launched


def cut_short(running: Engine) -> Blast:
    """A launch to sixty people that was cancelled after the first fifty."""
    launched(running, 60)
    running.tick()
    running.session.execute(update(Dispatch).where(Dispatch.no > 1).values(due_at=MORNING + timedelta(minutes=5)))
    running.session.commit()
    running.hand_over()
    blast = running.blasts()["launch"]
    blast_moves.cancel(running.session, blast.id, now=running.clock.now(), actor="organiser:1")
    assert len(running.provider.addresses) == 50
    return blast


def test_those_who_did_not_get_it_get_it_and_nobody_gets_it_twice(running: Engine) -> None:
    blast = cut_short(running)

    made = send_again(running.session, blast.id, now=running.clock.now(), actor="organiser:1")
    running.at(MORNING + timedelta(minutes=10))

    assert running.provider.addresses == addresses(60)
    assert made.supersedes == blast.id
    assert {taken.request.subject for taken in running.provider.taken} == {"launch en"}
    running.check()


def test_a_second_press_is_refused(running: Engine) -> None:
    blast = cut_short(running)
    send_again(running.session, blast.id, now=running.clock.now(), actor="organiser:1")

    with pytest.raises(ConflictError):
        send_again(running.session, blast.id, now=running.clock.now(), actor="organiser:1")


def test_a_mail_that_is_being_sent_cannot_be_sent_again(running: Engine) -> None:
    launched(running, 2)
    running.run()
    blast = running.blasts()["launch"]
    assert blast.state is BlastState.SENDING

    with pytest.raises(ConflictError):
        send_again(running.session, blast.id, now=running.clock.now(), actor="organiser:1")
