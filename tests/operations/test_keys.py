from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from advocacy.domain.errors import ConflictError
from advocacy.domain.keys import KeyRing
from advocacy.models import supporter as supporters
from advocacy.models.installation import AuditEntry
from advocacy.operations import audit, upkeep
from tests.factories import add_campaign, add_supporter, subscribe

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_an_address_is_sealed_and_found_again_by_its_hash(session: Session) -> None:
    supporter = add_supporter(session, "maria@example.org")
    subscribe(session, supporter, add_campaign(session))
    session.commit()

    assert b"maria" not in (supporter.email_sealed or b"")
    assert supporters.opened(session, supporter, "email") == "maria@example.org"
    assert supporters.by_address(session, "maria@example.org") is supporter
    assert supporters.by_address(session, "mario@example.org") is None


def test_a_process_with_another_secret_is_refused(session: Session) -> None:
    with pytest.raises(ConflictError, match="another SECRET_KEY"):
        upkeep.claim_keys(session, KeyRing(["another secret that is long enough as well"]))


def test_an_edited_or_cut_audit_log_is_found(session: Session) -> None:
    for what in ("campaign.launched", "campaign.paused", "campaign.resumed"):
        audit.record(session, actor="cli", what=what, object_="campaign:1", now=NOON)
    session.commit()
    assert audit.verify(session).broken_at is None

    last = session.get_one(AuditEntry, 3)
    session.delete(last)
    session.commit()
    assert audit.verify(session).broken_at == 0

    session.get_one(AuditEntry, 1).actor = "organiser:7"
    session.commit()
    assert audit.verify(session).broken_at == 1
