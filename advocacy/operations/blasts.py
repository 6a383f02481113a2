"""Mails written by hand: their words checked and previewed, a test of them, and the times at which they may go."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from babel import Locale
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain import handwriting, wording
from advocacy.domain.email import Words, Writer, greeting
from advocacy.domain.errors import InvalidError
from advocacy.domain.merge import merge, merge_html
from advocacy.domain.selection import Selection
from advocacy.domain.sentence import Sentence
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind
from advocacy.operations.ordering import order
from advocacy.operations.words import campaign_facts, organisation_facts

WORTH_SENDING = timedelta(hours=24)
"""How long after its time a mail written by hand may still begin to go out."""

NEWS_WORTH_SENDING = timedelta(days=3)
"""The same of a mail that tells how an action ended, which no deadline bounds."""

_FURTHEST_EAST, _FURTHEST_WEST = timedelta(hours=14), timedelta(hours=-12)
_MOST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Draft:
    """A mail as written: Markdown with Liquid merge fields, for a part of the campaign's people.

    `at` is when it goes: an aware instant for everyone at once, a naive wall time at which each person gets it in
    their own zone, or None for as soon as it is sent. `preheader` is the line that mailboxes show after the subject.
    With `other_subject`, both subjects are tried by `share` per cent of the people, and `wait` later the better one
    goes to the rest.
    """

    subject: str
    text: str
    at: datetime | None = None
    selection: Selection = field(default_factory=Selection)
    preheader: str = ""
    other_subject: str = ""
    share: int = 20
    wait: timedelta = timedelta(hours=4)

    @property
    def local(self) -> bool:
        return self.at is not None and self.at.tzinfo is None


def write(
    session: Session, campaign: Campaign, draft: Draft, language: str, *, writer: Writer, settings: Settings
) -> Words:
    """Return the mail in one language's frame, each person's own fields still open. Changes nothing.

    Raises UnwritableError with the place of an unknown field.
    """
    handwriting.check_lengths(draft.subject, draft.text, draft.preheader)
    facts = campaign_facts(session, campaign, language=language, settings=settings)
    facts["campaign"]["deadline"] = _deadline_words(campaign, language)
    subject = handwriting.fill("subject", draft.subject, facts)
    preheader = handwriting.fill("preheader", draft.preheader, facts)
    words = handwriting.fill("text", draft.text, facts)
    return writer.write("manual", language, facts | {"subject": subject, "preheader": preheader, "words": words})


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
            "html": merge_html(words.html, values),
            **organisation_facts(settings),
        },
    )
    session.commit()


def sample_values(settings: Settings, campaign: Campaign, hello: str) -> dict[str, str]:
    """Return values for each person's own fields that open nothing of anybody's: for previews and tests."""
    page = f"{settings.base_url}/a/{campaign.slug}"
    return {"greeting": hello, "act_url": page, "unsubscribe_url": page, "preferences_url": page}


def times(campaign: Campaign, draft: Draft, now: datetime, *, undo: timedelta) -> tuple[datetime, datetime]:
    """Return the first instant at which anyone gets it, `undo` from now at the soonest, and the first at which nobody
    does any more.

    Raises InvalidError for a time that has passed or lies after the deadline.
    """
    deadline = campaign.due_by()
    if deadline is None:
        raise InvalidError("The campaign has no deadline.", faults={"at": Sentence("The campaign has no deadline.")})
    first, last = span(draft, now)
    if last < now - timedelta(minutes=5):
        raise InvalidError(
            "This time has passed. Choose a later one.", faults={"at": Sentence("This time has passed.")}
        )
    if first > now + _MOST_AHEAD:
        raise InvalidError("This is more than a year away.", faults={"at": Sentence("This is more than a year away.")})
    first = max(first, now + undo)
    if first >= deadline.end():
        said = Sentence("It would come after the deadline, %(day)s.", day=deadline.day)
        raise InvalidError(said, faults={"at": said})
    return first, min(max(last, first) + WORTH_SENDING, deadline.end())


def span(draft: Draft, now: datetime) -> tuple[datetime, datetime]:
    """Return the first and the last instant at which it is due for anyone, wherever they live."""
    if draft.at is None:
        return now, now
    if draft.local:
        wall = draft.at.replace(tzinfo=UTC)
        return wall - _FURTHEST_EAST, wall - _FURTHEST_WEST
    return draft.at.astimezone(UTC), draft.at.astimezone(UTC)


def _deadline_words(campaign: Campaign, language: str) -> str:
    locale: Locale = wording.locale_for(language)
    return wording.near_day(campaign.deadline, locale) if campaign.deadline else ""


def next_round_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """Return ten o'clock of the next day in a zone: what the form proposes."""
    day = (now.astimezone(zone) + timedelta(days=1)).date()
    return datetime.combine(day, time(10), zone)
