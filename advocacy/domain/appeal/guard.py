"""What must be mended before an appeal is sent, and what would make it better."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from advocacy.domain.appeal.measure import says
from advocacy.domain.appeal.pools import Voice
from advocacy.domain.appeal.request import AppealRequest
from advocacy.domain.appeal.text import Appeal, Kind


class ProblemKind(StrEnum):
    HINT = "hint"  # a hint of the page was left in the text
    PLACEHOLDER = "placeholder"  # something still to be filled in: [your name], ____, XXX
    MERGE_SIGN = "merge_sign"  # a sign of a mail program that was never filled: {name}, *|FNAME|*
    EMPTY = "empty"  # a place where something is missing: "Dear ,", "( )"


@dataclass(frozen=True)
class Problem:
    """Something that blocks sending. `start` and `end` mark the place in the text that was looked at."""

    kind: ProblemKind
    start: int
    end: int
    excerpt: str
    sentence: str


class NudgeKind(StrEnum):
    NOT_PERSONAL = "not_personal"
    UNSIGNED = "unsigned"
    LONG = "long"
    SHOUTING = "shouting"
    DEMAND_GONE = "demand_gone"


@dataclass(frozen=True)
class Nudge:
    """Something that would make an appeal better and blocks nothing. `excerpt` is what it is about, where that is some text."""

    kind: NudgeKind
    sentence: str
    excerpt: str = ""


_MERGE_SIGNS = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$?\{\s*\w[\w .-]*\}|\*\|[^|\n]{1,40}\|\*|<<[^<>\n]{1,40}>>|«\w+»|%%?[A-Z][A-Z_]{2,}%%?|\{\{|\}\}|<(?:name|first ?name|your \w+)>",
    re.IGNORECASE,
)
_PLACEHOLDERS = re.compile(
    r"\[(?!\s*(?:sic|…|\.{3}|\d+)\s*\])[^\[\]\n]{2,80}\]|_{3,}|\b[Xx]{3,}\b|\b(?:lorem ipsum|TODO|TBD|tbc)\b|\.{5,}|…{2,}"
)
_EMPTY_PLACES = re.compile(
    r"^(?:Dear|Hello|Cher|Chère|Estimad[oa]|Sehr geehrte[r]?|Madame|Monsieur)\s*,\s*,|^(?:Dear|Cher|Chère|Estimad[oa]|Sehr geehrte[r]?)\s*[,:]|\(\s*\)|“\s*”|\"\"|«\s*»",
    re.MULTILINE,
)
_LONG_OWN_CHARACTERS = 900
_SENTENCES = {
    ProblemKind.HINT: "A hint is still in your text. Put your own words in its place, or delete it:",
    ProblemKind.PLACEHOLDER: "Something still has to be filled in here:",
    ProblemKind.MERGE_SIGN: "This sign belongs to a mail program and would be sent as it stands:",
    ProblemKind.EMPTY: "Something is missing here:",
}


def problems(text: str, voice: Voice) -> tuple[Problem, ...]:
    """Return what blocks sending `text` (subject, body, or an answer), in the order of their places. Overlaps count once."""
    found: list[Problem] = []
    for kind, start, end in sorted(_places(text, voice), key=lambda place: (place[1], -place[2])):
        if found and start < found[-1].end:
            continue
        excerpt = text[start:end]
        found.append(Problem(kind, start, end, excerpt, f"{_SENTENCES[kind]} {excerpt}"))
    return tuple(found)


def _places(text: str, voice: Voice) -> Iterator[tuple[ProblemKind, int, int]]:
    low = text.casefold()
    for hint in (voice.words["hint_who"], voice.words["hint_why"]):
        for sentence in re.split(r"(?<=[.?!])\s+", hint):
            at = low.find(sentence.casefold())
            if at >= 0 and len(low) == len(text):
                yield ProblemKind.HINT, at, at + len(sentence)
    for kind, pattern in (
        (ProblemKind.MERGE_SIGN, _MERGE_SIGNS),
        (ProblemKind.PLACEHOLDER, _PLACEHOLDERS),
        (ProblemKind.EMPTY, _EMPTY_PLACES),
    ):
        for found in pattern.finditer(text):
            yield kind, found.start(), found.end()


def problems_of(appeal: Appeal, voice: Voice) -> tuple[Problem, ...]:
    """Return what blocks sending an appeal; places count from the start of its subject, a line break and its text."""
    return problems(f"{appeal.subject}\n{appeal.text()}", voice)


def nudges(appeal: Appeal, request: AppealRequest) -> tuple[Nudge, ...]:
    """Return gentle advice about an appeal: nothing personal in it, no signature, too much text, capitals."""
    own = " ".join(piece.text for part in appeal.paragraphs for piece in part.pieces if piece.kind is Kind.OWN)
    found: list[Nudge] = []
    if not own.strip():
        found.append(
            Nudge(NudgeKind.NOT_PERSONAL, "One or two sentences of your own make this letter count for much more.")
        )
    if not request.writer.name.strip():
        found.append(
            Nudge(NudgeKind.UNSIGNED, "The letter is not signed. Your name, or your initials and town, make it yours.")
        )
    if not appeal.edited and len(own) > _LONG_OWN_CHARACTERS:
        found.append(Nudge(NudgeKind.LONG, "Your own part is long. A few sentences are read with more attention."))
    if _shouts(own):
        found.append(Nudge(NudgeKind.SHOUTING, "Capitals read like shouting. Calm words are heard better."))
    return (*found, *_demands_gone(appeal, request))


def _demands_gone(appeal: Appeal, request: AppealRequest) -> Iterator[Nudge]:
    """Yield the chosen demands that a rewritten letter no longer makes in their own words."""
    if not appeal.edited:
        return
    text = appeal.body()
    for index in request.chosen_demands():
        demand = request.facts.demands[index].text
        if not says(text, demand):
            yield Nudge(NudgeKind.DEMAND_GONE, f"Your letter no longer asks for this: {demand}", demand)


def _shouts(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{4,}", text)
    return len(words) >= 4 and sum(word.isupper() for word in words) * 2 > len(words)
