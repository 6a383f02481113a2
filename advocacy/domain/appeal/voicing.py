"""A campaign's own phrasings: judged like those that ship, and joined with them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from advocacy.domain.appeal.campaign_phrasings import NONE, CampaignPhrasings
from advocacy.domain.appeal.phrases import Phrase, PhraseError
from advocacy.domain.appeal.pools import NEEDS_A_FACT, SLOTS, Voice, always_fills, phrase_for
from advocacy.domain.appeal.request import Tone
from advocacy.domain.sentence import Sentence

MOST_PHRASES = 30
LONGEST_PHRASE = 500
_MOST_WORDINGS = 5_000  # of one phrasing, all combinations of its alternatives
_ENDED = frozenset(
    {"opening", "again_opening", "who", "concern", "principle", "conviction", "reply", "thanks", "each", "further"}
)
_UNTIDY = re.compile(r"[|{}]|\s[.,]|[,;]\.|\.\.|\( | \)|\s[:;?!»]|« |  ")
_UNTIDY_FRENCH = re.compile(r"[|{}]|\s[.,]|[,;]\.|\.\.|\( | \)| [:;?!»]|« |  ")
_MAY_BEGIN = "¿¡«“„("


@dataclass(frozen=True)
class Flaw:
    """What is wrong with one phrasing. `line` counts from 1, 0 for the part as a whole; `start` and `end` mark the place in `text`."""

    part: str
    line: int
    text: str
    start: int
    end: int
    sentence: Sentence


def flaws_in(language: str, own: CampaignPhrasings) -> tuple[Flaw, ...]:
    """Return what keeps a campaign's phrasings from being used, in their order."""
    found = [flaw for part, sources in own.added for flaw in _flaws_of_part(part, sources, language)]
    for part in sorted(own.locked):
        found += _flaws_of_lock(part, own.of(part), language, spoilt={flaw.part for flaw in found})
    return tuple(found)


@lru_cache(maxsize=256)
def voiced(voice: Voice, own: CampaignPhrasings) -> Voice:
    """Return the voice with a campaign's own phrasings, which serve every tone."""
    if own == NONE:
        return voice
    parts = dict(voice.parts)
    for part, sources in own.added:
        phrases = tuple(phrase_for(part, source, voice.language) for source in sources)
        for tone in Tone:
            shipped = () if part in own.locked else voice.parts.get((part, tone), ())
            parts[part, tone] = (*shipped, *(phrase for phrase in phrases if phrase not in shipped))
    return replace(voice, parts=parts)


def untidiness(phrase: Phrase, part: str, language: str) -> Sentence:
    """Return what is wrong with the sentences a phrasing can become, "" where they are tidy."""
    kind = part.partition(".")[0]
    for text in _wordings(phrase):
        marks = _UNTIDY_FRENCH if language == "fr" else _UNTIDY
        if not text:
            return Sentence("it can become empty")
        stray = marks.search(text)
        if stray:
            return Sentence(
                "a stray mark or blank in “%(text)s”", text=text[max(0, stray.start() - 12) : stray.end() + 12]
            )
        if not (text[0].isupper() or text[0] in _MAY_BEGIN):
            return Sentence("begin it with a capital: “%(text)s…”", text=text[:24])
        if kind in _ENDED and text[-1] not in ".!?":
            return Sentence("end it with a full stop: “…%(text)s”", text=text[-24:])
        if kind in {"list", "copy_list"} and text[-1] not in ":,":
            return Sentence("end it with a colon, for a list follows: “…%(text)s”", text=text[-24:])
    return Sentence()


def _flaws_of_part(part: str, sources: tuple[str, ...], language: str) -> Iterator[Flaw]:
    if part not in SLOTS:
        yield Flaw(part, 0, part, 0, len(part), Sentence("no such part"))
        return
    if len(sources) > MOST_PHRASES:
        yield Flaw(
            part,
            0,
            "",
            0,
            0,
            Sentence(
                "use at most %(most)s phrasings; there are %(number)s",
                most=MOST_PHRASES,
                number=len(sources),
            ),
        )
    for line, source in enumerate(sources, start=1):
        try:
            sentence = _sentence_on(source, part, language, again=source in sources[: line - 1])
        except PhraseError as fault:
            yield Flaw(part, line, source, fault.start, fault.end, fault.sentence)
            continue
        if sentence:
            yield Flaw(part, line, source, 0, len(source), sentence)


def _sentence_on(source: str, part: str, language: str, *, again: bool) -> Sentence:
    if len(source) > LONGEST_PHRASE:
        return Sentence(
            "use at most %(most)s characters; this has %(number)s",
            most=LONGEST_PHRASE,
            number=len(source),
        )
    phrase = phrase_for(part, source, language)
    if phrase.variants() > _MOST_WORDINGS:
        return Sentence("it can be worded in %(variants)s ways; use fewer alternatives", variants=phrase.variants())
    return Sentence("stands there twice") if again else untidiness(phrase, part, language)


def _flaws_of_lock(part: str, sources: tuple[str, ...], language: str, *, spoilt: set[str]) -> Iterator[Flaw]:
    if not sources:
        yield Flaw(part, 0, "", 0, 0, Sentence("write at least one phrasing of your own before you lock it"))
    elif part not in spoilt and not any(always_fills(phrase_for(part, source, language)) for source in sources):
        yield Flaw(part, 0, "", 0, 0, NEEDS_A_FACT)


def _wordings(phrase: Phrase) -> Iterator[str]:
    """Yield sentences in which each alternative of the phrasing comes up, its slots filled with plain words."""
    values: Mapping[str, str] = dict.fromkeys(phrase.slots, "Xylo") | dict.fromkeys(_SILENT & phrase.slots, "")
    for pick in range(max(len(segment) for segment in phrase.segments)):
        yield phrase.render(bytes([pick]), values)


_SILENT = frozenset({"several", "named", "unnamed"})
