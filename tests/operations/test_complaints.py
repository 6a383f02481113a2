"""Complaints in numbers pause the blast; a person lets it go on."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from advocacy.domain.blast import BlastState
from advocacy.domain.complaints import too_many
from advocacy.domain.handover import Request
from advocacy.models.blast import Delivery, Dispatch
from advocacy.models.installation import AuditEntry
from advocacy.operations import blast_moves, standing
from tests.running import MORNING, Engine, launched, report


@pytest.mark.parametrize(
    ("complaints", "accepted", "seen", "pauses"),
    [
        (4, 10, 0, False),
        (5, 1000, 0, True),
        (5, 1667, 0, False),
        (6, 1667, 0, True),
        (3000, 1_000_000, 0, False),
        (3001, 1_000_000, 0, True),
        (9, 1000, 5, False),
        (10, 1000, 5, True),
    ],
)
def test_more_than_three_in_a_thousand_and_no_fewer_than_five(
    complaints: int,
    accepted: int,
    seen: int,
    pauses: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert too_many(complaints, accepted, seen=seen) is pauses


def complain(running: Engine, request: Request, first: int, last: int) -> None:
    for person in request.people[first:last]:
        report(running, request.public_id, "complained", person.ref)
    running.tick()


def under_way(running: Engine) -> Request:
    """A blast of which the first fifty mails are out and the others are due later."""
    launched(running, 60)
    running.tick()
    running.session.execute(update(Dispatch).where(Dispatch.no > 1).values(due_at=MORNING + timedelta(minutes=5)))
    running.session.commit()
    running.hand_over()
    return running.provider.asked[0]


def test_five_complaints_about_fifty_mails_pause_the_rest_until_a_person_resumes_it(running: Engine) -> None:
    request = under_way(running)

    complain(running, request, 0, 4)
    assert running.blasts()["launch"].state is BlastState.SENDING
    complain(running, request, 4, 5)

    blast = running.blasts()["launch"]
    assert blast.state is BlastState.PAUSED
    assert "5 of 50 people reported it as spam" in blast.state_reason
    assert "5 of 50" in standing.reasons_to_wait(running.session, blast, running.clock.now())[0]
    assert running.at(MORNING + timedelta(minutes=10)) == 0
    entries = running.session.scalars(select(AuditEntry.what).where(AuditEntry.object == f"blast:{blast.id}")).all()
    assert entries[-1] == "blast.complaints"

    blast_moves.resume(running.session, blast.id, now=running.clock.now(), actor="organiser:1")
    running.run()
    assert len(running.provider.addresses) == 60
    running.check()


def test_who_resumed_it_knew_of_those_so_it_takes_as_many_again(running: Engine) -> None:
    request = under_way(running)
    complain(running, request, 0, 5)
    blast_moves.resume(running.session, running.blasts()["launch"].id, now=running.clock.now(), actor="organiser:1")

    complain(running, request, 5, 9)
    assert running.blasts()["launch"].state is BlastState.SENDING
    complain(running, request, 9, 10)

    assert running.blasts()["launch"].state is BlastState.PAUSED
    told = running.session.scalars(select(Delivery.outcome).where(Delivery.outcome.is_not(None))).all()
    assert told == ["complained"] * 10
