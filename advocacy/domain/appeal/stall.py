"""Sheets for a table at an event: a page with a QR code to stand on it, and letters that differ, to be signed by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from advocacy.domain import wording
from advocacy.domain.appeal.paper import LetterSheet
from advocacy.domain.appeal.paper_words import PaperWords
from advocacy.domain.appeal.sheets import Paper
from advocacy.domain.errors import InvalidError
from advocacy.domain.sentence import Sentence

MOST_LETTERS = 100


@dataclass(frozen=True)
class StallSheet:
    """What `Press.stall` prints. `url` is the campaign's page, which the QR code opens; `labels` are the places to fill in by hand."""

    language: str
    paper: Paper
    title: str
    campaign: str
    deadline: str
    url: str
    qr_alt: str
    steps: tuple[str, ...]
    foot: str
    labels: tuple[str, ...]
    letters: tuple[LetterSheet, ...]


def stall_data(
    letters: Sequence[LetterSheet],
    words: PaperWords,
    letter_words: PaperWords,
    *,
    title: str,
    url: str,
    deadline_day: date | None,
) -> StallSheet:
    """Return the sheets of a stall. `words` are in the language of the event, `letter_words` in that of the letters.

    Letters carry no name: whoever takes one signs it. Raises InvalidError for none, or for more than 100.
    """
    if not 1 <= len(letters) <= MOST_LETTERS:
        said = Sentence("A stall takes 1 to %(most)s letters, not %(number)s.", most=MOST_LETTERS, number=len(letters))
        raise InvalidError(said, faults={"letters": said})
    locale = wording.locale_for(words.language)
    until = words.say("stall.deadline", day=wording.long_day(deadline_day, locale)) if deadline_day else ""
    return StallSheet(
        language=words.language,
        paper=letters[0].paper,
        title=words.say("stall.title"),
        campaign=title,
        deadline=until,
        url=url,
        qr_alt=words.say("stall.qr_alt", url=url),
        steps=tuple(words.say(f"stall.{step}") for step in ("take", "sign", "keep", "scan")),
        foot=letter_words.say("stall.foot"),
        labels=tuple(letter_words.say(f"stall.{label}") for label in ("name", "town", "signature")),
        letters=tuple(replace(letter, signature=(), sender=()) for letter in letters),
    )
