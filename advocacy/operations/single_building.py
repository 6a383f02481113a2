"""Address a single mail: to whom, in which words, and whether it may still go. Only reads."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain import person_ref
from advocacy.domain.email import Writer, greeting
from advocacy.domain.handover import Person, Request
from advocacy.domain.keys import SealError
from advocacy.domain.links import Links
from advocacy.domain.supporter import SupporterState
from advocacy.models.base import keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.organiser import Organiser
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Subscription, Supporter, Suppression, of_campaign, opened
from advocacy.operations import sending_domain
from advocacy.operations.suppressing import Reason
from advocacy.operations.words import PLACEHOLDERS, campaign_facts, organisation_facts

_STOPPED_BY = {
    SingleKind.CONFIRMATION: {Reason.BOUNCED, Reason.COMPLAINED, Reason.ORGANISER},
    SingleKind.DATA_LINK: {Reason.BOUNCED},
}
"""Who unsubscribed may still ask to be confirmed again, or for their data: these suppressions stop even that."""


_FOR_THE_ACTIVE = frozenset({SingleKind.THANKS, SingleKind.REPLY})


@dataclass(frozen=True)
class Addressed:
    """The request, or None and why there is nobody to write to."""

    request: Request | None
    why_not: str | None = None


def address(session: Session, mail: SingleMail, *, writer: Writer, settings: Settings) -> Addressed:
    """Return the request of one single mail as things stand now."""
    supporter = session.get(Supporter, mail.supporter_id) if mail.supporter_id is not None else None
    why_not = _why_not(session, mail, supporter)
    if why_not is not None:
        return Addressed(None, why_not)
    try:
        recipient, name = _recipient(session, mail, supporter)
        facts = _facts(session, mail, settings=settings)
    except SealError:
        return Addressed(None, "unreadable")
    if not recipient:
        return Addressed(None, "erased")
    if mail.organiser_id is None and not _may_get(session, recipient, settings):
        return Addressed(None, "trial")
    words = writer.write(mail.kind.value, mail.language, facts)
    if mail.kind is SingleKind.TEST and "html" in mail.facts:
        # What is tried is the mail itself, as it arrives in a real mailbox; its subject says that it is a test.
        words = replace(words, html=mail.facts["html"])
    values = _values(session, mail, name, settings)
    person = Person(
        ref=person_ref.written(keys_of(session), mail.public_id, [mail.supporter_id or 0])[0],
        address=recipient,
        values=values,
        unsubscribe_url=values["unsubscribe_url"] if mail.kind in _FOR_THE_ACTIVE else None,
    )
    return Addressed(
        Request(
            public_id=mail.public_id,
            sender=settings.mail_from,
            sender_name=settings.sender_name,
            subject=words.subject,
            text=words.text,
            html=words.html,
            people=(person,),
        )
    )


def _why_not(session: Session, mail: SingleMail, supporter: Supporter | None) -> str | None:
    if mail.supporter_id is None:
        return None
    if supporter is None or supporter.email_sealed is None:
        return "erased"
    reasons = set(
        session.scalars(
            select(Suppression.reason).where(
                Suppression.suppression_key == supporter.suppression_key, Suppression.scope == "all"
            )
        )
    )
    stopping = reasons & _STOPPED_BY[mail.kind] if mail.kind in _STOPPED_BY else reasons
    if stopping:
        return "suppressed"
    if mail.kind in _FOR_THE_ACTIVE and supporter.state is not SupporterState.ACTIVE:
        return supporter.state.value
    return "left" if mail.kind is SingleKind.REPLY and _left(session, mail) else None


def _left(session: Session, mail: SingleMail) -> bool:
    """Return whether the supporter wants no more mail of this campaign."""
    left = select(Subscription.id).where(
        Subscription.supporter_id == mail.supporter_id,
        of_campaign(mail.campaign_id),
        Subscription.left_at.is_not(None),
    )
    return session.scalar(left) is not None


def _may_get(session: Session, recipient: str, settings: Settings) -> bool:
    team = sending_domain.team_alone(session, settings)
    return team is None or recipient in team


def _recipient(session: Session, mail: SingleMail, supporter: Supporter | None) -> tuple[str, str]:
    """Return the address and the name; empty texts where there are none any more."""
    if supporter is not None:
        return opened(session, supporter, "email"), opened(session, supporter, "name")
    if mail.address_sealed is not None:
        return keys_of(session).open("single_mail.address", mail.uid, mail.address_sealed), ""
    organiser = session.get(Organiser, mail.organiser_id) if mail.organiser_id is not None else None
    return (organiser.email, "") if organiser is not None else ("", "")


def _facts(session: Session, mail: SingleMail, *, settings: Settings) -> dict[str, Any]:
    campaign = session.get(Campaign, mail.campaign_id) if mail.campaign_id is not None else None
    facts: dict[str, Any] = {**PLACEHOLDERS, **organisation_facts(settings)}
    if campaign is not None:
        facts |= campaign_facts(session, campaign, language=mail.language, settings=settings)
        facts["counts_opens"] = False  # Of a mail to one person, never.
    facts |= mail.facts
    if mail.secret_sealed is not None:
        secret = keys_of(session).open("single_mail.secret", mail.uid, mail.secret_sealed)
        if mail.kind is SingleKind.CONFIRMATION:
            facts["confirm_url"] = Links(settings.base_url, keys_of(session)).confirm(secret)
        else:
            facts["link"] = settings.base_url + secret
    return facts


def _values(session: Session, mail: SingleMail, name: str, settings: Settings) -> dict[str, str]:
    links = Links(settings.base_url, keys_of(session))
    page = settings.base_url + "/"
    if mail.supporter_id is None:
        return dict.fromkeys(("act_url", "unsubscribe_url", "preferences_url"), page) | {
            "greeting": greeting(mail.language, name)
        }
    return {
        "greeting": greeting(mail.language, name),
        "act_url": links.act(mail.supporter_id, mail.campaign_id) if mail.campaign_id is not None else page,
        "unsubscribe_url": links.unsubscribe(mail.supporter_id),
        "preferences_url": links.preferences(mail.supporter_id),
    }
