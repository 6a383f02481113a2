"""A document that follows an action already launched: what it would change, and accepting it field by field."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.domain.follow_up import APART, UNDECIDED, Change, changed, series
from advocacy.domain.reading import Reading
from advocacy.gateways import Gateways
from advocacy.models import moment
from advocacy.models.campaign import AddresseeRow, Campaign, Document
from advocacy.operations import audit, campaigns, editing, outcomes, planning
from advocacy.operations.editing import Corrections, Entered

TEXTS = ("title", "summary", "case_text", "background")
_DOUBTS = {"addressees": "targets"}


@dataclass(frozen=True)
class Update:
    """What a draft would change of the campaign it follows. `ends`: no further action is asked for."""

    draft: Campaign
    campaign: Campaign
    changes: tuple[Change, ...]
    ends: bool

    @property
    def doubtful(self) -> tuple[str, ...]:
        return tuple(change.field for change in self.changes if change.doubtful)


def followed(session: Session, reading: Reading) -> Campaign | None:
    """Return the launched campaign that a document follows, by number; the latest where a number was used again."""
    wanted = {series(reading.follows.value), series(reading.ua_number.value)} - {None}
    if not wanted:
        return None
    launched = session.scalars(
        select(Campaign)
        .where(Campaign.state != CampaignState.DRAFT, Campaign.ua_number.is_not(None))
        .order_by(Campaign.launched_at.desc(), Campaign.id.desc())
    )
    return next((campaign for campaign in launched if series(campaign.ua_number) in wanted), None)


def undecided(campaign: Campaign) -> bool:
    """Say whether this draft follows a campaign and nobody has chosen yet what becomes of it."""
    document = campaign.document
    return (
        campaign.state is CampaignState.DRAFT
        and campaign.follows_id is not None
        and document is not None
        and document.reading.get("update") == UNDECIDED
    )


def proposal(session: Session, draft: Campaign) -> Update | None:
    """Return what the draft would change, None when it is no update (any more). Changes nothing."""
    if not undecided(draft) or draft.document is None:
        return None
    campaign = session.get_one(Campaign, draft.follows_id)
    ends = bool(draft.document.reading.get("fields", {}).get("no_further_action", {}).get("value"))
    return Update(draft, campaign, tuple(_changes(campaign, draft)), ends)


def keep_apart(session: Session, draft: Campaign, *, gateways: Gateways, actor: str) -> None:
    """Make the draft a campaign of its own, which follows the other one."""
    now = moment.now(session, gateways.clock)
    if undecided(draft) and draft.document is not None:
        draft.document.reading = draft.document.reading | {"update": APART}
        _record(session, draft, "campaign.kept_apart", actor, now, {"follows": draft.follows_id})
    session.commit()


def accept(
    session: Session,
    draft_id: int,
    fields: Collection[str],
    *,
    end: bool,
    gateways: Gateways,
    settings: Settings,
    actor: str,
) -> Campaign:
    """Take the chosen fields over into the campaign that the draft follows, and drop the draft; all or nothing.

    Everything unsent is planned anew, with the new words. With `end` the campaign closes and its outcome mail is drafted.
    Raises ConflictError when somebody else was faster or the campaign is closed, InvalidError for a deadline
    that will not do; the caller rolls back.
    """
    now = moment.now(session, gateways.clock)
    draft = session.get(Campaign, draft_id, with_for_update=True, populate_existing=True)
    update = proposal(session, draft) if draft is not None else None
    if draft is None or update is None:
        raise ConflictError("This update was decided meanwhile.")
    campaign = update.campaign
    session.refresh(campaign, with_for_update=True)
    planning.lock(session, campaign)
    if campaign.state is CampaignState.CLOSED:
        raise ConflictError(
            "“%(title)s” is closed. Keep this as a campaign of its own that follows it.", title=campaign.title
        )
    day = draft.deadline if "deadline" in fields else None
    words = outcomes.first_words(draft)
    editing.put(session, campaign, _corrections(campaign, draft, fields), now=now)
    _record(
        session, campaign, "campaign.updated", actor, now, {"fields": sorted(fields), "sha256": _take(draft, campaign)}
    )
    session.delete(draft)
    session.flush()
    if end:
        outcomes.draft(session, campaign, *words, now=now, gateways=gateways, settings=settings, actor=actor)
        campaigns.close(session, campaign, gateways=gateways, settings=settings, actor=actor)
    elif day is not None and day != campaign.deadline:
        campaigns.move_deadline(session, campaign, day, gateways=gateways, settings=settings, actor=actor)
    elif fields:
        campaign.generation += 1
        planning.replan(session, campaign, now=now, writer=gateways.mails, settings=settings)
    session.commit()
    return campaign


def _changes(campaign: Campaign, draft: Campaign) -> Iterator[Change]:
    doubts = {name.partition("[")[0] for name in editing.left_to_check(draft)}
    fields = (
        ("deadline", _day(campaign.deadline), _day(draft.deadline)),
        ("demands", tuple(row.text for row in campaign.demands), tuple(row.text for row in draft.demands)),
        ("addressees", _people(campaign.own_addressees), _people(draft.own_addressees)),
        *((name, _lines(getattr(campaign, name)), _lines(getattr(draft, name))) for name in TEXTS),
    )
    for name, was, becomes in fields:
        doubtful = _DOUBTS.get(name, name) in doubts
        change = changed(name, was, becomes, doubtful=doubtful, usual=name not in {"summary", "background"})
        if change is not None:
            yield change


def _corrections(campaign: Campaign, draft: Campaign, fields: Collection[str]) -> Corrections:
    return Corrections(
        texts={name: getattr(draft, name) for name in TEXTS if name in fields},
        demands=[row.text for row in draft.demands] if "demands" in fields else None,
        addressees=_entered(campaign, draft) if "addressees" in fields else None,
    )


def _entered(campaign: Campaign, draft: Campaign) -> list[Entered]:
    """The draft's addressees; who was there before keeps the row, and what the update does not say of them."""
    known = {row.name.casefold(): row for row in campaign.own_addressees}
    return [_merged(row, known.get(row.name.casefold())) for row in draft.own_addressees]


