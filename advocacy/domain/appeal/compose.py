"""Composing an appeal: the parts are drawn from the pools, the demands are led in, and all is fitted to the channel."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal import asking, fitting, model_letter, places, plans, spoken
from advocacy.domain.appeal.apostrophes import dressed, dressed_paragraphs, dressed_pieces
from advocacy.domain.appeal.asking import Style
from advocacy.domain.appeal.choosing import Chooser
from advocacy.domain.appeal.own import closed, ended, own_pieces
from advocacy.domain.appeal.paper import date_line
from advocacy.domain.appeal.phrases import Phrase
from advocacy.domain.appeal.pools import NAMED, UNNAMED, Pools, Voice
from advocacy.domain.appeal.request import AppealRequest, Tone
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.appeal.text import Appeal, Kind, Paragraph, Piece
from advocacy.domain.appeal.voicing import voiced
from advocacy.domain.errors import InvalidError

_TITLES_TO_REPEAT = (
    "Madame",
    "Monsieur",
    "Mesdames",
    "Messieurs",
    "Excellence",
    "Votre ",
    "Cher ",
    "Chère ",
    "Honorable",
)
_TO_NOBODY_BY_NAME = re.compile(r"\b(?:sirs?|madams?|mesdames|messrs|whom|all|friends)\b", re.IGNORECASE)
_ENDS = ",:;!.،：，。！।"  # of a salutation, in the scripts we print
# After the comma of its salutation a German letter goes on small, unless with a noun or "Sie": so only words that are neither.
_SMALL_AFTER_COMMA = frozenset(
    """
    als am an auch auf aus bei bitte danke das der die dies diese dieser dieses ein eine erlauben es für gestatten heute hiermit ich im in manches
    mein meine mit nach seit über unter von vor was weil wenn wie wir zu zum zur
    """.split()  # noqa: SIM905
)


def compose(request: AppealRequest, pools: Pools) -> Appeal:
    """Return the appeal for a request: the same one each time for the same request.

    The demands stand in it word for word, but for a first capital and a final mark. Raises NotFoundError for a language without
    phrasings, InvalidError for a campaign without demands.
    """
    if not request.facts.demands:
        raise InvalidError(
            "“%(title)s” has no demands, so there is nothing to ask for. Add one to the campaign.",
            title=request.facts.title,
        )
    voice = voiced(pools.voice(request.language), request.phrasings)
    again = "\nagain" if request.first_sent else ""
    chooser = Chooser(f"{request.seed}\n{request.addressee.name}\n{request.tone}{again}")
    values = _values(request, voice)
    if request.channel is Channel.PHONE:
        return dressed(spoken.script(request, voice, chooser, values), request.facts)
    if request.channel is Channel.SOCIAL:
        return dressed(spoken.post(request, voice, chooser, values), request.facts)
    return _letter(request, voice, chooser, values)


def _letter(request: AppealRequest, voice: Voice, chooser: Chooser, values: Mapping[str, str]) -> Appeal:
    order = asking.order(request, chooser)
    plan = _plan(request, voice, chooser)
    style = _style(request, chooser, len(order))
    asked = dressed_paragraphs(asking.demands_block(request, voice, chooser, order, style), request.facts)
    parts = _parts(request, voice, chooser, values, plan)
    frame = Appeal(
        language=voice.language,
        channel=request.channel,
        tone=request.tone,
        subject=_subject(request, voice, chooser, values),
        salutation=salutation(request, voice),
        paragraphs=(),
        closing=chooser.choose("closing", _closings(request, voice, values), values),
        signature=tuple(line for line in (request.writer.name.strip(), request.writer.place()) if line),
    )
    frame = dressed(frame, request.facts)
    if model_letter.used_for(request):
        return _modelled(frame, asked, request)
    appeal, fits = _fitted(frame, plan, parts, asked, request)
    if not fits and style is Style.SENTENCES and len(order) > 1:
        listed = dressed_paragraphs(asking.demands_block(request, voice, chooser, order, Style.LIST), request.facts)
        appeal, fits = _fitted(frame, plan, parts, listed, request)
    if not fits and request.channel is Channel.EMAIL:
        # The body has to be pasted anyway, so nothing is gained by giving up parts of it.
        appeal = replace(frame, paragraphs=_paragraphs(plan, parts, asked))
    return _begun(replace(appeal, fits=fits))


def _modelled(frame: Appeal, asked: tuple[Paragraph, ...], request: AppealRequest) -> Appeal:
    paragraphs = model_letter.modelled(request.phrasings.model, own_pieces(request.own), asked)
    appeal = replace(frame, paragraphs=paragraphs)
    return replace(appeal, fits=fitting.fits(appeal, address=next(iter(request.addressee.emails), None)))


def _subject(request: AppealRequest, voice: Voice, chooser: Chooser, values: Mapping[str, str]) -> str:
    part = "copy_subject" if request.is_copy and voice.has("copy_subject", request.tone) else "subject"
    # It may well repeat words of the letter: "A request" and "these requests", or the title.
    return chooser.unheard().choose(part, voice.phrases(part, request.tone), values)


def _closings(request: AppealRequest, voice: Voice, values: Mapping[str, str]) -> Sequence[Phrase]:
    """Return the closings to choose from: a formal French letter takes up the title of its salutation once more, as custom wants."""
    every = voice.phrases("closing", request.tone)
    titled = [phrase for phrase in every if "appel" in phrase.slots]
    return titled if titled and request.tone is Tone.FORMAL and "appel" in values else every


def salutation(request: AppealRequest, voice: Voice) -> str:
    """Return the addressee's salutation as printed, or the language's own for an addressee without one."""
    printed = (request.addressee.salutation or "").strip()
    if not printed:
        return voice.words["salutation"]
    return printed if printed[-1] in _ENDS else f"{printed}{voice.words['salutation'][-1]}"


def _begun(appeal: Appeal) -> Appeal:
    """Return the letter with its first word small where a German salutation ends in a comma."""
    if appeal.language != "de" or not appeal.salutation.endswith(",") or not appeal.paragraphs:
        return appeal
    first, *others = appeal.paragraphs
    piece, *rest = first.pieces
    if piece.kind is not Kind.VARIED or piece.text.split(maxsplit=1)[0].lower() not in _SMALL_AFTER_COMMA:
        return appeal
    small = replace(piece, text=piece.text[0].lower() + piece.text[1:])
    return replace(appeal, paragraphs=(replace(first, pieces=(small, *rest)), *others))


def _values(request: AppealRequest, voice: Voice) -> dict[str, str]:
    """Return what can fill the slots; a slot without a value is not among them, and phrasings that need it are passed over."""
    printed = salutation(request, voice).rstrip(",:;!. ")
    by_name = bool((request.addressee.salutation or "").strip()) and not _TO_NOBODY_BY_NAME.search(printed)
    given = {
        "title": as_subject(request.facts.title, request.language).rstrip(" .,;:-–—"),
        "topic": request.facts.topic,
        "name": request.writer.name,
        "city": request.writer.city,
        "a_city": places.at_city(request.writer.city, request.language),
        "country": request.writer.country,
        "primary": request.primary.name if request.primary else "",
        "handle": request.addressee.social or "",
        "first_day": date_line(request.first_sent, voice, country="", city="") if request.first_sent else "",
        "appel": printed if printed.startswith(_TITLES_TO_REPEAT) else "",
    }
    known = {slot: " ".join(value.split()) for slot, value in given.items() if value.strip()}
    return known | asking.several(len(request.chosen_demands())) | {NAMED if by_name else UNNAMED: ""}


def _plan(request: AppealRequest, voice: Voice, chooser: Chooser) -> plans.Plan:
    again = request.first_sent is not None and voice.has("again_opening", request.tone)
    choices = (plans.COPY if request.is_copy else plans.AGAIN if again else plans.LETTER)[request.tone]
    return choices[chooser.number("plan", len(choices))]


def _style(request: AppealRequest, chooser: Chooser, demands: int) -> Style:
    if request.is_copy:
        return Style.LIST
    if demands == 1 or asking.stands_ill_in_a_list(request):
        return Style.SENTENCES
    return Style.LIST if chooser.number("style", 10) < plans.LISTED_OF_TEN[request.tone] else Style.SENTENCES


def _parts(
    request: AppealRequest, voice: Voice, chooser: Chooser, values: Mapping[str, str], plan: plans.Plan
) -> dict[str, tuple[Piece, ...]]:
    """Return the pieces of each part in the plan but the demands."""
    parts = {plans.OWN: own_pieces(request.own)}
    after = ""
    for row in plan:
        for part in row:
            if part == plans.DEMANDS or (part == "who" and request.own.who_am_i.strip()):
                continue
            if part not in parts:
                parts[part] = _part(part, request, voice, chooser, values, after)
            after = parts[part][-1].text if parts[part] else after
    return {part: dressed_pieces(pieces, request.facts) for part, pieces in parts.items()}


def _part(
    part: str, request: AppealRequest, voice: Voice, chooser: Chooser, values: Mapping[str, str], after: str
) -> tuple[Piece, ...]:
    if part == plans.SUMMARY:
        return _summary(request, voice, chooser, values, after)
    sentence = chooser.choose(part, voice.phrases(part, request.tone), values, after=after)
    return (Piece(sentence),) if sentence else ()


def _summary(
    request: AppealRequest, voice: Voice, chooser: Chooser, values: Mapping[str, str], after: str
) -> tuple[Piece, ...]:
    """Return the campaign's sentence about the case or, without one, a sentence that names its title."""
    text = ended(request.facts.summary)
    if not text:
        text = closed(
            chooser.choose("matter", voice.phrases("matter", request.tone), values, after=after), voice.language
        )
    return (Piece(text, Kind.SUMMARY),) if text else ()


