"""What the desk's forms say, as values: nothing is looked up or changed here."""

import re
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from advocacy.domain.addressee import Role
from advocacy.domain.selection import YEARS
from advocacy.operations.editing import Corrections, Entered

T = TypeVar("T")
TEXTS = ("title", "index_number", "ua_number", "summary", "concern", "case_text", "background", "safety_notice")
_ROW = re.compile(r"addressee-(\d+)-name")
_LONGEST_NUMBER = 12
_MOVES = {"up": -1, "down": 1}


def a_day(text: str) -> date | None:
    """Return the day an <input type=date> gave, None for anything else."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None


def an_instant(day: str, at: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a day and a time of day in a zone, None where either is missing or not one."""
    on, then = a_day(day), a_time(at)
    return datetime.combine(on, then, zone) if on is not None and then is not None else None


def a_number(text: str) -> int | None:
    """Return the whole number somebody typed, None for anything else."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def a_time(text: str) -> time | None:
    """Return the time of day an <input type=time> gave, None for anything else."""
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        return None


def corrections(form: MultiDict[str, str]) -> Corrections:
    """Return what the review form says. `move` is the button pressed to reorder: "demand:2:up"; `remove`
    the one to take something out: "demand:2".
    """
    return Corrections(
        texts={name: form[name] for name in TEXTS if name in form},
        issued=a_day(form.get("issued", "")),
        deadline=a_day(form.get("deadline", "")),
        timezone=form.get("timezone"),
        language=form.get("language"),
        countries=split(form["countries"], ",") if "countries" in form else None,
        demands=_demands(form) if "demand" in form else None,
        addressees=_addressees(form) if "addressees" in form else None,
        checked=form.getlist("checked"),
    )


def split(text: str, at: str = "\n") -> list[str]:
    """Return the parts of a text, trimmed, without the empty ones."""
    return [part.strip() for part in text.replace("\r", "").split(at) if part.strip()]


def _demands(form: MultiDict[str, str]) -> list[str]:
    gone = form.get("remove", "")
    texts = ["" if gone == f"demand:{number}" else text for number, text in enumerate(form.getlist("demand"))]
    return _moved(texts, form.get("move", ""), "demand")


def _addressees(form: MultiDict[str, str]) -> list[Entered]:
    numbers = sorted({int(found.group(1)) for key in form if (found := _ROW.fullmatch(key))})
    entered = [_addressee(form, f"addressee-{number}-") for number in numbers]
    return _moved(entered, form.get("move", ""), "addressee")


def _addressee(form: MultiDict[str, str], prefix: str) -> Entered:
    def said(name: str) -> str:
        return form.get(prefix + name, "").strip()

    row_id = said("id")
    gone = form.get("remove") == f"addressee:{prefix.split('-')[1]}"
    return Entered(
        row_id=int(row_id) if row_id.isdecimal() else None,
        name="" if gone else said("name"),
        role=Role(said("role")) if said("role") in set(Role) else Role.PRIMARY,
        office=said("office"),
        salutation=said("salutation"),
        postal_lines=[] if gone else split(said("postal_lines")),
        country=said("country").upper(),
        emails=[] if gone else split(said("emails")),
        phones=[] if gone else split(said("phones")),
        faxes=split(said("faxes")),
        web_form=said("web_form"),
        social=said("social"),
        language=said("language"),
        for_countries=[code.upper() for code in split(said("for_countries"), ",")],
        form_asks=split(said("form_asks")),
        opening_hours=split(said("opening_hours")),
        timezone=said("timezone"),
    )


def _moved(items: list[T], move: str, kind: str) -> list[T]:
    """Return the items with one of them a place up or down, when the button for that was pressed."""
    what, _, rest = move.partition(":")
    number, _, way = rest.partition(":")
    if what != kind or not number.isdecimal() or way not in _MOVES:
        return items
    at, to = int(number), int(number) + _MOVES[way]
    if not (0 <= at < len(items) and 0 <= to < len(items)):
        return items
    moved = list(items)
    moved[at], moved[to] = moved[to], moved[at]
    return moved
