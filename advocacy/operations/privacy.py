"""A person's rights: a fresh link to their data, the data, and its erasure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.keys import Purpose, SealError, hash_of, random_token
from advocacy.domain.supporter import ConsentAction, SupporterState
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import forget_the_log, keys_of
from advocacy.models.blast import Blast, Delivery
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.draft import Draft
from advocacy.models.press import Press
from advocacy.models.reply import Reply
from advocacy.models.reply import text_of as reply_text
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Action, Consent, EmailAlias, SignUp, Subscription, Supporter, opened, seal
from advocacy.models.supporter_import import ImportTrace
from advocacy.models.tagging import TaggingTrace
from advocacy.operations import audit, consent, drafts, exports, figures, import_work, ordering, suppressing

LINK_LIFE = timedelta(minutes=10)
VISIT_LIFE = timedelta(minutes=30)
BETWEEN_LINKS = timedelta(minutes=10)
LINKS_A_DAY = 3


def request_data_link(session: Session, supporter_id: int, *, clock: Clock) -> None:
    """Order the mail with a single-use link to one's data: one in ten minutes, three a day. Says nothing of either."""
    now = moment.now(session, clock)
    supporter = session.get(Supporter, supporter_id, with_for_update=True, populate_existing=True)
    if supporter is None or supporter.email_sealed is None or not _under_caps(session, supporter_id, now):
        session.rollback()
        return
    token, token_hash = random_token()
    ordering.order(
        session,
        SingleKind.DATA_LINK,
        _dedupe(token_hash),
        now=now,
        supporter_id=supporter_id,
        language=supporter.language,
        secret=f"/preferences/data/{token}",
    )
    session.commit()


def _under_caps(session: Session, supporter_id: int, now: datetime) -> bool:
    ordered = select(func.count()).where(
        SingleMail.supporter_id == supporter_id, SingleMail.kind == SingleKind.DATA_LINK
    )
    recent = session.scalar(ordered.where(SingleMail.created_at > now - BETWEEN_LINKS)) or 0
    today = session.scalar(ordered.where(SingleMail.created_at > now - timedelta(days=1))) or 0
    return recent < 1 and today < LINKS_A_DAY


def _dedupe(token_hash: bytes) -> str:
    """The order's own key is the hash of its token, so that the link is found again without a table for links."""
    return f"data_link:{token_hash.hex()}"


@dataclass(frozen=True)
class Visit:
    """Half an hour with one's own data. `ticket` is shown again with each press; it is in no address."""

    supporter_id: int
    ticket: str


def still_good(session: Session, token: str, now: datetime) -> bool:
    """Whether a data link can still be opened. Changes nothing."""
    return _link(session, token, now) is not None


def open_data(session: Session, token: str, *, clock: Clock) -> Visit:
    """Use the link up. Raises NotFoundError when it was used, is older than ten minutes, or was never ours."""
    now = moment.now(session, clock)
    link = _link(session, token, now)
    if link is None or link.supporter_id is None:
        raise NotFoundError("This link was used before or its ten minutes are over. Ask for a new one.")
    link = session.get_one(SingleMail, link.id, with_for_update=True, populate_existing=True)
    if "used_at" in link.facts or link.supporter_id is None:
        raise NotFoundError("This link was used before or its ten minutes are over. Ask for a new one.")
    link.facts = {**link.facts, "used_at": now.isoformat()}
    supporter_id = link.supporter_id
    session.commit()
    return Visit(supporter_id, keys_of(session).token(Purpose.FORM, f"data.{supporter_id}.{int(now.timestamp())}"))


def visit(session: Session, ticket: str, now: datetime) -> Visit:
    """Return the visit a ticket belongs to. Raises NotFoundError once its half hour is over."""
    subject = keys_of(session).subject_of(Purpose.FORM, ticket) or ""
    kind, _, rest = subject.partition(".")
    supporter_id, _, since = rest.partition(".")
    if kind != "data" or now.timestamp() - int(since) > VISIT_LIFE.total_seconds():
        raise NotFoundError("Half an hour has passed. Ask for a new link to your data.")
    return Visit(int(supporter_id), ticket)


