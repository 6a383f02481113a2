"""Hand single mails to the provider: the same five steps as a dispatch, for one person, in a lane of their own."""

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from advocacy.config import Env, MailTransport, Settings
from advocacy.domain.dispatch import DispatchState, Event, next_state, states_before
from advocacy.domain.handover import NotSent, Outcome
from advocacy.gateways import Gateways, faults
from advocacy.gateways.mail_domain import accepts_mail
from advocacy.models import installation, moment
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.operations import account
from advocacy.operations.answers import backoff, meaning
from advocacy.operations.claiming import LEASE
from advocacy.operations.ordering import order
from advocacy.operations.sending import ANSWER_SLACK
from advocacy.operations.single_building import Addressed, address

Look = Callable[[str], bool | None]


def hand_over_due(
    session: Session,
    *,
    gateways: Gateways,
    settings: Settings,
    seconds: float = 20.0,
    stopping: Callable[[], bool] = lambda: False,
    look: Look = accepts_mail,
) -> int:
    """Hand over the single mails that are due until none is, `seconds` are over, or `stopping` says so.

    `look` answers whether a domain takes mail: asked before a confirmation leaves, where mail really leaves.
    """
    until = gateways.clock.boottime() + seconds
    done = 0
    while not stopping() and gateways.clock.boottime() < until:
        claimed = _claim(session, gateways=gateways, settings=settings)
        if claimed is None:
            break
        _hand_over(session, *claimed, gateways=gateways, settings=settings, look=look)
        done += 1
    return done


def _claim(session: Session, *, gateways: Gateways, settings: Settings) -> tuple[int, str] | None:
    """T1: take the mail that is due first; return its id and our token."""
    clock = gateways.clock
    if installation.fact(session, installation.HELD) is not None:
        session.rollback()
        return None
    now = moment.sql_now(session, clock)
    row = session.execute(
        select(SingleMail.id, now.label("now"))
        .where(
            SingleMail.state == DispatchState.PLANNED,
            SingleMail.due_at <= now,
            or_(SingleMail.hold_until.is_(None), SingleMail.hold_until <= now),
            SingleMail.send_by > moment.sql_now(session, clock, ahead=settings.request_timeout),
        )
        .order_by(SingleMail.due_at, SingleMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None or not account.admit(session, f"{gateways.provider.name}:single", row.now):
        session.rollback()
        return None
    token = uuid4().hex
    session.execute(
        update(SingleMail)
        .where(SingleMail.id == row.id, SingleMail.state.in_(states_before(Event.CLAIM)))
        .values(
            state=DispatchState.CLAIMED,
            lease_token=token,
            lease_until=moment.sql_now(session, clock, ahead=LEASE),
        )
        .execution_options(synchronize_session=False)
    )
    faults.point("send.claimed.before_commit")
    session.commit()
    faults.point("send.claimed.after_commit")
    return row.id, token


def _hand_over(session: Session, id_: int, token: str, *, gateways: Gateways, settings: Settings, look: Look) -> None:
    mail = session.get_one(SingleMail, id_)
    addressed = address(session, mail, writer=gateways.mails, settings=settings)
    attempts = mail.attempts
    asks = mail.kind is SingleKind.CONFIRMATION and _really_leaves(settings)
    session.rollback()
    if addressed.request is not None and asks:
        domain = addressed.request.people[0].address.rpartition("@")[2]
        if look(domain) is False:
            addressed = Addressed(None, "its domain takes no mail")
    faults.point("send.rendered")
    failed = gateways.provider.prepare() if addressed.request is not None else None
    if failed is not None:
        _give_up(session, id_, token, failed, attempts, gateways=gateways)
        return
    started = gateways.clock.boottime()
    begun = _begin(session, id_, token, addressed, gateways=gateways, settings=settings)
    if not begun or addressed.request is None:
        return
    outcome = gateways.provider.hand_over(addressed.request, not_after=started + settings.provider_timeout)
    faults.point("send.answer_read")
    _settle(session, id_, token, outcome, attempts, gateways=gateways)


def _begin(
    session: Session, id_: int, token: str, addressed: Addressed, *, gateways: Gateways, settings: Settings
) -> bool:
    """T2: from here on it may leave; where there is nobody to write to, it ends here."""
    clock = gateways.clock
    now = moment.sql_now(session, clock)
    event = Event.BEGIN if addressed.request is not None else Event.FIND_NOBODY
    values: dict[str, object] = {"state": next_state(DispatchState.CLAIMED, event), "state_reason": addressed.why_not}
    if event is Event.BEGIN:
        answer_by = moment.sql_now(session, clock, ahead=settings.request_timeout + ANSWER_SLACK)
        values |= {"inflight_at": now, "answer_by": answer_by, "hold_until": None}
    else:
        values |= {"settled_at": now, "settled_how": "nobody left", "lease_token": None, "secret_sealed": None}
    begun = session.execute(
        update(SingleMail)
        .where(
            _held(id_, token),
            SingleMail.lease_until > now,
            SingleMail.send_by > moment.sql_now(session, clock, ahead=settings.request_timeout),
        )
        .values(values)
        .execution_options(synchronize_session=False)
        .returning(SingleMail.id)
    ).first()
    faults.point("send.begun.before_commit")
    session.commit()
    faults.point("send.begun.after_commit")
    return begun is not None


def _settle(session: Session, id_: int, token: str, outcome: Outcome, attempts: int, *, gateways: Gateways) -> None:
    """T3: record what became of it. The secret of its link is kept only while it may be asked for again."""
    now = moment.now(session, gateways.clock)
    meant = meaning(outcome, now=now, attempts=attempts)
    account.learn(session, f"{gateways.provider.name}:single", outcome, now)
    session.commit()
    asked_again = meant.event is Event.GIVE_BACK or (meant.event is Event.LOSE and gateways.provider.idempotent)
    values = meant.values if asked_again else meant.values | {"secret_sealed": None}
    session.execute(
        update(SingleMail)
        .where(
            SingleMail.id == id_,
            SingleMail.lease_token == token,
            SingleMail.state.in_(states_before(meant.event)),
        )
        .values(state=next_state(DispatchState.INFLIGHT, meant.event), **values)
        .execution_options(synchronize_session=False)
    )
    faults.point("send.updated.before_commit")
    session.commit()
    faults.point("send.committed")


def _give_up(session: Session, id_: int, token: str, failed: NotSent, attempts: int, *, gateways: Gateways) -> None:
    now = moment.now(session, gateways.clock)
    account.learn(session, f"{gateways.provider.name}:single", failed, now)
    session.execute(
        update(SingleMail)
        .where(_held(id_, token))
        .values(
            state=DispatchState.PLANNED,
            lease_token=None,
            lease_until=None,
            attempts=attempts + 1,
            hold_until=now + backoff(attempts + 1),
        )
        .execution_options(synchronize_session=False)
    )
    session.commit()


def _held(id_: int, token: str) -> ColumnElement[bool]:
    return and_(SingleMail.id == id_, SingleMail.state == DispatchState.CLAIMED, SingleMail.lease_token == token)


def _really_leaves(settings: Settings) -> bool:
    return settings.mail_transport is not MailTransport.MAILBOX and settings.advocacy_env is not Env.TEST


__all__ = ["hand_over_due", "order"]
