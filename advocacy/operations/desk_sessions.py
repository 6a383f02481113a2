"""Where organisers are signed in: each sign-in is a row, so that each can be ended by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from advocacy.domain.agent import browser_and_system
from advocacy.domain.errors import NotFoundError
from advocacy.domain.keys import hash_of, random_token
from advocacy.models.organiser import DeskSession, Organiser

LONGEST = timedelta(hours=12)
_KEPT = timedelta(days=7)


def begin(session: Session, person: Organiser, *, user_agent: str, now: datetime) -> str:
    """Begin a session; return the token for its cookie."""
    token, hashed = random_token()
    browser, system = browser_and_system(user_agent)
    session.add(DeskSession(token_hash=hashed, organiser_id=person.id, browser=browser, system=system, began_at=now))
    session.commit()
    return token


def find(session: Session, person_id: int, token: str, *, now: datetime) -> int | None:
    """Return the id of this person's session with this token, None once it is over."""
    return session.scalar(
        select(DeskSession.id).where(
            DeskSession.token_hash == hash_of(token), DeskSession.organiser_id == person_id, _goes_on(now)
        )
    )


def going_on(session: Session, person: Organiser, *, now: datetime) -> Sequence[DeskSession]:
    """Return the person's sessions that are not over, the newest first."""
    return session.scalars(
        select(DeskSession)
        .where(DeskSession.organiser_id == person.id, _goes_on(now))
        .order_by(DeskSession.began_at.desc(), DeskSession.id.desc())
    ).all()


def end(session: Session, person: Organiser, session_id: int, *, now: datetime) -> None:
    """End one of this person's sessions. Raises NotFoundError where it is none of theirs."""
    found = session.get(DeskSession, session_id)
    if found is None or found.organiser_id != person.id:
        raise NotFoundError("You have no such session. It may be over already.")
    found.ended_at = found.ended_at or now
    session.commit()


def end_all(session: Session, person: Organiser, *, now: datetime) -> None:
    """Sign this person out everywhere."""
    person.fs_uniquifier = uuid4().hex
    session.execute(
        update(DeskSession)
        .where(DeskSession.organiser_id == person.id, DeskSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    session.commit()


def forget(session: Session, *, now: datetime) -> None:
    """Forget sessions that have long been over."""
    session.execute(
        delete(DeskSession)
        .where(DeskSession.began_at < now - LONGEST - _KEPT)
        .execution_options(synchronize_session=False)
    )
    session.commit()


def _goes_on(now: datetime) -> ColumnElement[bool]:
    return and_(DeskSession.ended_at.is_(None), DeskSession.began_at > now - LONGEST)
