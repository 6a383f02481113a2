"""A document becomes a draft campaign: what was understood of it, kept beside the text it came from."""

import hashlib
import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Addressee
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import InvalidError
from advocacy.domain.follow_up import APART, UNDECIDED
from advocacy.domain.reading import Reading, cases_of, read
from advocacy.domain.sentence import Sentence
from advocacy.gateways.documents import shown_name, text_of
from advocacy.models.campaign import AddresseeRow, Campaign, Demand, Document, free_slug
from advocacy.operations import audit, embassies, preferences, updates

LONGEST_TEXT = 100_000
MOST_CASES = 30
SHORTEST_TEXT = 40
_LONGEST_NAME = 120
_SENTENCES_IN_SUMMARY = 2
_LONGEST_SUMMARY = 500


def import_file(
    session: Session,
    name: str,
    content: bytes,
    *,
    now: datetime,
    actor: str,
    settings: Settings,
    deadline: date | None = None,
) -> Campaign:
    """Make a draft of a file: plain text, HTML, PDF or a word processor's. Raises InvalidError when it holds no text."""
    text = text_of(name, content)
    return import_document(session, name, text, now=now, actor=actor, settings=settings, deadline=deadline)


def import_cases(
    session: Session,
    name: str,
    text: str,
    *,
    now: datetime,
    actor: str,
    settings: Settings,
    deadline: date | None = None,
    as_new: bool = False,
) -> list[Campaign]:
    """Make a draft of each action in a document: most hold one. `as_new` asks no question about an earlier one.

    Raises InvalidError as `import_document` does; pieces of a larger document that are no action are passed over.
    """
    _check_length(text)
    cases = cases_of(text)
    if len(cases) > MOST_CASES:
        raise InvalidError(
            "It holds %(number)s actions; at most %(most)s are read at once. Import them in parts.",
            number=len(cases),
            most=MOST_CASES,
        )
    found, refused = [], None
    for case in cases:
        try:
            found.append(
                import_document(
                    session,
                    name,
                    case,
                    now=now,
                    actor=actor,
                    settings=settings,
                    deadline=deadline,
                    as_new=as_new,
                    whole=text,
                )
            )
        except InvalidError as error:
            refused = error
    if refused is not None and not found:
        raise refused
    return found