def _link(session: Session, token: str, now: datetime) -> SingleMail | None:
    if not token.isascii():
        return None
    row = session.scalar(
        select(SingleMail).where(
            SingleMail.dedupe_key == _dedupe(hash_of(token)), SingleMail.kind == SingleKind.DATA_LINK
        )
    )
    # The ten minutes begin when the mail has left: a provider may take it later than it was asked for.
    if row is None or "used_at" in row.facts or now - (row.settled_at or row.created_at) > LINK_LIFE:
        return None
    return row


def my_data(session: Session, supporter_id: int) -> dict[str, Any]:
    """Return everything kept about a person as plain values, ready for JSON. Times are ISO 8601 in UTC."""
    supporter = session.get(Supporter, supporter_id)
    if supporter is None or supporter.state is SupporterState.ERASED:
        raise NotFoundError("Nothing is kept about you any more.")
    titles = dict(session.execute(select(Campaign.id, Campaign.title)).all())
    addressees = dict(session.execute(select(AddresseeRow.id, AddresseeRow.name)).all())
    return {
        "address": opened(session, supporter, "email"),
        "name": opened(session, supporter, "name"),
        "town": opened(session, supporter, "town"),
        "country": supporter.country,
        "language": supporter.language,
        "time zone": supporter.timezone,
        "state": supporter.state.value,
        "tags": list(supporter.tags),
        "signed up": supporter.created_at.isoformat(),
        "confirmed": supporter.confirmed_at.isoformat() if supporter.confirmed_at else None,
        "subscriptions": [
            {
                "to": titles[row.campaign_id] if row.campaign_id is not None else "every new urgent action",
                "reminders": row.reminders.value,
                "joined": row.joined_at.isoformat(),
                "left": row.left_at.isoformat() if row.left_at else None,
            }
            for row in session.scalars(_rows(Subscription, supporter_id))
        ],
        "consent": [
            {
                "what": row.action.value,
                "for": titles[row.campaign_id] if row.campaign_id is not None else row.purpose,
                "wording": row.wording,
                "version": row.version,
                "language": row.language,
                "where": row.source,
                "when": row.at.isoformat(),
            }
            for row in session.scalars(_rows(Consent, supporter_id))
        ],
        "actions": [
            {
                "campaign": titles[row.campaign_id],
                "addressee": addressees[row.addressee_id],
                "channel": row.channel.value,
                "how the call went": row.outcome.value if row.outcome else None,
                "when": row.at.isoformat(),
            }
            for row in session.scalars(_rows(Action, supporter_id))
        ],
        "answers": [
            {
                "campaign": titles[row.campaign_id],
                "addressee": addressees[row.addressee_id],
                "what came": row.kind.value,
                "what it says": reply_text(session, row),
                "told": row.at.isoformat(),
            }
            for row in session.scalars(_rows(Reply, supporter_id))
        ],
        "drafts": [
            {"campaign": titles[row.campaign_id], "saved": row.saved_at.isoformat(), **drafts.opened(session, row)}
            for row in session.scalars(_rows(Draft, supporter_id))
        ],
        "pages used": [
            {"campaign": titles[row.campaign_id], "first pressed a button": row.at.isoformat()}
            for row in session.scalars(select(Press).where(Press.supporter_id == supporter_id).order_by(Press.at))
        ],
        "mails opened": [
            {"campaign": titles[campaign_id], "mail": rule, "opened by": opened_by}
            for campaign_id, rule, opened_by in session.execute(
                select(Blast.campaign_id, Blast.rule, Delivery.opened)
                .join(Blast, Blast.id == Delivery.blast_id)
                .where(Delivery.supporter_id == supporter_id, Delivery.opened.is_not(None))
                .order_by(Blast.id)
            )
        ],
        "single mails": [
            {"kind": row.kind.value, "asked": row.created_at.isoformat(), "state": row.state.value}
            for row in session.scalars(_rows(SingleMail, supporter_id))
        ],
    }


