"""The two short kinds of appeal: a script to say on the phone within a minute, and one public post."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from advocacy.domain.appeal import asking, fitting
from advocacy.domain.appeal.choosing import Chooser
from advocacy.domain.appeal.grammar import understand
from advocacy.domain.appeal.leaning import leans
from advocacy.domain.appeal.own import closed, ended
from advocacy.domain.appeal.pools import Voice
from advocacy.domain.appeal.request import AppealRequest
from advocacy.domain.appeal.text import Appeal, Kind, Paragraph, Piece


def script(request: AppealRequest, voice: Voice, chooser: Chooser, values: Mapping[str, str]) -> Appeal:
    """Return what to say on the phone: short lines, one thing each, at most 60 seconds.

    Own words and the reason are given up before a demand is; demands that no longer fit are in `left_out`, and the order
    rotates, so that each is said by someone.
    """
    order = asking.order(request, chooser)
    greeting = _said(request, voice, chooser, "phone_greeting", values)
    about = _said(request, voice, chooser, "phone_about", values, after=greeting.text.rpartition(". ")[2])
    thanks = _said(request, voice, chooser, "phone_thanks", values)
    own = tuple(Piece(text, Kind.OWN) for text in (ended(request.own.why),) if text)
    asked = [_asked(request, voice, chooser, at, index) for at, index in enumerate(order)]
    for own_kept, count in [(own, len(asked)), *(((), count) for count in range(len(asked), 0, -1))]:
        lines = (greeting, about, *own_kept, *asked[:count], thanks)
        appeal = _short(request, voice, tuple(Paragraph((line,)) for line in lines if line.text))
        appeal = replace(appeal, left_out=tuple(order[count:]), seconds=fitting.spoken_seconds(appeal.body()))
        if fitting.fits(appeal, address=None):
            return appeal
    return replace(appeal, fits=False)


def post(request: AppealRequest, voice: Voice, chooser: Chooser, values: Mapping[str, str]) -> Appeal:
    """Return one public post of at most 280 characters: the first demand that stands alone and fits it whole, or none rather than a piece of one."""
    order = asking.order(request, chooser)
    stand_alone = [index for index in order if not leans(request.facts.demands[index].text, voice.language)]
    for index in stand_alone:
        wording = understand(request.facts.demands[index], voice.language)
        part = f"social.{wording.form}"
        phrases = voice.phrases(part if voice.has(part, request.tone) else "social", request.tone)
        for step in range(len(phrases)):
            phrase = phrases[(chooser.number("social", len(phrases)) + step) % len(phrases)]
            text = asking.one_end(chooser.choose(f"social#{step}", (phrase,), {**values, **wording.slots()}))
            text = _addressed(text, values.get("handle", ""))
            if 0 < len(text) <= fitting.POST_CHARACTERS:
                rest = tuple(other for other in order if other != index)
                piece = Piece(text, Kind.DEMAND, index)
                return replace(_short(request, voice, (Paragraph((piece,)),)), left_out=rest)
    text = closed(chooser.choose("social_short", voice.phrases("social_short", request.tone), values), voice.language)
    text = _addressed(text, values.get("handle", ""))
    appeal = replace(_short(request, voice, (Paragraph((Piece(text),)),)), left_out=order)
    return replace(appeal, fits=fitting.fits(appeal, address=None))


def _addressed(text: str, handle: str) -> str:
    """Return a post that names whom it is for, also where its phrasing does not."""
    return f"{text} {handle}" if text and handle and handle not in text else text


def _said(
    request: AppealRequest, voice: Voice, chooser: Chooser, part: str, values: Mapping[str, str], *, after: str = ""
) -> Piece:
    sentence = chooser.choose(part, voice.phrases(part, request.tone), values, after=after)
    return Piece(closed(sentence, voice.language))


def _asked(request: AppealRequest, voice: Voice, chooser: Chooser, at: int, index: int) -> Piece:
    wording = understand(request.facts.demands[index], voice.language)
    part = f"phone.{wording.form}"
    sentence = asking.nth_phrasing(chooser, part, at, voice.phrases(part, request.tone), wording.slots())
    return Piece(sentence, Kind.DEMAND, index)


def _short(request: AppealRequest, voice: Voice, paragraphs: Sequence[Paragraph]) -> Appeal:
    """Return an appeal without the dress of a letter: nobody says a salutation line or signs a post."""
    return Appeal(
        language=voice.language,
        channel=request.channel,
        tone=request.tone,
        subject="",
        salutation="",
        paragraphs=tuple(paragraphs),
        closing="",
        signature=(),
    )
