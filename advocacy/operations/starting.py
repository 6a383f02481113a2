"""The step before sending: the provider is asked, in its sandbox, whether it would take the words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.blast import BlastState, Move
from advocacy.domain.email import greeting
from advocacy.domain.handover import Accepted, Blocked, Checkable, Outcome, Person, Refused, Request
from advocacy.domain.links import Links
from advocacy.domain.merge import fields_of
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways, faults
from advocacy.models import moment
from advocacy.models.base import keys_of
from advocacy.models.blast import Blast, ContentVersion
from advocacy.operations import account, blast_moves

AGAIN = timedelta(minutes=1)
"""So long after a refusal the provider is asked again."""

_NOBODY = 0


def start(session: Session, blast_id: int, *, gateways: Gateways, settings: Settings) -> None:
    """Let a blast send, once the provider says that it would take each of its contents. The rest of its people may still
    be planned meanwhile.

    Its No blocks the blast with the reason. No answer decides nothing: the next tick asks again. The question sends
    nothing and is asked without a transaction, so that twice, or twice at once, is harmless.
    """
    answer = _asked(session, blast_id, gateways=gateways, settings=settings)
    if answer is None:
        return
    now = moment.now(session, gateways.clock)
    blast = session.get(Blast, blast_id, with_for_update=True, populate_existing=True)
    if blast is None or not _waits(blast):  # Paused, cancelled or planned anew while the question was out.
        session.rollback()
        return
    if isinstance(answer, Refused | Blocked):
        _hold_back(session, blast, answer.reason, now=now)
    elif isinstance(answer, Accepted):
        blast.started_at = now
        ready = Move.UNBLOCK if blast.state is BlastState.BLOCKED else Move.BEGIN_SENDING
        blast_moves.move(session, blast, ready, now=now, actor="engine", why=Sentence("the provider would take it"))
        faults.point("plan.before_running")
    session.commit()


def held_back(session: Session, now: datetime) -> Sequence[int]:
    """Return the blasts that the provider would not take, and about which it is time to ask again."""
    return session.scalars(
        select(Blast.id)
        .where(Blast.state == BlastState.BLOCKED, Blast.started_at.is_(None), Blast.progress_at <= now - AGAIN)
        .order_by(Blast.id)
    ).all()


def _asked(session: Session, blast_id: int, *, gateways: Gateways, settings: Settings) -> Outcome | None:
    """Return the provider's answer, the first that is no Yes. None when there is nothing to ask, or nobody now."""
    provider, clock = gateways.provider, gateways.clock
    blast = session.get(Blast, blast_id, populate_existing=True)
    if blast is None or not _waits(blast):
        session.rollback()
        return None
    if not isinstance(provider, Checkable):
        session.rollback()
        return Accepted()
    now = moment.now(session, clock)
    questions = _questions(session, blast, settings=settings)
    usable = account.usable(session, provider.name, now)
    session.rollback()
    if not usable:
        return None
    answer: Outcome = Accepted()
    for question in questions:
        answer = provider.would_take(question, not_after=clock.boottime() + settings.provider_timeout)
        account.learn(session, provider.name, answer, moment.now(session, clock))
        session.commit()
        if not isinstance(answer, Accepted):
            break
    return answer


def _waits(blast: Blast) -> bool:
    return blast.started_at is None and blast.state in {BlastState.PLANNING, BlastState.BLOCKED}


def _hold_back(session: Session, blast: Blast, reason: str, *, now: datetime) -> None:
    why = Sentence("preflight: %(words)s", words=reason[:220])
    if not blast_moves.move(session, blast, Move.BLOCK, now=now, actor="engine", why=why):
        blast.state_reason, blast.progress_at = why, now


def _questions(session: Session, blast: Blast, *, settings: Settings) -> list[Request]:
    """Return one request for each content of the blast, addressed to ourselves: no supporter's data is in it."""
    link = Links(settings.base_url, keys_of(session)).unsubscribe(_NOBODY)
    contents = session.scalars(
        select(ContentVersion).where(ContentVersion.blast_id == blast.id).order_by(ContentVersion.language)
    ).all()
    requests = []
    for content in contents:
        fields = fields_of(content.subject + content.text + content.html)
        values = dict.fromkeys(fields, link) | {"greeting": greeting(content.language, "")}
        requests.append(
            Request(
                public_id=uuid4().hex,
                sender=settings.mail_from,
                sender_name=settings.sender_name,
                subject=content.subject,
                text=content.text,
                html=content.html,
                people=(Person(uuid4().hex, settings.mail_from, values, link),),
                sandbox=True,
            )
        )
    return requests