def import_document(
    session: Session,
    name: str,
    text: str,
    *,
    now: datetime,
    actor: str,
    settings: Settings,
    deadline: date | None = None,
    as_new: bool = False,
    whole: str | None = None,
) -> Campaign:
    """Make a draft of a document's text. A deadline that has passed is imported as it stands; launching is refused.

    The deadline is a day in the sender's own zone (the setting TIMEZONE). `whole` is the document that the text is a
    case of, in which its places hold. A draft with the number of a launched campaign follows it, and unless `as_new`
    waits for a person to choose whether it updates that one (operations.updates). Raises InvalidError for a text too short or
    too long, and for one that is no urgent action.
    """
    _check_length(text)
    reading = read(text)
    if not reading.is_action:
        raise InvalidError(
            "This does not look like an urgent action. %(reason)s If it is one all the same, start an empty draft and "
            "copy its parts.",
            reason=reading.verdict.reason,
        )
    campaign = _draft(session, reading, settings, now)
    campaign.deadline = deadline or reading.deadline.value
    source = reading.source if whole is None else whole
    piece = [len(text) - len(text.lstrip()), len(text)]
    kept = reading.as_json() | {"piece": piece, "checked": ["deadline"] if deadline else []}
    kept["deadline_given"] = deadline is not None
    earlier = updates.followed(session, reading)
    if earlier is not None:
        campaign.follows_id = earlier.id
        kept["update"] = APART if as_new else UNDECIDED
    if campaign.summary:
        kept["doubts"] = [*kept["doubts"], "summary"]
    campaign.document = Document(
        name=shown_name(name)[:_LONGEST_NAME],
        text=source,
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        reading=kept,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    embassies.put_copies(session, campaign)
    audit.record(
        session,
        actor=actor,
        what="campaign.imported",
        object_=f"campaign:{campaign.id}",
        now=now,
        details={"sha256": campaign.document.sha256, "doubts": kept["doubts"]},
    )
    session.commit()
    return campaign


def twins(session: Session, campaign: Campaign) -> list[Campaign]:
    """Return the other campaigns that were made of the very same text: somebody handed it in twice."""
    document = campaign.document
    if document is None:
        return []
    rows = session.scalars(
        select(Document).where(Document.sha256 == document.sha256, Document.campaign_id != campaign.id)
    )
    piece = document.reading.get("piece")
    return sorted((row.campaign for row in rows if row.reading.get("piece") == piece), key=lambda each: each.id)


def start_blank(session: Session, title: str, *, now: datetime, actor: str, settings: Settings) -> Campaign:
    """Make an empty draft that is written by hand. Raises InvalidError without a title."""
    title = " ".join(title.split())
    if not title:
        raise InvalidError(
            "Give it a title: the line by which people will know it.", faults={"title": Sentence("No title.")}
        )
    campaign = Campaign(
        slug=free_slug(session, title, None),
        state=CampaignState.DRAFT,
        title=title[:300],
        timezone=settings.timezone,
        language=settings.languages[0],
        cadence=preferences.read(session).cadence_json(),
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    audit.record(session, actor=actor, what="campaign.started", object_=f"campaign:{campaign.id}", now=now)
    session.commit()
    return campaign


def _check_length(text: str) -> None:
    words = text.strip()
    if len(words) < SHORTEST_TEXT:
        raise InvalidError(
            "There is hardly any text in it. If it is a picture of a page, type or paste its words instead.",
            faults={"text": Sentence("Too short to be an urgent action.")},
        )
    if len(words) > LONGEST_TEXT:
        raise InvalidError(
            "It has %(number)s characters; an urgent action has a few thousand. Paste the action alone.",
            number=len(words),
            faults={"text": Sentence("Too long to be one urgent action.")},
        )


def _draft(session: Session, reading: Reading, settings: Settings, now: datetime) -> Campaign:
    title = (reading.title.value or "Untitled action")[:300]
    language = reading.language.value or settings.languages[0]
    campaign = Campaign(
        slug=free_slug(session, title, reading.ua_number.value),
        state=CampaignState.DRAFT,
        title=title,
        index_number=_cut(reading.index.value, 80),
        ua_number=_cut(reading.ua_number.value, 40),
        issued=reading.issued.value,
        timezone=settings.timezone,
        language=language,
        countries=[field.value for field in reading.countries],
        summary=_summary(reading),
        case_text=reading.summary.value or "",
        background=reading.background.value or "",
        cadence=preferences.read(session).cadence_json(),
        created_at=now,
    )
    campaign.demands = [
        Demand(position=number, text=field.value.strip()) for number, field in enumerate(reading.demands, start=1)
    ]
    campaign.addressees = [
        _addressee(number, each, settings) for number, each in enumerate(reading.addressees(), start=1)
    ]
    return campaign


def _addressee(position: int, each: Addressee, settings: Settings) -> AddresseeRow:
    return AddresseeRow(
        position=position,
        role=each.role,
        name=each.name[:300],
        office=_cut(each.office, 300),
        salutation=_cut(each.salutation, 300),
        postal_lines=list(each.postal_lines),
        country=each.country,
        emails=list(each.emails),
        phones=list(each.phones),
        faxes=list(each.faxes),
        web_form=_cut(each.web_form, 500),
        social=_cut(each.social, 200),
        language=each.language if each.language in settings.languages else None,
        for_countries=list(each.for_countries),
    )


def _summary(reading: Reading) -> str:
    """The first sentences of what was told of the case, as a start for the organiser's own."""
    told = reading.summary.value or reading.background.value or ""
    sentences = re.split(r"(?<=[a-z\u00e0-\u017f)\"”»][.!?])\s+", " ".join(told.split()))
    return " ".join(sentences[:_SENTENCES_IN_SUMMARY])[:_LONGEST_SUMMARY]


def _cut(value: str | None, length: int) -> str | None:
    return value[:length] if value else None
