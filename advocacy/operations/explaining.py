"""Why one person did or did not get each mail, and what they are still to get."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from advocacy.domain.addressee import Role
from advocacy.domain.audience import CampaignView, LeftOut, Outlook, SentMail, SupporterView, counted_at, outlook
from advocacy.domain.cadence import Cadence
from advocacy.domain.campaign import CampaignState
from advocacy.domain.delivery import Skip
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.sentence import Sentence
from advocacy.domain.supporter import Reminders
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.posting import own_aims
from advocacy.models.supporter import Action, Subscription, Supporter, Suppression
from advocacy.operations import timetable

_GONE = (DispatchState.ACCEPTED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)
_STATES = {
    DispatchState.PLANNED: Sentence("It is planned."),
    DispatchState.CLAIMED: Sentence("It is about to leave."),
    DispatchState.INFLIGHT: Sentence("It is being handed over."),
    DispatchState.ACCEPTED: Sentence("The mail provider has taken it."),
    DispatchState.REFUSED: Sentence("The mail provider refused it."),
    DispatchState.AMBIGUOUS: Sentence("Nobody knows yet whether the provider took it."),
    DispatchState.NOT_ACCEPTED: Sentence("It is proven that the provider did not take it."),
    DispatchState.EMPTY: Sentence("Nobody of this request was left to write to."),
    DispatchState.CANCELLED: Sentence("It was cancelled."),
}
_OUTCOMES = {
    "delivered": Sentence("Their mail server took it."),
    "bounced": Sentence("It came back: the address does not take mail."),
    "deferred": Sentence("Their mail server asked to wait."),
    "dropped": Sentence("The provider did not send it on."),
    "complained": Sentence("They marked it as unwanted."),
    "opened": Sentence("It was opened."),
    "clicked": Sentence("A link in it was pressed."),
}


@dataclass(frozen=True)
class Told:
    """One mail of one person: what became of it, in a sentence."""

    campaign: Campaign
    blast: Blast
    at: datetime | None
    sent: bool
    sentence: Sentence


@dataclass(frozen=True)
class Ahead:
    """What one live campaign still holds for a person."""

    campaign: Campaign
    outlook: Outlook


def forgets_some(session: Session) -> bool:
    """Whether there are mails of which it is no longer kept who got them."""
    return session.scalar(select(Blast.id).where(Blast.reduced_at.is_not(None)).limit(1)) is not None


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
    launched = session.scalars(
        select(Campaign)
        .where(Campaign.state == CampaignState.LIVE, Campaign.launched_at.is_not(None), Campaign.deadline.is_not(None))
        .order_by(Campaign.deadline, Campaign.id)
        .limit(most)
        .options(selectinload(Campaign.addressees))
    ).all()
    return [Ahead(campaign, each) for campaign, each in _outlooks(session, supporter, launched, now)]


def _outlooks(
    session: Session, supporter: Supporter, campaigns: Sequence[Campaign], now: datetime
) -> Iterator[tuple[Campaign, Outlook]]:
    past, aims = _past_of(session, supporter), own_aims(session)
    for campaign in campaigns:
        deadline = campaign.due_by()
        if deadline is None or campaign.launched_at is None:
            continue
        view = CampaignView(
            launched_at=campaign.launched_at,
            deadline=deadline,
            cadence=Cadence.from_json(campaign.cadence),
            post_to=_post_to(campaign),
            own_aims=aims,
            state=campaign.state,
        )
        yield campaign, outlook(_view(supporter, past, campaign), view, now)


def _post_to(campaign: Campaign) -> tuple[str | None, ...]:
    if not timetable.post_only(campaign):
        return ()
    return tuple(row.country for row in campaign.addressees if row.role is Role.PRIMARY)


@dataclass(frozen=True)
class _Past:
    """What the ledger holds about one person, for all campaigns at once. `mails` are (campaign, rule, counted at)."""

    subscriptions: Mapping[int | None, Subscription]
    acted: Mapping[int, datetime]
    suppressed: bool
    mails: Sequence[tuple[int, str, datetime]]


def _past_of(session: Session, supporter: Supporter) -> _Past:
    subscriptions = session.scalars(
        select(Subscription).where(Subscription.supporter_id == supporter.id, Subscription.left_at.is_(None))
    )
    acted = session.execute(
        select(Action.campaign_id, func.min(Action.at))
        .where(Action.supporter_id == supporter.id)
        .group_by(Action.campaign_id)
    )
    suppressed = select(Suppression.id).where(
        Suppression.suppression_key == supporter.suppression_key, Suppression.scope == "all"
    )
    mails = session.execute(
        select(Blast.campaign_id, Blast.rule, Dispatch.due_at, Dispatch.inflight_at)
        .select_from(Delivery)
        .join(Blast, Blast.id == Delivery.blast_id)
        .join(Dispatch, (Dispatch.blast_id == Delivery.blast_id) & (Dispatch.no == Delivery.dispatch_no))
        .where(Delivery.supporter_id == supporter.id, Delivery.skip_reason.is_(None), Dispatch.state.in_(_GONE))
    )
    return _Past(
        {row.campaign_id: row for row in subscriptions},
        dict(acted.all()),
        session.scalar(suppressed.limit(1)) is not None,
        [(campaign_id, rule, counted_at(due_at, begun_at)) for campaign_id, rule, due_at, begun_at in mails],
    )


def _view(supporter: Supporter, past: _Past, campaign: Campaign) -> SupporterView:
    own, alerts = past.subscriptions.get(campaign.id), past.subscriptions.get(None)
    return SupporterView(
        zone=ZoneInfo(supporter.timezone),
        country=supporter.country,
        state=supporter.state,
        suppressed=past.suppressed,
        confirmed_at=supporter.confirmed_at,
        joined_at=own.joined_at if own else None,
        alerts_since=alerts.joined_at if alerts else None,
        reminders=own.reminders if own else Reminders.ALL,
        acted_at=past.acted.get(campaign.id),
        mails=tuple(
            SentMail(rule if campaign_id == campaign.id and rule != "manual" else None, at)
            for campaign_id, rule, at in past.mails
        ),
    )


def _told(campaign: Campaign, blast: Blast, delivery: Delivery, dispatch: Dispatch | None) -> Told:
    if delivery.skip_reason is not None:
        return Told(campaign, blast, None, sent=False, sentence=reason_sentence(delivery.skip_reason))
    if dispatch is None:
        return Told(campaign, blast, None, sent=False, sentence=Sentence("It is not part of any request."))
    sentence = _OUTCOMES.get(delivery.outcome or "") or _STATES[dispatch.state]
    sent = dispatch.state is DispatchState.ACCEPTED
    return Told(campaign, blast, dispatch.settled_at or dispatch.due_at, sent=sent, sentence=sentence)


def reason_sentence(reason: str) -> Sentence:
    """Return a stored reason for leaving somebody out as a sentence."""
    for known in (LeftOut, Skip):
        if reason in set(known):
            return known(reason).sentence
    return Sentence("Left out: %(reason)s.", reason=reason.replace("_", " "))