def _fitted(
    frame: Appeal,
    plan: plans.Plan,
    parts: Mapping[str, tuple[Piece, ...]],
    asked: tuple[Paragraph, ...],
    request: AppealRequest,
) -> tuple[Appeal, bool]:
    """Return the appeal with as many parts as the channel holds, and whether it holds it at all."""
    address = next(iter(request.addressee.emails), None)
    kept = dict(parts)
    appeal = replace(frame, paragraphs=_paragraphs(plan, kept, asked))
    for part in plans.GIVEN_UP_FIRST:
        if fitting.fits(appeal, address=address):
            return appeal, True
        if kept.pop(part, ()):
            appeal = replace(frame, paragraphs=_paragraphs(plan, kept, asked))
    return appeal, fitting.fits(appeal, address=address)


def _paragraphs(
    plan: plans.Plan, parts: Mapping[str, tuple[Piece, ...]], asked: tuple[Paragraph, ...]
) -> tuple[Paragraph, ...]:
    paragraphs: list[Paragraph] = []
    for row in plan:
        if row == (plans.DEMANDS,):
            paragraphs += asked
            continue
        pieces = tuple(piece for part in row for piece in parts.get(part, ()))
        if pieces:
            paragraphs.append(Paragraph(pieces))
    return tuple(paragraphs)
