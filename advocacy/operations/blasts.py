"""Mails written by hand: checked, previewed, tested, scheduled."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from babel import Locale
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain import handwriting, wording
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.email import Words, Writer, greeting
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.merge import merge
from advocacy.domain.selection import Selection
from advocacy.gateways import Gateways
from advocacy.models import moment
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind
from advocacy.operations import audit
from advocacy.operations.ordering import order
from advocacy.operations.words import campaign_facts, content_version, organisation_facts

WORTH_SENDING = timedelta(hours=24)
"""How long after its time a mail written by hand may still begin to go out."""

_FURTHEST_EAST, _FURTHEST_WEST = timedelta(hours=14), timedelta(hours=-12)
_MOST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Draft:
    """A mail as written: Markdown with Liquid merge fields, for a part of the campaign's people.

    `at` is when it goes: an aware instant for everyone at once, or a naive wall time at which each person gets it in
    their own zone.
    """

    subject: str
    text: str
    at: datetime | None = None
    selection: Selection = field(default_factory=Selection)

    @property
    def local(self) -> bool:
        return self.at is not None and self.at.tzinfo is None


def write(
    session: Session, campaign: Campaign, draft: Draft, language: str, *, writer: Writer, settings: Settings
) -> Words:
    """Return the mail in one language's frame, each person's own fields still open. Changes nothing.

    Raises UnwritableError with the place of an unknown field.
    """
    handwriting.check_lengths(draft.subject, draft.text)
    facts = campaign_facts(session, campaign, language=language, settings=settings)
    facts["campaign"]["deadline"] = _deadline_words(campaign, language)
    subject = handwriting.fill("subject", draft.subject, facts)
    words = handwriting.fill("text", draft.text, facts)
    return writer.write("manual", language, facts | {"subject": subject, "words": words})


def schedule(
    session: Session, campaign: Campaign, draft: Draft, *, gateways: Gateways, settings: Settings, actor: str
) -> Blast:
    """Schedule a mail written by hand; the engine plans and sends it.

    Raises UnwritableError for words that will not do, InvalidError for a time that has passed or lies after the
    deadline, ConflictError for a campaign that is not live.
    """
    now = moment.now(session, gateways.clock)
    session.refresh(campaign, with_for_update=True)
    if campaign.state not in {CampaignState.LIVE, CampaignState.PAUSED}:
        raise ConflictError(f"“{campaign.title}” is {campaign.state}: only a live campaign can be written about.")
    first, send_by = _times(campaign, draft, now)
    blast = Blast(
        campaign_id=campaign.id,
        rule="manual",
        occurrence=uuid4().hex,
        state=BlastState.SCHEDULED,
        audience=_selection(draft).as_json(),
        scheduled_at=first,
        local_time=draft.local,
        send_by=send_by,
        created_at=now,
    )
    session.add(blast)
    session.flush()
    for language in settings.languages:
        words = write(session, campaign, draft, language, writer=gateways.mails, settings=settings)
        session.add(content_version(blast.id, language, words))
    audit.record(
        session,
        actor=actor,
        what="blast.state",
        object_=f"blast:{blast.id}",
        now=now,
        details={"from": None, "to": BlastState.SCHEDULED.value, "why": "written by hand"},
    )
    session.commit()
    return blast


def send_test(
    session: Session, organiser_id: int, words: Words, *, campaign: Campaign, now: datetime, settings: Settings
) -> None:
    """Order a copy to an organiser, marked as a test. It counts nowhere, and its links are samples."""
    values = sample_values(settings, campaign, greeting(campaign.language, ""))
    order(
        session,
        SingleKind.TEST,
        f"test:{organiser_id}:{uuid4().hex}",
        now=now,
        organiser_id=organiser_id,
        campaign_id=campaign.id,
        facts={
            "subject": merge(words.subject, values),
            "text": merge(words.text, values),
            **organisation_facts(settings),
        },
    )
    session.commit()


def sample_values(settings: Settings, campaign: Campaign, hello: str) -> dict[str, str]:
    """Return values for each person's own fields that open nothing of anybody's: for previews and tests."""
    page = f"{settings.base_url}/a/{campaign.slug}"
    return {"greeting": hello, "act_url": page, "unsubscribe_url": page, "preferences_url": page}


def _times(campaign: Campaign, draft: Draft, now: datetime) -> tuple[datetime, datetime]:
    """Return the first instant at which anyone gets it, and the first at which nobody does any more."""
    deadline = campaign.due_by()
    if draft.at is None or deadline is None:
        raise InvalidError("Say when it goes out: a day and a time.", faults={"at": "Choose a day and a time."})
    if draft.local:
        first = draft.at.replace(tzinfo=UTC) - _FURTHEST_EAST
        last = draft.at.replace(tzinfo=UTC) - _FURTHEST_WEST
    else:
        first = last = draft.at.astimezone(UTC)
    if last < now - timedelta(minutes=5):
        raise InvalidError("This time has passed. Choose a later one.", faults={"at": "This time has passed."})
    if first > now + _MOST_AHEAD:
        raise InvalidError("This is more than a year away.", faults={"at": "This is more than a year away."})
    if first >= deadline.end():
        said = f"It would come after the deadline, {deadline.day:%A %-d %B %Y}."
        raise InvalidError(said, faults={"at": said})
    return max(first, now), min(last + WORTH_SENDING, deadline.end())


def _selection(draft: Draft) -> Selection:
    chosen = draft.selection
    return Selection(
        countries=chosen.countries,
        languages=chosen.languages,
        zones=chosen.zones,
        tags=chosen.tags,
        acted=chosen.acted,
        local=draft.at if draft.local else None,
    )


def _deadline_words(campaign: Campaign, language: str) -> str:
    locale: Locale = wording.locale_for(language)
    return wording.near_day(campaign.deadline, locale) if campaign.deadline else ""


def next_round_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """Return ten o'clock of the next day in a zone: what the form proposes."""
    day = (now.astimezone(zone) + timedelta(days=1)).date()
    return datetime.combine(day, time(10), zone)