def _merged(row: AddresseeRow, old: AddresseeRow | None) -> Entered:
    def kept(name: str) -> str:
        return str(getattr(row, name) or (getattr(old, name) if old else None) or "")

    def all_of(name: str) -> Sequence[str]:
        return list(getattr(row, name) or (getattr(old, name) if old else []))

    return Entered(
        row_id=old.id if old else None,
        name=row.name,
        role=row.role,
        office=kept("office"),
        salutation=kept("salutation"),
        postal_lines=all_of("postal_lines"),
        country=kept("country"),
        emails=all_of("emails"),
        phones=all_of("phones"),
        faxes=all_of("faxes"),
        web_form=kept("web_form"),
        social=kept("social"),
        language=kept("language"),
        for_countries=all_of("for_countries"),
        form_asks=all_of("form_asks"),
        opening_hours=all_of("opening_hours"),
        timezone=kept("timezone"),
    )


def _take(draft: Campaign, campaign: Campaign) -> str:
    """Put the update's text after the campaign's own source, where the places of the first reading still hold."""
    new, old = draft.document, campaign.document
    if new is None:
        return ""
    if old is None:
        kept = {name: getattr(new, name) for name in ("name", "text", "sha256", "created_at")}
        campaign.document = Document(**kept, reading=new.reading | {"doubts": []})
    else:
        old.reading = {"piece": [0, len(old.text)]} | old.reading
        old.text = f"{old.text}\n\n{'-' * 40}\n{new.name}\n\n{new.text}"
    return new.sha256


def _people(rows: Sequence[AddresseeRow]) -> tuple[str, ...]:
    return tuple(", ".join([row.name, *row.postal_lines, *row.emails, *row.phones, *row.faxes]) for row in rows)


def _day(day: date | None) -> tuple[str, ...]:
    return (f"{day:%A} {day.day} {day:%B} {day.year}",) if day else ()


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line for line in (text or "").split("\n") if line.strip())


def _record(
    session: Session, campaign: Campaign, what: str, actor: str, now: datetime, details: dict[str, object]
) -> None:
    audit.record(session, actor=actor, what=what, object_=f"campaign:{campaign.id}", now=now, details=details)
