"""The domain we write from: what is seen of it, and that only the team gets mail until it is green."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Env, MailTransport, Settings
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.dns import UnansweredError
from advocacy.models.blast import Delivery
from advocacy.models.installation import AuditEntry
from advocacy.operations import explaining, sending_domain
from tests.conftest import NOON
from tests.running import Engine, launched
from tests.web.desks import add_organiser

RECORDS = {
    "lantern.example": ["v=spf1 include:sendgrid.net ~all"],
    "s1._domainkey.lantern.example": ["k=rsa; p=MIGf"],
    "_dmarc.lantern.example": ["v=DMARC1; p=none"],
}


@pytest.fixture
def live(settings: Settings) -> Settings:
    """Production, where mail really leaves."""
    values = {"advocacy_env": Env.PRODUCTION, "mail_transport": MailTransport.SENDGRID}
    return settings.model_copy(update=values | {"mail_from": "actions@lantern.example"})


def texts(name: str) -> list[str]:
    return RECORDS.get(name, [])


def test_a_new_installation_begins_with_a_trial_that_ends_when_the_records_are_found(
    session: Session, live: Settings
) -> None:
    assert sending_domain.in_trial(session, live)

    sending_domain.look(session, live, texts=texts, now=NOON)

    seen = sending_domain.standing(session, live)
    assert (seen.green, seen.trial) == (True, False)
    assert [(each.what, each.name) for each in seen.records] == [
        ("SPF", "lantern.example"),
        ("DKIM", "s1._domainkey.lantern.example"),
        ("DMARC", "_dmarc.lantern.example"),
    ]
    assert "domain.green" in set(session.scalars(select(AuditEntry.what)))


def test_there_is_no_trial_where_no_mail_leaves(session: Session, settings: Settings, live: Settings) -> None:
    mailbox = live.model_copy(update={"mail_transport": MailTransport.MAILBOX})

    assert not sending_domain.in_trial(session, settings)
    assert not sending_domain.in_trial(session, mailbox)


def test_nothing_is_concluded_from_a_name_system_that_does_not_answer(session: Session, live: Settings) -> None:
    def silent(name: str) -> list[str]:
        raise UnansweredError("timed out")

    sending_domain.look(session, live, texts=texts, now=NOON)
    sending_domain.look(session, live, texts=silent, now=NOON)

    assert sending_domain.standing(session, live).green


def test_another_domain_begins_anew(session: Session, live: Settings) -> None:
    sending_domain.look(session, live, texts=texts, now=NOON)

    assert sending_domain.in_trial(session, live.model_copy(update={"mail_from": "actions@other.example"}))


def test_it_is_looked_at_once_a_day_and_when_asked_to(session: Session, live: Settings) -> None:
    def looked(minutes: int) -> bool:
        at = NOON + timedelta(minutes=minutes)
        return sending_domain.look_when_it_is_time(session, live, texts=texts, now=at)

    first, again = looked(0), looked(60)
    sending_domain.ask(session, live, selector="k2", now=NOON + timedelta(minutes=61))

    assert (first, again, looked(62), looked(63), looked(62 + 24 * 60)) == (True, False, True, False, True)
    with pytest.raises(InvalidError):
        sending_domain.ask(session, live, selector="not a selector", now=NOON)


def test_an_owner_may_end_the_trial_and_it_is_kept_who_did(session: Session, live: Settings) -> None:
    sending_domain.release(session, live, now=NOON, actor="organiser:1")

    assert not sending_domain.in_trial(session, live)
    with pytest.raises(ConflictError):
        sending_domain.release(session, live, now=NOON, actor="organiser:1")
    assert session.scalars(select(AuditEntry.actor)).all() == ["organiser:1"]


def test_during_the_trial_a_launch_reaches_the_team_alone_and_says_so(running: Engine, live: Settings) -> None:
    session, trying = running.session, replace(running, settings=live)
    add_organiser(session, OrganiserRole.ORGANISER, "p0001@example.org")
    launched(trying, 3)

    trying.run()

    assert trying.provider.addresses == ["p0001@example.org"]
    skipped = session.scalars(select(Delivery.skip_reason).where(Delivery.skip_reason.is_not(None))).all()
    assert [explaining.reason_sentence(reason or "") for reason in skipped] == 2 * [
        "Until the sending domain is ready, only the team gets mail."
    ]
    trying.check()