_THEIR_OWN = "only they can read it, on their own page"


def to_hand_on(session: Session, supporter_id: int) -> dict[str, Any]:
    """Return `my_data` as an organiser hands it on: without the words of drafts and answers.

    Their writers were told that a draft is for their own page, and that what an answer says is read without their name.
    """
    data = my_data(session, supporter_id)
    data["answers"] = [each | {"what it says": _THEIR_OWN if each["what it says"] else ""} for each in data["answers"]]
    data["drafts"] = [{name: each[name] for name in ("campaign", "saved")} for each in data["drafts"]]
    return data


def _rows(table: Any, supporter_id: int) -> Any:
    return select(table).where(table.supporter_id == supporter_id).order_by(table.id)


def stop(session: Session, supporter: Supporter, *, now: datetime, actor: str) -> None:
    """End every mail to a person because they asked an organiser. Raises ConflictError when it had ended before."""
    if supporter.state in _ENDED:
        raise ConflictError("Nothing is sent to this person any more: it was stopped before.")
    consent.note(session, supporter.id, "all", ConsentAction.WITHDRAWN, None, now, source="organiser", actor=actor)
    audit.record(session, actor=actor, what="supporter.stop", object_=f"supporter:{supporter.id}", now=now)
    suppressing.suppress(session, [supporter.id], suppressing.Reason.ORGANISER, now=now)


_ENDED = (SupporterState.UNSUBSCRIBED, SupporterState.BOUNCED, SupporterState.ERASED)


def _readable(session: Session, supporter: Supporter) -> str:
    try:
        return opened(session, supporter, "email")
    except SealError:
        return ""


def erase(session: Session, supporter: Supporter, *, now: datetime, actor: str) -> None:
    """Blank a person: address, name, town and what they asked for and did are gone for good.

    What stays is a keyed hash that keeps us from writing again, and the trace of consent given and withdrawn, without
    a name (GDPR Art. 17(3)). Doing it twice changes nothing.
    """
    import_work.forget_rows_of(session, {_readable(session, supporter)})
    row = session.get_one(Supporter, supporter.id, with_for_update=True, populate_existing=True)
    if row.erased_at is not None:
        session.rollback()
        return
    consent.note(session, row.id, "all", ConsentAction.WITHDRAWN, None, now, source="erasure", actor=actor)
    audit.record(session, actor=actor, what="supporter.erase", object_=f"supporter:{row.id}", now=now)
    # One transaction: whoever dies in the middle leaves a person who is whole, or one who is gone.
    suppressing.note(session, [row.id], suppressing.Reason.ERASED, now=now)
    faults.point("erase.mid")
    session.refresh(row)
    exports.forget_all(session)
    seal(session, row, email=None, name=None, town=None)
    row.country, row.language, row.timezone, row.tags = None, "en", "UTC", []
    row.state, row.erased_at = SupporterState.ERASED, now
    figures.mark(session, session.scalars(select(Action.campaign_id).where(Action.supporter_id == row.id)), now)
    _forget_opens(session, row.id, now)
    for table in (SignUp, EmailAlias, Subscription, Action, Draft, Reply, ImportTrace, TaggingTrace, Press):
        session.execute(delete(table).where(table.supporter_id == row.id))
    session.execute(
        update(SingleMail)
        .where(SingleMail.supporter_id == row.id)
        .values(secret_sealed=None, address_sealed=None, facts={})
    )
    session.commit()
    suppressing.revoke(session, [row.id])
    session.commit()
    forget_the_log(session)


def _forget_opens(session: Session, supporter_id: int, now: datetime) -> None:
    told = (Delivery.supporter_id == supporter_id, Delivery.opened.is_not(None))
    figures.mark_blasts(session, session.scalars(select(Delivery.blast_id).where(*told)), now)
    session.execute(update(Delivery).where(*told).values(opened=None).execution_options(synchronize_session=False))
