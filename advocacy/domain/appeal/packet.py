"""Everything one supporter prints: a page that says what to do, a letter to each addressee, and the envelopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from advocacy.domain import wording
from advocacy.domain.addressee import Addressee, Channel, Role
from advocacy.domain.appeal.paper import EnvelopeSheet, LetterSheet
from advocacy.domain.appeal.paper_words import PaperWords
from advocacy.domain.appeal.sheets import Envelope, Paper
from advocacy.domain.appeal.window import fits

_PAPER_NAMES = {Paper.A4: "A4", Paper.LETTER: "US Letter"}


@dataclass(frozen=True)
class Enclosure:
    """One letter to post: its page, its envelope, and the last useful day. `in_time` is False where it would come too late."""

    addressee: Addressee
    letter: LetterSheet
    envelope: EnvelopeSheet
    post_by: date
    in_time: bool
    abroad: bool


@dataclass(frozen=True)
class CoverSheet:
    """The page on top. `rows` are (to, what, post by), beside a box to tick; `others` are those who cannot be reached by post."""

    language: str
    paper: Paper
    title: str
    campaign: str
    deadline: str
    steps: tuple[str, ...]
    list_title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]
    others_title: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class PacketSheet:
    """What `Press.packet` prints as one document."""

    cover: CoverSheet
    letters: tuple[LetterSheet, ...]
    envelopes: tuple[EnvelopeSheet, ...]


def packet_data(
    enclosures: Sequence[Enclosure],
    others: Sequence[Addressee],
    words: PaperWords,
    *,
    title: str,
    deadline_day: date,
    window: Envelope | None = None,
) -> PacketSheet:
    """Return the packet of one campaign in the words of the supporter's language.

    With `window` the letters are set for window envelopes of that size, and an envelope page is made only for an address that the
    window cannot show whole. Raises ValueError without any letter to post.
    """
    if not enclosures:
        raise ValueError("a packet needs one letter at least")
    letters = tuple(_placed(one, window) for one in enclosures)
    with_envelope = [one for one, letter in zip(enclosures, letters, strict=True) if letter.window is None]
    return PacketSheet(
        cover=_cover(enclosures, letters, others, words, title=title, deadline_day=deadline_day, window=window),
        letters=letters,
        envelopes=tuple(one.envelope for one in with_envelope),
    )


def _placed(one: Enclosure, window: Envelope | None) -> LetterSheet:
    if window is None:
        return one.letter
    placed = one.letter.in_window(window)
    return placed if placed.window and fits(placed.recipient, placed.window) else one.letter


def _cover(
    enclosures: Sequence[Enclosure],
    letters: Sequence[LetterSheet],
    others: Sequence[Addressee],
    words: PaperWords,
    *,
    title: str,
    deadline_day: date,
    window: Envelope | None,
) -> CoverSheet:
    locale = wording.locale_for(words.language)
    paper = letters[0].paper
    size = str(window or enclosures[0].envelope.envelope)
    by_window = any(letter.window for letter in letters)
    steps = (
        words.say("cover.print", paper=_PAPER_NAMES[paper]),
        words.say("cover.sign"),
        words.say("cover.window" if by_window else "cover.plain", envelope=size),
        words.say("cover.stamp"),
        words.say("cover.post"),
        words.say("cover.tell"),
    )
    return CoverSheet(
        language=words.language,
        paper=paper,
        title=words.say("cover.title"),
        campaign=title,
        deadline=words.say("cover.deadline", day=wording.long_day(deadline_day, locale)),
        steps=steps,
        list_title=words.say("cover.list_title"),
        heads=tuple(words.say(f"cover.{head}") for head in ("done", "to", "what", "by")),
        rows=tuple(
            _row(one, words, by_hand=window is not None and letter.window is None)
            for one, letter in zip(enclosures, letters, strict=True)
        ),
        others_title=words.say("cover.others_title"),
        others=tuple(_other(addressee, words) for addressee in others if addressee.channels()),
    )


def _row(one: Enclosure, words: PaperWords, *, by_hand: bool) -> tuple[str, str, str]:
    copy = one.addressee.role is Role.COPY
    what = [
        words.say("cover.copy" if copy else "cover.letter"),
        words.say("cover.abroad" if one.abroad else "cover.at_home"),
    ]
    if by_hand:
        what.append(words.say("cover.by_hand"))
    locale = wording.locale_for(words.language)
    day = wording.near_day(one.post_by, locale) if one.in_time else words.say("cover.late")
    return one.addressee.name, "; ".join(what), day


def _other(addressee: Addressee, words: PaperWords) -> str:
    ways = [words.say(f"cover.{channel}") for channel in addressee.channels() if channel is not Channel.POST]
    return words.say("cover.other", name=addressee.name, ways=", ".join(ways))
