"""The pools of phrasings by language, part of the letter and tone, read from texts that a non-programmer edits."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from advocacy.domain.appeal.phrases import Phrase, PhraseError, parse_phrase
from advocacy.domain.appeal.request import Form, Tone
from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.sentence import Sentence

_FORMS = tuple(Form)
_ABOUT = frozenset({"topic", "title"})
_SELF = frozenset({"name", "city", "a_city", "country"})
_ASK = frozenset({"demand", "Demand", "de_demand", "que_demand"})
_ALWAYS_THERE = _ASK | {"title", "first_day"}
NEEDS_A_FACT = Sentence("one phrasing at least must do without name, city, country and topic")
SEVERAL = "several"  # prints nothing, and keeps a phrasing for letters that make more than one demand
NAMED = "named"  # prints nothing, and keeps a closing for letters whose salutation names somebody
UNNAMED = "unnamed"  # the same for those that begin "Dear Sir or Madam"

SLOTS: dict[str, frozenset[str]] = {
    "subject": _ABOUT,
    "opening": _ABOUT | _SELF,
    "again_opening": frozenset({"first_day"}),
    "matter": frozenset({"title"}),
    "who": _SELF,
    "concern": _ABOUT,
    "principle": frozenset(),
    "conviction": frozenset(),
    "reply": frozenset(),
    "thanks": frozenset(),
    "closing": frozenset({"appel", NAMED, UNNAMED}),
    "copy_subject": _ABOUT,
    "copy_opening": _ABOUT | {"primary"},
    "copy_request": frozenset(),
    "phone_greeting": _SELF,
    "phone_about": _ABOUT,
    "phone_thanks": frozenset(),
    "social": _ABOUT | {"handle", "demand", "Demand"},
    "social_short": _ABOUT | {"handle"},
    **{f"{part}.{form}": frozenset() for part in ("list", "copy_list") for form in _FORMS},
    **{f"{part}.{form}": _ASK for part in ("each", "further", "phone") for form in _FORMS},
    **{f"social.{form}": _ABOUT | _ASK | {"handle"} for form in _FORMS},
}
"""The parts a letter, a script and a post are made of, and the slots each may use."""

REQUIRED = (
    "subject", "opening", "matter", "who", "concern", "principle", "conviction", "reply", "thanks", "closing", "copy_opening",
    "copy_request", "phone_greeting", "phone_about", "phone_thanks", "social", "social_short", "list.neutral",
    "list.infinitive", "each.neutral", "each.infinitive", "further.neutral", "further.infinitive",
    "copy_list.neutral", "phone.neutral", "phone.infinitive",
)  # fmt: skip
"""Parts that each language must have for each tone; other forms of demand fall back to the neutral one."""

WORDS = (
    "salutation", "fax_to", "fax_from", "fax_number", "fax_pages", "subject_label", "air_mail", "date", "date_with_city",
    "hint_who", "hint_why",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Voice:
    """The phrasings of one language, ready to choose from."""

    language: str
    parts: Mapping[tuple[str, Tone], tuple[Phrase, ...]]
    words: Mapping[str, str]
    months: tuple[str, ...]

    def phrases(self, part: str, tone: Tone) -> tuple[Phrase, ...]:
        """Return the phrasings of a part; a form of demand without its own gets the neutral ones."""
        found = self.parts.get((part, tone))
        if found:
            return found
        return self.parts[(f"{part.partition('.')[0]}.{Form.NEUTRAL}", tone)]

    def has(self, part: str, tone: Tone) -> bool:
        return bool(self.parts.get((part, tone)))


@dataclass(frozen=True)
class Pools:
    voices: Mapping[str, Voice]

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(self.voices))

    def voice(self, language: str) -> Voice:
        """Return the phrasings for a BCP 47 tag, or for its language alone (fr for fr-CA). Raises NotFoundError."""
        found = self.voices.get(language) or self.voices.get(language.partition("-")[0].lower())
        if found is None:
            raise NotFoundError(
                "There are no phrasings in “%(language)s”. Write the letter in one of: %(languages)s.",
                language=language,
                languages=self.languages(),
            )
        return found

    def best(self, *wanted: str | None) -> str:
        """Return the first wanted language that letters can be written in, else English, else the first there is."""
        for language in wanted:
            short = (language or "").partition("-")[0].lower()
            if short in self.voices:
                return short
        return "en" if "en" in self.voices else self.languages()[0]


def parse_pools(texts: Mapping[str, str]) -> Pools:
    """Return the pools written in `texts`, whose keys are `<language>/<file>.toml`.

    Raises InvalidError with `faults` naming file, part and phrase, all of them at once.
    """
    faults: dict[str, str] = {}
    drafts: dict[str, _Draft] = {}
    for place in sorted(texts):
        language = place.partition("/")[0]
        draft = drafts.setdefault(language, _Draft(language))
        try:
            content = tomllib.loads(texts[place])
        except tomllib.TOMLDecodeError as error:
            faults[place] = f"not readable as TOML: {error}"
            continue
        draft.read(place, content, faults)
    for draft in drafts.values():
        draft.check(faults)
    if faults:
        listed = "; ".join(f"{where}: {what}" for where, what in faults.items())
        raise InvalidError(f"The phrasings cannot be used. {listed}", faults=faults)
    return Pools({language: draft.voice() for language, draft in drafts.items()})


class _Draft:
    """One language while its files are read."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.parts: dict[tuple[str, Tone], list[Phrase]] = {}
        self.words: dict[str, str] = {}
        self.months: tuple[str, ...] = ()

    def read(self, place: str, content: dict[str, Any], faults: dict[str, str]) -> None:
        words = content.pop("words", {})
        self.words |= {key: str(value) for key, value in words.items() if key != "months"}
        self.months = tuple(words.get("months", self.months))
        for part, key, phrases in _entries(content):
            where = f"{place} [{part}] {key}"
            if part not in SLOTS:
                faults[where] = "no such part"
            elif key != "any" and key not in set(Tone):
                faults[where] = "a tone is one of any, formal, warm, brief"
            else:
                self._add(part, key, phrases, where=where, faults=faults)

    def _add(self, part: str, key: str, phrases: list[str], *, where: str, faults: dict[str, str]) -> None:
        for number, source in enumerate(phrases, start=1):
            try:
                phrase = phrase_for(part, source, self.language)
            except PhraseError as error:
                faults[f"{where}, phrase {number}"] = str(error)
                continue
            for tone in Tone if key == "any" else (Tone(key),):
                known = self.parts.setdefault((part, tone), [])
                if phrase in known:
                    faults[f"{where}, phrase {number}"] = "stands there twice"
                known.append(phrase)

    def check(self, faults: dict[str, str]) -> None:
        for part, tone in product(REQUIRED, Tone):
            if not self.parts.get((part, tone)):
                faults[f"{self.language} [{part}] {tone}"] = "there is no phrasing for it"
        for (part, tone), phrases in self.parts.items():
            if part != "who" and not any(always_fills(phrase) for phrase in phrases):
                faults[f"{self.language} [{part}] {tone}"] = NEEDS_A_FACT
        for word in WORDS:
            if word not in self.words:
                faults[f"{self.language} [words] {word}"] = "is missing"
        if len(self.months) != 12:
            faults[f"{self.language} [words] months"] = f"must be 12 names, not {len(self.months)}"

    def voice(self) -> Voice:
        parts = {key: tuple(phrases) for key, phrases in self.parts.items()}
        return Voice(self.language, parts, self.words, self.months)


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (part, tone, phrases) from the tables of a file; [list.infinitive] is the part `list.infinitive`."""
    for part, table in content.items():
        for key, value in table.items():
            if isinstance(value, dict):
                yield from ((f"{part}.{key}", tone, phrases) for tone, phrases in value.items())
            else:
                yield part, key, value


def phrase_for(part: str, source: str, language: str) -> Phrase:
    """Return a phrasing for a part of the letter. Raises PhraseError where it cannot stand there."""
    phrase = parse_phrase(_typeset(source, language))
    for slot in re.finditer(r"\{(\w+)\}", source):
        if slot.group(1) not in SLOTS[part] | {SEVERAL}:
            raise PhraseError(Sentence("unknown slot %(slot)s", slot=slot.group()), slot.start(), slot.end())
    if SLOTS[part] == _ASK and not phrase.slots & _ASK:
        raise PhraseError(
            Sentence("it must say the demand: put {demand} or {Demand} where its words go"), 0, len(source)
        )
    return phrase


def always_fills(phrase: Phrase) -> bool:
    """Return whether a phrasing does without any fact that may be missing."""
    return phrase.slots <= _ALWAYS_THERE


def _typeset(source: str, language: str) -> str:
    """Put the unbreakable blanks that French wants before its marks, so that writers of phrases need not know the key."""
    if language != "fr":
        return source
    for mark in ":;?!»":
        source = source.replace(f" {mark}", f"\u00a0{mark}")
    return source.replace("« ", "«\u00a0")
