"""The form of a mail written by hand: what it says as a draft, a draft as what it shows, and the choices it offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from advocacy.domain.addressee import Channel
from advocacy.domain.errors import InvalidError
from advocacy.domain.selection import Selection
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import When
from advocacy.models.progress import progress_of
from advocacy.operations import supporter_counts
from advocacy.operations.blasts import Draft
from advocacy.web.desk import mails
from advocacy.web.desk.forms import a_day, a_number, an_instant, split
from advocacy.web.desk.words import mail_name

_ACTED = {"yes": True, "no": False}
_MOST_MAILS = 50


@dataclass(frozen=True)
class Said:
    """What the form says or shows, by the names of its fields; lists are what several boxes say."""

    texts: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, list[str]] = field(default_factory=dict)


LISTS = ("ways", "had", "missed")


def said(form: MultiDict[str, str]) -> Said:
    """Return what a form says, to be shown again as it was."""
    return Said(form.to_dict(), {name: form.getlist(name) for name in LISTS})


def shown(draft: Draft, zone: ZoneInfo, proposed: datetime) -> Said:
    """Return what the form shows of a draft; `proposed` is the time it offers where the draft has none."""
    chosen = draft.selection
    at = draft.at or proposed
    if at.tzinfo is not None:
        at = at.astimezone(zone)
    texts = {
        "subject": draft.subject,
        "preheader": draft.preheader,
        "text": draft.text,
        "other_subject": draft.other_subject,
        "share": str(draft.share),
        "wait": str(int(draft.wait / timedelta(hours=1))),
        "acted": {True: "yes", False: "no", None: ""}[chosen.acted],
        "countries": ", ".join(chosen.countries),
        "languages": ", ".join(chosen.languages),
        "zones": ", ".join(chosen.zones),
        "tags": ", ".join(chosen.tags),
        "joined_from": str(chosen.joined_from or ""),
        "joined_until": str(chosen.joined_until or ""),
        "when": (When.NOW if draft.at is None else When.LOCAL if draft.local else When.INSTANT).value,
        "day": at.date().isoformat(),
        "time": f"{at:%H:%M}",
    }
    lists = {
        "ways": list(chosen.ways),
        "had": [str(number) for number in chosen.had],
        "missed": [str(number) for number in chosen.missed],
    }
    return Said(texts, lists)


def draft(form: Said, zone: ZoneInfo) -> Draft:
    """Return the mail that a form asks for. Raises InvalidError naming each field that is none."""
    texts = form.texts
    when = texts.get("when", When.NOW.value)
    at: datetime | None = None if when == When.NOW else an_instant(texts.get("day", ""), texts.get("time", ""), zone)
    share, wait = a_number(texts.get("share", "20")), a_number(texts.get("wait", "4"))
    facts = (
        (when != When.NOW and at is None, "at", _("Choose a day and a time.")),
        (share is None or share > 100, "share", _("Give a whole number.")),
        (wait is None or wait > 1000, "wait", _("Give a whole number.")),
        *((bool(texts.get(name)) and a_day(texts[name]) is None, name, _("Choose a day.")) for name in _DAYS),
    )
    faults = {name: fault for is_so, name, fault in facts if is_so}
    if faults:
        raise InvalidError(" ".join(faults.values()), faults=faults)
    return Draft(
        subject=_line(texts.get("subject", "")),
        text=texts.get("text", "").replace("\r\n", "\n"),
        at=at.replace(tzinfo=None) if at is not None and when == When.LOCAL else at,
        selection=_selection(form),
        preheader=_line(texts.get("preheader", "")),
        other_subject=_line(texts.get("other_subject", "")),
        share=share or 0,
        wait=timedelta(hours=wait or 0),
    )


def offered(session: Session, campaign: Campaign, blast: Blast | None) -> dict[str, Any]:
    """Return the choices of the form: what supporters really have, and the mails of this campaign that went out."""
    numbers = supporter_counts.summary(session)

    def had(facet: str) -> list[str]:
        return sorted(value for value, _number in numbers.values(facet) if value)

    return {
        "countries": had("country"),
        "languages": had("language"),
        "zones": had("zone"),
        "tags": had("tag"),
        "earlier": _earlier(session, campaign, blast),
    }


_DAYS = ("joined_from", "joined_until")


def _selection(form: Said) -> Selection:
    texts = form.texts
    days: dict[str, date | None] = {name: a_day(texts.get(name, "")) for name in _DAYS}
    acted = _ACTED.get(texts.get("acted", ""))
    ways = tuple(way for way in form.lists.get("ways", ()) if way in set(Channel))
    return Selection(
        countries=tuple(code.upper() for code in split(texts.get("countries", ""), ",")),
        languages=tuple(split(texts.get("languages", ""), ",")),
        zones=tuple(split(texts.get("zones", ""), ",")),
        tags=tuple(split(texts.get("tags", ""), ",")),
        acted=acted,
        ways=ways if acted else (),
        had=_numbers(form.lists.get("had", [])),
        missed=_numbers(form.lists.get("missed", [])),
        joined_from=days["joined_from"],
        joined_until=days["joined_until"],
    )


def _numbers(items: list[str]) -> tuple[int, ...]:
    return tuple(number for item in items if (number := a_number(item)) is not None)


def _line(text: str) -> str:
    return " ".join(text.split())


def _earlier(session: Session, campaign: Campaign, own: Blast | None) -> list[tuple[str, str]]:
    """Return (id, name) of the campaign's mails that the provider took for somebody, the newest first."""
    blasts = session.scalars(
        select(Blast).where(Blast.campaign_id == campaign.id).order_by(Blast.id.desc()).limit(_MOST_MAILS)
    ).all()
    counts = progress_of(session, [blast.id for blast in blasts])
    names = mails.subjects_of(session, blasts)
    return [
        (str(blast.id), names.get(blast.id) or mail_name(blast.rule))
        for blast in blasts
        if counts[blast.id].accepted and blast is not own
    ]
