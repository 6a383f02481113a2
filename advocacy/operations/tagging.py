"""Give a tag to all people of a selection, or take it from them, in batches; and undo it for those it changed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.import_cells import CellFault, tags_of
from advocacy.domain.selection import Selection
from advocacy.domain.sentence import Sentence
from advocacy.domain.supporter import SupporterState
from advocacy.domain.tagging import TaggingState
from advocacy.gateways.clock import Clock
from advocacy.models import moment, people
from advocacy.models.supporter import Supporter
from advocacy.models.tagging import Tagging, TaggingTrace
from advocacy.operations import audit

UNDO_FOR = timedelta(days=30)
_AT_ONCE = 1_000
_Change = Callable[[list[str]], list[str]]


def order(session: Session, wanted: Selection, tag: str, *, adds: bool, now: datetime, actor: str) -> Tagging:
    """Let a tag be given or taken. Raises InvalidError for what is no single tag."""
    tags = tags_of(tag)
    if isinstance(tags, CellFault) or len(tags) != 1:
        raise InvalidError("Write one tag, of at most 40 characters.", faults={"tag": Sentence("Write one tag.")})
    row = Tagging(
        tag=tags[0],
        adds=adds,
        selection=wanted.as_json(),
        expected=people.counted_exactly(session, wanted),
        actor=actor,
        created_at=now,
    )
    session.add(row)
    session.flush()
    details = {"tag": row.tag, "adds": adds, "selection": wanted.expression(), "people": row.expected}
    audit.record(session, actor=actor, what="supporters.tagged", object_=f"tagging:{row.id}", now=now, details=details)
    session.commit()
    return row


def undo(session: Session, tagging: Tagging, *, now: datetime, actor: str) -> None:
    """Let it be taken back from those it changed. Raises ConflictError when it is not done, or long ago."""
    row = session.get_one(Tagging, tagging.id, with_for_update=True, populate_existing=True)
    if not may_undo(row, now):
        session.rollback()
        raise ConflictError(
            "The change of “%(tag)s” cannot be undone: it is %(state)s, or too long ago.",
            tag=row.tag,
            state=row.state,
        )
    row.state, row.seen, row.last_id = TaggingState.UNDOING, 0, 0
    audit.record(session, actor=actor, what="supporters.untagged", object_=f"tagging:{row.id}", now=now)
    session.commit()


def may_undo(tagging: Tagging, now: datetime) -> bool:
    return tagging.state is TaggingState.DONE and now < tagging.created_at + UNDO_FOR


def work(session: Session, tagging_id: int, *, clock: Clock, go_on: Callable[[], bool]) -> None:
    """Take a change further. Two at once are harmless: the row's lock lets one batch follow the other."""
    while True:
        row = session.get_one(Tagging, tagging_id, with_for_update=True, populate_existing=True)
        if row.state is TaggingState.WORKING:
            more = _forward(session, row)
        elif row.state is TaggingState.UNDOING:
            more = _back(session, row)
        else:
            session.rollback()
            return
        if not more:
            row.ended_at = moment.now(session, clock)
            row.state = TaggingState.DONE if row.state is TaggingState.WORKING else TaggingState.UNDONE
        session.commit()
        if not more or not go_on():
            return


def _forward(session: Session, row: Tagging) -> bool:
    ids = people.ids_above(session, Selection.from_json(row.selection), row.last_id, _AT_ONCE)
    if not ids:
        return False
    changed = _change(session, ids, _with(row.tag) if row.adds else _without(row.tag))
    if changed:
        session.execute(insert(TaggingTrace), [{"tagging_id": row.id, "supporter_id": id_} for id_ in changed])
    row.last_id, row.seen, row.changed = ids[-1], row.seen + len(ids), row.changed + len(changed)
    return True


def _back(session: Session, row: Tagging) -> bool:
    traces = select(TaggingTrace.supporter_id).where(TaggingTrace.tagging_id == row.id)
    ids = session.scalars(traces.order_by(TaggingTrace.supporter_id).limit(_AT_ONCE)).all()
    if not ids:
        return False
    _change(session, ids, _without(row.tag) if row.adds else _with(row.tag))
    session.execute(
        delete(TaggingTrace)
        .where(TaggingTrace.tagging_id == row.id, TaggingTrace.supporter_id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    row.seen += len(ids)
    return True


def _change(session: Session, ids: Sequence[int], change: _Change) -> list[int]:
    """Change the tags of these people; return whom it made a difference to. Who was erased has none."""
    found = session.execute(
        select(Supporter.id, Supporter.tags)
        .where(Supporter.id.in_(ids), Supporter.state != SupporterState.ERASED)
        .order_by(Supporter.id)
        .with_for_update()
    ).all()
    changed = [{"id": id_, "tags": after} for id_, tags in found if (after := change(tags)) != tags]
    if changed:
        session.execute(update(Supporter), changed)
    return [int(str(each["id"])) for each in changed]


def _with(tag: str) -> _Change:
    return lambda tags: tags if tag in tags else [*tags, tag]


def _without(tag: str) -> _Change:
    return lambda tags: [each for each in tags if each != tag]


def by_uid(session: Session, uid: str) -> Tagging:
    found = session.scalar(select(Tagging).where(Tagging.uid == uid))
    if found is None:
        raise NotFoundError("There is no such change.")
    return found


def forget_old(session: Session, now: datetime) -> None:
    """Forget whom changes touched once they can no longer be undone."""
    over = select(Tagging.id).where(Tagging.state == TaggingState.DONE, Tagging.created_at < now - UNDO_FOR)
    session.execute(
        delete(TaggingTrace).where(TaggingTrace.tagging_id.in_(over)).execution_options(synchronize_session=False)
    )
    session.commit()
