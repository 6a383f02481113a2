"""Sentences for a reader, in English, that remember what they are made of, so that a page can say them in its language.

The catalogues of translations are keyed by the templates; `templates/translations/*.cfg` name the calls that are
looked through for them, so a template is always written out where it is said.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Self

from babel import Locale
from babel.numbers import format_decimal

from advocacy.domain.wording import country_name, locale_for, long_day, near_day


class Sentence(str):
    """A text in English, such as `Sentence("“%(title)s” goes out on %(day)s.", title=title, day=day)`.

    Facts are handed in as they are known: days, times, numbers, other sentences, lists of these. Each language
    writes them its own way. A percent sign is doubled where there are facts, as `gettext` has it.
    """

    template: str
    many: str
    """The template for more than one; empty where it makes no difference."""
    facts: dict[str, object]

    def __new__(cls, template: str = "", /, **facts: object) -> Self:
        return cls._made(template, "", facts)

    @classmethod
    def counted(cls, one: str, many: str, num: int, /, **facts: object) -> Self:
        """Return the sentence about one or the one about several; `%(num)s` is how many."""
        return cls._made(one, many, {"num": num, **facts})

    @classmethod
    def restored(cls, text: str) -> Self:
        """Return the sentence that `kept` wrote; any other text is one of its own."""
        return cls._from_plain(json.loads(text)) if text.startswith('{"say": ') else cls(text)

    @classmethod
    def _from_plain(cls, known: dict[str, Any]) -> Self:
        facts = {
            name: cls._from_plain(fact) if isinstance(fact, dict) else fact for name, fact in known["facts"].items()
        }
        return cls._made(known["say"], known["many"], facts)

    @classmethod
    def _made(cls, template: str, many: str, facts: dict[str, object]) -> Self:
        chosen = many if many and facts["num"] != 1 else template
        said = chosen % {name: in_words(value, _ENGLISH) for name, value in facts.items()} if facts else chosen
        made = super().__new__(cls, said)
        made.template, made.many, made.facts = template, many, facts
        return made


@dataclass(frozen=True)
class Near:
    """A day within a year among the facts of a sentence: it is said without its year."""

    day: date


class Country(str):
    """A country's code (ISO 3166 alpha-2) among the facts of a sentence: each language has its own name for it."""


def kept(text: str) -> str:
    """Return a text as it is stored: its words where they are all there is, else JSON of its template and facts."""
    if not isinstance(text, Sentence) or not text.facts:
        return str(text)
    return json.dumps(_plain(text), ensure_ascii=False)


def in_words(value: object, locale: Locale, zone: tzinfo = UTC, say: Callable[[object], str] = str) -> str:
    """Return a fact as a locale writes it. `say` puts what is words already, instants are read in `zone`."""
    if isinstance(value, tuple | list):
        parted = " " if all(isinstance(each, Sentence) for each in value) else ", "
        return parted.join(in_words(each, locale, zone, say) for each in value)
    if isinstance(value, int | float):
        return str(format_decimal(value, locale=locale))
    if isinstance(value, Near | date | time):
        return _when(value, locale, zone)
    return country_name(value, locale) if isinstance(value, Country) else say(value)


def _when(value: Near | date | time, locale: Locale, zone: tzinfo) -> str:
    if isinstance(value, Near):
        return near_day(value.day, locale)
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{long_day(local.date(), locale)}, {local:%H:%M}{' UTC' if zone is UTC else ''}"
    return long_day(value, locale) if isinstance(value, date) else f"{value:%H:%M}"


def _plain(fact: object) -> object:
    """What JSON can hold of a fact: sentences whole, numbers and words as they are, all else in English words."""
    if isinstance(fact, Sentence):
        return {
            "say": fact.template,
            "many": fact.many,
            "facts": {name: _plain(each) for name, each in fact.facts.items()},
        }
    return fact if isinstance(fact, int | float) else in_words(fact, _ENGLISH)


_ENGLISH = locale_for("en")
