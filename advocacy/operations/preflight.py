"""A mail written by hand before it goes out: each thing that may be wrong with it, judged as things stand now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from advocacy.config import MailTransport, Settings
from advocacy.domain import mail_checks
from advocacy.domain.cadence import Cadence
from advocacy.domain.campaign import CampaignState
from advocacy.domain.email import Words, Writer
from advocacy.domain.errors import InvalidError
from advocacy.domain.findings import Grade
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.operations import blasts, headcounts, manuscripts, preferences, sending_domain
from advocacy.operations.audiences import Reach
from advocacy.operations.blasts import Draft

_NEARLY = 0.9


@dataclass(frozen=True)
class Check:
    """`about` names what was looked at; `facts` are what a page needs to say it. BAD keeps the mail from going."""

    about: str
    grade: Grade
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Preflight:
    """`reach` is None while it is counted. `first` and `last` are when it is due for anyone; `zones` where its people live, the most first."""

    draft: Draft
    reach: Reach | None
    first: datetime
    last: datetime
    zones: Sequence[tuple[str, int]]
    checks: tuple[Check, ...]
    asks_to_type: bool
    asks_for_approval: bool
    undo_seconds: int

    @property
    def stopped(self) -> bool:
        return any(check.grade is Grade.BAD for check in self.checks)


def inspect(
    session: Session,
    blast: Blast,
    manuscript: Manuscript,
    campaign: Campaign,
    *,
    now: datetime,
    writer: Writer,
    settings: Settings,
) -> Preflight:
    """Look at everything. Changes nothing."""
    draft, rules = manuscripts.draft_of(blast, manuscript), preferences.read(session)
    news = manuscripts.is_news(blast)
    undo = timedelta(seconds=rules.undo_seconds)
    first, last = (max(instant, now + undo) for instant in blasts.span(draft, now))
    reach = headcounts.of_mail(session, blast, campaign, now)
    zones = reach.zones if reach else None
    checks = (
        _people(reach),
        *(() if news else (_campaign(campaign), _time(campaign, draft, now, undo))),
        *_nights(campaign, draft, first, zones),
        *_sender(session, settings),
        *_finished(blast, manuscript),
        *_written(session, campaign, draft, news=news, writer=writer, settings=settings),
        Check("test", Grade.GOOD if manuscript.tested_at else Grade.WARNING, {"at": manuscript.tested_at}),
    )
    return Preflight(
        draft,
        reach,
        first,
        last,
        zones or (),
        checks,
        asks_to_type=reach is not None and rules.asks_to_type(reach.people),
        asks_for_approval=reach is not None and rules.asks_for_approval(reach.people),
        undo_seconds=rules.undo_seconds,
    )


def _people(reach: Reach | None) -> Check:
    if reach is None:
        return Check("people", Grade.UNKNOWN)
    return Check("people", Grade.GOOD if reach.people else Grade.BAD, {"people": reach.people})


def _campaign(campaign: Campaign) -> Check:
    grades = {CampaignState.LIVE: Grade.GOOD, CampaignState.PAUSED: Grade.WARNING}
    return Check("campaign", grades.get(campaign.state, Grade.BAD), {"state": campaign.state})


def _time(campaign: Campaign, draft: Draft, now: datetime, undo: timedelta) -> Check:
    try:
        blasts.times(campaign, draft, now, undo=undo)
    except InvalidError as error:
        return Check("time", Grade.BAD, {"fault": error.sentence})
    return Check("time", Grade.GOOD, {"deadline": campaign.due_by()})


def _nights(campaign: Campaign, draft: Draft, at: datetime, zones: Sequence[tuple[str, int]] | None) -> Iterator[Check]:
    """A mail for everybody at one moment comes to some at night; None while nobody knows where they live."""
    quiet = Cadence.from_json(campaign.cadence).quiet
    if zones is None or draft.local or quiet.start == quiet.end:
        return
    asleep = [(zone, people) for zone, people in zones if quiet.cover(at.astimezone(_zone(zone)).time())]
    people = sum(number for _, number in asleep)
    yield Check("night", Grade.WARNING if people else Grade.GOOD, {"people": people, "zones": asleep})


def _sender(session: Session, settings: Settings) -> Iterator[Check]:
    named = "sender" not in settings.unnamed
    yield Check("sender", Grade.GOOD if named else Grade.BAD, {"name": settings.sender_name})
    answers = "contact" not in settings.unnamed
    yield Check("contact", Grade.GOOD if answers else Grade.BAD, {"contact": settings.contact})
    if settings.mail_transport is MailTransport.MAILBOX:
        yield Check("domain", Grade.GOOD, {"mailbox": True})
        return
    standing = sending_domain.standing(session, settings)
    grade = Grade.GOOD if standing.green else Grade.WARNING
    yield Check("domain", grade, {"domain": standing.domain, "trial": standing.trial, "mailbox": False})


def _finished(blast: Blast, manuscript: Manuscript) -> Iterator[Check]:
    try:
        manuscripts.check_finished(blast, manuscript)
    except InvalidError as error:
        yield Check("gap", Grade.BAD, {"fault": error.sentence})


def _written(
    session: Session, campaign: Campaign, draft: Draft, *, news: bool, writer: Writer, settings: Settings
) -> Iterator[Check]:
    try:
        manuscripts.check_words(session, campaign, draft, writer=writer, settings=settings)
        words = [
            blasts.write(session, campaign, draft, language, writer=writer, settings=settings)
            for language in settings.languages
        ]
    except InvalidError as error:
        yield Check("words", Grade.BAD, {"fault": error.sentence})
        return
    yield Check("words", Grade.GOOD)
    yield _subject(words, previewed=news or bool(draft.preheader))
    yield _address(words, settings)
    way_out = all(mail_checks.leaves_a_way_out(each) for each in words)
    yield Check("way_out", Grade.GOOD if way_out else Grade.BAD)
    yield _links(words, settings)
    yield _size(words)


def _subject(words: Sequence[Words], *, previewed: bool) -> Check:
    longest = max(len(each.subject) for each in words)
    fits = longest <= mail_checks.SEEN_OF_SUBJECT
    return Check(
        "subject",
        Grade.GOOD if fits and previewed else Grade.WARNING,
        {"length": longest, "fits": fits, "preheader": previewed},
    )


def _address(words: Sequence[Words], settings: Settings) -> Check:
    given = "address" not in settings.unnamed
    there = all(mail_checks.names(each, settings.organisation_address) for each in words)
    grade = Grade.GOOD if there and given else Grade.BAD
    return Check("address", grade, {"address": settings.organisation_address, "given": given})


def _links(words: Sequence[Words], settings: Settings) -> Check:
    ours = f"mailto:{settings.contact}"
    links = [
        link for link in mail_checks.links_of(words[0], base_url=settings.base_url) if not link.url.startswith(ours)
    ]
    faulty = [link for link in links if link.fault]
    return Check("links", Grade.WARNING if faulty else Grade.GOOD, {"links": links, "faulty": faulty})


def _size(words: Sequence[Words]) -> Check:
    most = max(mail_checks.size_of(each) for each in words)
    grade = Grade.BAD if most >= mail_checks.GMAIL_CLIPS else Grade.GOOD
    if grade is Grade.GOOD and most >= mail_checks.GMAIL_CLIPS * _NEARLY:
        grade = Grade.WARNING
    return Check("size", grade, {"kilobytes": -(-most // 1024)})


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
