"""The block of demands: each one word for word, led in by words that fit its grammar, as sentences or as a list."""

from enum import Enum

from advocacy.domain.appeal.choosing import Chooser
from advocacy.domain.appeal.grammar import Wording, understand
from advocacy.domain.appeal.leaning import leans
from advocacy.domain.appeal.phrases import Phrase
from advocacy.domain.appeal.pools import SEVERAL, Voice
from advocacy.domain.appeal.request import AppealRequest, Form
from advocacy.domain.appeal.text import Kind, Paragraph, Piece

_SENTENCES_IN_A_PARAGRAPH = 3


class Style(Enum):
    LIST = "list"
    SENTENCES = "sentences"


def order(request: AppealRequest, chooser: Chooser) -> tuple[int, ...]:
    """Return the chosen demands in the order of this letter: rotated, so that each comes first equally often.

    Where one leans on another ("their arrest"), it and all before it stay in the campaign's order, in which the words were written,
    and only those after it are rotated. A request that names an order keeps it.
    """
    chosen = request.chosen_demands()
    if sorted(request.order) == list(chosen):
        return request.order
    leaning = [at for at, index in enumerate(chosen) if leans(request.facts.demands[index].text, request.language)]
    kept = leaning[-1] + 1 if leaning else 0
    return (*chosen[:kept], *chooser.rotated("order", chosen[kept:]))


def stands_ill_in_a_list(request: AppealRequest) -> bool:
    """Return whether one of the demands only goes on from "I write to you", as "calling for talks" does, and others do not."""
    forms = {understand(request.facts.demands[index], request.language).form for index in request.chosen_demands()}
    return Form.PARTICIPLE in forms and len(forms) > 1


def demands_block(
    request: AppealRequest, voice: Voice, chooser: Chooser, order: tuple[int, ...], style: Style
) -> tuple[Paragraph, ...]:
    """Return the paragraphs that make the demands numbered in `order`, in that order."""
    wordings = {index: understand(request.facts.demands[index], voice.language) for index in order}
    if style is not Style.LIST:
        return _as_sentences(request, voice, chooser, wordings)
    if not (request.is_copy and stands_ill_in_a_list(request)):
        return _listed(request, voice, chooser, wordings)
    apart = {index: wording for index, wording in wordings.items() if wording.form is Form.PARTICIPLE}
    others = {index: wording for index, wording in wordings.items() if index not in apart}
    return (*_listed(request, voice, chooser, others), *_listed(request, voice, chooser, apart))


def _listed(
    request: AppealRequest, voice: Voice, chooser: Chooser, wordings: dict[int, Wording]
) -> tuple[Paragraph, ...]:
    form = common_form(wordings)
    part = "copy_list" if request.is_copy else "list"
    if not voice.has(f"{part}.{form}", request.tone):
        form = Form.NEUTRAL
    lead = chooser.choose(f"{part}.{form}", voice.phrases(f"{part}.{form}", request.tone), several(len(wordings)))
    # A lead like "I urge you to:" runs on into its items; after any other, each item stands for itself.
    runs_on = form in {Form.INFINITIVE, Form.CLAUSE, Form.PARTICIPLE, Form.NOUN}
    if len(wordings) == 1 and runs_on and (voice.language, form) != ("de", Form.NOUN):
        ((index, wording),) = wordings.items()
        return (Paragraph((Piece(_in_one(lead, wording, form, voice.language), Kind.DEMAND, index),)),)
    last = list(wordings)[-1]
    parted = "\u00a0;" if voice.language == "fr" else ";"
    items = tuple(
        Piece(
            one_end(f"{_item(wording, runs_on=runs_on)}{'.' if index == last or not runs_on else parted}"),
            Kind.DEMAND,
            index,
        )
        for index, wording in wordings.items()
    )
    return Paragraph((Piece(lead),)), Paragraph(items, bulleted=True)


def _in_one(lead: str, wording: Wording, form: Form, language: str) -> str:
    """Return what leads into a list and its only item as one sentence."""
    start = lead.rstrip(":,\u00a0 ")
    if language == "fr" and form is Form.INFINITIVE:
        return one_end(f"{start.removesuffix(' de')} {wording.de}.")
    comma = "," if lead.endswith(",") or (language == "de" and form in {Form.INFINITIVE, Form.CLAUSE}) else ""
    return one_end(f"{start}{comma} {wording.que if form is Form.CLAUSE else wording.lower}.")


def _item(wording: Wording, *, runs_on: bool) -> str:
    if wording.form is Form.CLAUSE:
        return wording.que if runs_on else wording.que[:1].upper() + wording.que[1:]
    return wording.lower if runs_on else wording.upper


def common_form(wordings: dict[int, Wording]) -> Form:
    """Return the form that all the demands share, or neutral."""
    forms = {wording.form for wording in wordings.values()}
    return forms.pop() if len(forms) == 1 else Form.NEUTRAL


def _as_sentences(
    request: AppealRequest, voice: Voice, chooser: Chooser, wordings: dict[int, Wording]
) -> tuple[Paragraph, ...]:
    pieces: list[Piece] = []
    for at, (index, wording) in enumerate(wordings.items()):
        part = f"{'further' if at else 'each'}.{wording.form}"
        values = wording.slots() | several(len(wordings))
        after = pieces[-1].text if pieces else ""
        sentence = nth_phrasing(chooser, part, at, voice.phrases(part, request.tone), values, after=after)
        pieces.append(Piece(sentence, Kind.DEMAND, index))
    if len(pieces) <= _SENTENCES_IN_A_PARAGRAPH:
        return (Paragraph(tuple(pieces)),)
    half = (len(pieces) + 1) // 2
    return Paragraph(tuple(pieces[:half])), Paragraph(tuple(pieces[half:]))


def nth_phrasing(
    chooser: Chooser, part: str, at: int, phrases: tuple[Phrase, ...], values: dict[str, str], *, after: str = ""
) -> str:
    """Return a sentence for the demand at place `at`; its phrasing differs from those of its neighbours."""
    able = [phrase for phrase in phrases if phrase.slots <= values.keys()]
    start = chooser.number(part, len(able)) + at
    return one_end(chooser.choose(f"{part}#{at}", able, values, at=start, after=after))


def one_end(sentence: str) -> str:
    """Return a sentence with one final mark where a demand brought its own ("in the U.S..", "Where is Lin?.")."""
    return sentence[:-1] if sentence.endswith(("..", "?.")) and not sentence.endswith("...") else sentence


def several(demands: int) -> dict[str, str]:
    """Return the slot that lets phrasings speak of demands in the plural."""
    return {SEVERAL: ""} if demands > 1 else {}
