"""The organisation's own rules: read wherever they decide something, changed by an owner."""

from datetime import datetime

from sqlalchemy.orm import Session

from advocacy.domain.preferences import Preferences
from advocacy.models.installation import Rules
from advocacy.operations import audit

_ROW = 1


def read(session: Session) -> Preferences:
    """Return the rules in force."""
    row = session.get(Rules, _ROW)
    return Preferences.from_json(row.preferences if row else None)


def change(session: Session, wanted: Preferences, *, now: datetime, actor: str) -> None:
    """Keep these rules from now on; the audit log says what each was and is."""
    row = session.get(Rules, _ROW, with_for_update=True)
    if row is None:
        row = Rules(id=_ROW, preferences={})
        session.add(row)
    was, becomes = Preferences.from_json(row.preferences).as_json(), wanted.as_json()
    changed = {name: f"{_said(was[name])} → {_said(becomes[name])}" for name in becomes if was[name] != becomes[name]}
    if not changed:
        session.rollback()
        return
    row.preferences = becomes
    audit.record(session, actor=actor, what="rules.changed", object_="rules", now=now, details=changed)
    session.commit()


def _said(value: object) -> str:
    return " to ".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value)
