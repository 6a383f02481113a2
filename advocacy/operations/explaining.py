"""Why one person did or did not get each mail, and what they are still to get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Role
from advocacy.domain.audience import CampaignView, LeftOut, Outlook, SentMail, SupporterView, counted_at, outlook
from advocacy.domain.cadence import Cadence
from advocacy.domain.delivery import Skip
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.supporter import Reminders
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign, live
from advocacy.models.posting import own_aims
from advocacy.models.supporter import Action, Subscription, Supporter, Suppression
from advocacy.operations import timetable

_GONE = (DispatchState.ACCEPTED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)
_STATES = {
    DispatchState.PLANNED: "It is planned.",
    DispatchState.CLAIMED: "It is about to leave.",
    DispatchState.INFLIGHT: "It is being handed over.",
    DispatchState.ACCEPTED: "The mail provider has taken it.",
    DispatchState.REFUSED: "The mail provider refused it.",
    DispatchState.AMBIGUOUS: "Nobody knows yet whether the provider took it.",
    DispatchState.NOT_ACCEPTED: "It is proven that the provider did not take it.",
    DispatchState.EMPTY: "Nobody of this request was left to write to.",
    DispatchState.CANCELLED: "It was cancelled.",
}
_OUTCOMES = {
    "delivered": "Their mail server took it.",
    "bounced": "It came back: the address does not take mail.",
    "deferred": "Their mail server asked to wait.",
    "dropped": "The provider did not send it on.",
    "complained": "They marked it as unwanted.",
    "opened": "It was opened.",
    "clicked": "A link in it was pressed.",
}


@dataclass(frozen=True)
class Told:
    """One mail of one person: what became of it, in a sentence."""

    campaign: Campaign
    blast: Blast
    at: datetime | None
    sent: bool
    sentence: str


@dataclass(frozen=True)
class Ahead:
    """What one live campaign still holds for a person."""

    campaign: Campaign
    outlook: Outlook


def mails_of(session: Session, supporter: Supporter) -> list[Told]:
    """Return every mail that was ever planned for a person, the newest first."""
    rows = session.execute(
        select(Campaign, Blast, Delivery, Dispatch)
        .select_from(Delivery)
        .join(Blast, Blast.id == Delivery.blast_id)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .outerjoin(Dispatch, (Dispatch.blast_id == Delivery.blast_id) & (Dispatch.no == Delivery.dispatch_no))
        .where(Delivery.supporter_id == supporter.id)
        .order_by(Blast.scheduled_at.desc(), Blast.id.desc())
        .limit(500)
    )
    return [_told(campaign, blast, delivery, dispatch) for campaign, blast, delivery, dispatch in rows]


def ahead_of(session: Session, supporter: Supporter, now: datetime, *, most: int | None = None) -> list[Ahead]:
    """Return for each live campaign the mails still due to a person, and why not the others; for the `most` campaigns
    with the nearest deadlines, where that is given."""
    launched = [each for each in live(session) if each.launched_at is not None and each.due_by() is not None]
    return [Ahead(campaign, outlook_for(session, supporter, campaign, now)) for campaign in launched[:most]]


def outlook_for(session: Session, supporter: Supporter, campaign: Campaign, now: datetime) -> Outlook:
    """Return what a launched campaign with a deadline still holds for a person."""
    deadline = campaign.due_by()
    if deadline is None or campaign.launched_at is None:
        raise ValueError("only a launched campaign with a deadline has an outlook")
    view = CampaignView(
        launched_at=campaign.launched_at,
        deadline=deadline,
        cadence=Cadence.from_json(campaign.cadence),
        post_to=_post_to(campaign),
        own_aims=own_aims(session),
        state=campaign.state,
    )
    return outlook(_view(session, supporter, campaign), view, now)


def _post_to(campaign: Campaign) -> tuple[str | None, ...]:
    if not timetable.post_only(campaign):
        return ()
    return tuple(row.country for row in campaign.addressees if row.role is Role.PRIMARY)


def _view(session: Session, supporter: Supporter, campaign: Campaign) -> SupporterView:
    subscriptions = {
        row.campaign_id: row
        for row in session.scalars(
            select(Subscription).where(
                Subscription.supporter_id == supporter.id,
                Subscription.left_at.is_(None),
                (Subscription.campaign_id == campaign.id) | Subscription.campaign_id.is_(None),
            )
        )
    }
    own, alerts = subscriptions.get(campaign.id), subscriptions.get(None)
    acted = select(func.min(Action.at)).where(Action.supporter_id == supporter.id, Action.campaign_id == campaign.id)
    suppressed = select(Suppression.id).where(
        Suppression.suppression_key == supporter.suppression_key, Suppression.scope == "all"
    )
    return SupporterView(
        zone=ZoneInfo(supporter.timezone),
        country=supporter.country,
        state=supporter.state,
        suppressed=session.scalar(suppressed.limit(1)) is not None,
        confirmed_at=supporter.confirmed_at,
        joined_at=own.joined_at if own else None,
        alerts_since=alerts.joined_at if alerts else None,
        reminders=own.reminders if own else Reminders.ALL,
        acted_at=session.scalar(acted),
        mails=tuple(_had(session, supporter, campaign)),
    )


def _had(session: Session, supporter: Supporter, campaign: Campaign) -> Sequence[SentMail]:
    rows = session.execute(
        select(Blast.campaign_id, Blast.rule, Dispatch.due_at, Dispatch.inflight_at)
        .select_from(Delivery)
        .join(Blast, Blast.id == Delivery.blast_id)
        .join(Dispatch, (Dispatch.blast_id == Delivery.blast_id) & (Dispatch.no == Delivery.dispatch_no))
        .where(Delivery.supporter_id == supporter.id, Delivery.skip_reason.is_(None), Dispatch.state.in_(_GONE))
    )
    return [
        SentMail(rule if campaign_id == campaign.id and rule != "manual" else None, counted_at(due_at, begun_at))
        for campaign_id, rule, due_at, begun_at in rows
    ]


def _told(campaign: Campaign, blast: Blast, delivery: Delivery, dispatch: Dispatch | None) -> Told:
    if delivery.skip_reason is not None:
        return Told(campaign, blast, None, sent=False, sentence=reason_sentence(delivery.skip_reason))
    if dispatch is None:
        return Told(campaign, blast, None, sent=False, sentence="It is not part of any request.")
    sentence = _OUTCOMES.get(delivery.outcome or "") or _STATES[dispatch.state]
    sent = dispatch.state is DispatchState.ACCEPTED
    return Told(campaign, blast, dispatch.settled_at or dispatch.due_at, sent=sent, sentence=sentence)


def reason_sentence(reason: str) -> str:
    """Return a stored reason for leaving somebody out as a sentence."""
    for known in (LeftOut, Skip):
        if reason in set(known):
            return known(reason).sentence
    return f"{reason.replace('_', ' ').capitalize()}."
