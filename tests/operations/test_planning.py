"""People are put into a blast in chunks, and its requests are as full as if they had come at once."""

import pytest
from sqlalchemy import func, select

from advocacy.models.blast import Delivery, Dispatch
from advocacy.operations import planning
from tests.running import Engine, addresses, launched


@pytest.fixture
def _in_chunks_of_seventy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "CHUNK", {"sqlite": 70, "postgresql": 70})


@pytest.mark.usefixtures("_in_chunks_of_seventy")
def test_a_chunk_first_fills_up_what_the_one_before_left_part_empty(running: Engine) -> None:
    running.provider.batch = 100
    launched(running, 500)

    running.tick()

    blast = running.blasts()["launch"]
    rows = running.session.execute(
        select(Dispatch.canary, Dispatch.n).where(Dispatch.blast_id == blast.id).order_by(Dispatch.no)
    ).all()
    assert [tuple(row) for row in rows] == [(True, 50), (True, 20), *[(False, 100)] * 4, (False, 30)]
    for no, people, first, last in running.session.execute(
        select(Dispatch.no, Dispatch.n, Dispatch.first_supporter_id, Dispatch.last_supporter_id).where(
            Dispatch.blast_id == blast.id
        )
    ).all():
        here = (Delivery.blast_id == blast.id, Delivery.dispatch_no == no)
        found = running.session.execute(
            select(func.count(), func.min(Delivery.supporter_id), func.max(Delivery.supporter_id)).where(*here)
        ).one()
        assert tuple(found) == (people, first, last)
    running.run()
    assert running.provider.addresses == addresses(500)
    running.check()
