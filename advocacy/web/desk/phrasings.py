"""An organiser's own words for one campaign's letters: phrasings by part, locked parts, a model letter, with real letters to look at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from advocacy.domain.appeal.campaign_phrasings import CampaignPhrasings
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.grammar import understand
from advocacy.domain.appeal.model_letter import LONGEST_MODEL
from advocacy.domain.appeal.pools import SLOTS
from advocacy.domain.appeal.request import Demand, Form, Tone
from advocacy.domain.appeal.text import Appeal
from advocacy.domain.appeal.voicing import Flaw, flaws_in
from advocacy.domain.errors import InvalidError
from advocacy.domain.permissions import Permission
from advocacy.domain.wording import locale_for
from advocacy.gateways import current
from advocacy.gateways.phrases import load_pools
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns, phrasings
from advocacy.web import access
from advocacy.web.desk import letters, who
from advocacy.web.wording import locale

bp = Blueprint("desk_phrasings", __name__, url_prefix="/desk/campaigns")

_EXAMPLES = 3
_PREVIEWS = 3
_LETTER = ("subject", "opening", "matter", "who", "concern", "principle", "conviction", "reply", "thanks", "closing")
_OTHERS = ("copy_opening", "copy_request", "phone_greeting", "phone_about", "phone_thanks")


@dataclass(frozen=True)
class Part:
    """One part of a letter on the form. `text` holds its phrasings, a line each; `examples` are some that ship."""

    key: str
    label: str
    text: str
    locked: bool
    slots: tuple[str, ...]
    examples: tuple[str, ...]
    flaws: tuple[Markup, ...]


@bp.get("/<slug>/letters/words")
@access.staff(Permission.READ)
def show(slug: str) -> ResponseReturnValue:
    campaign = campaigns.find(db.session(), slug)
    return _page(campaign, campaign.own_phrasings(_language(campaign)), {})


@bp.post("/<slug>/letters/words")
@access.staff(Permission.EDIT)
def save(slug: str) -> ResponseReturnValue:
    """Save, or with `look` show letters made with what was typed and keep nothing."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    language, own = _language(campaign), _typed(campaign)
    if "look" in request.form:
        faults = phrasings.faults_of(language, own)
        return _page(campaign, own, faults, looked=not faults), 422 if faults else 200
    try:
        phrasings.save(session, campaign, language, own, clock=current().clock, actor=who.actor())
    except InvalidError as error:
        session.rollback()
        return _page(campaigns.find(session, slug), own, error.faults), 422
    flash(_("Saved. Letters are made with these words from now on."), "good")
    return redirect(url_for("desk_phrasings.show", slug=slug, language=language))


def _languages(campaign: Campaign) -> list[str]:
    """Return the languages that letters of this campaign can be in, its own first: those it was written in or translated into."""
    pools = load_pools()
    translated = [row.language for row in campaign.translations if row.language.partition("-")[0] in pools.languages()]
    return list(dict.fromkeys(pools.best(tag) for tag in (campaign.language, *translated)))


def _language(campaign: Campaign) -> str:
    """Return the language whose words are shown: the one asked for, else the campaign's own."""
    own, *others = _languages(campaign)
    asked = request.values.get("language", "")
    return asked if asked in others else own


def _typed(campaign: Campaign) -> CampaignPhrasings:
    """Return what the form says. Parts that it does not show, as of demands since reworded, stay as they are."""
    kept = campaign.own_phrasings(_language(campaign))
    shown = [part for part in SLOTS if part in request.form]
    texts = {part: sources for part, sources in kept.added if part not in shown}
    texts |= {part: tuple(_lines(request.form[part])) for part in shown}
    locked = {part for part in kept.locked if part not in shown} | ({*request.form.getlist("locked")} & {*shown})
    model = request.form.get("model", "").replace("\r\n", "\n").strip()
    return CampaignPhrasings(
        tuple(sorted((part, said) for part, said in texts.items() if said)), frozenset(locked), model
    )


def _lines(text: str) -> Iterator[str]:
    return (" ".join(line.split()) for line in text.splitlines() if line.strip())


def _page(campaign: Campaign, own: CampaignPhrasings, faults: dict[str, str], *, looked: bool = False) -> str:
    language = _language(campaign)
    parts = {
        _("The letter"): [*_LETTER],
        _("What leads into the demands"): [*_leads(campaign)],
        _("Copies, calls and short posts"): [*_OTHERS, *_posts(campaign)],
    }
    flaws = flaws_in(language, own)
    return render_template(
        "desk/campaign/words.html",
        campaign=campaign,
        language=language,
        languages=[(tag, _named(tag)) for tag in _languages(campaign)],
        own=own,
        groups={title: [_part(key, own, flaws, language) for key in keys] for title, keys in parts.items()},
        faults=faults,
        looked=looked,
        previews=[] if faults else list(_previews(campaign, own)),
        longest=LONGEST_MODEL,
    )


def _named(tag: str) -> str:
    return str(locale_for(tag).get_language_name(locale().language) or tag)


def _leads(campaign: Campaign) -> Iterator[str]:
    """Yield the parts that lead into demands of the grammar this campaign's demands have."""
    forms = _forms(campaign)
    common = forms[0] if len(forms) == 1 else Form.NEUTRAL
    yield f"list.{common}"
    for form in forms:
        yield from (f"each.{form}", f"further.{form}")


def _posts(campaign: Campaign) -> Iterator[str]:
    yield from (f"social.{form}" for form in _forms(campaign) if form is not Form.NEUTRAL)
    yield "social_short"


def _forms(campaign: Campaign) -> list[Form]:
    language = _language(campaign)
    found = {understand(Demand(text), language).form for text in campaign.said_in(language).demands}
    return [form for form in Form if form in found]


def _part(key: str, own: CampaignPhrasings, flaws: tuple[Flaw, ...], language: str) -> Part:
    voice = load_pools().voice(language)
    shipped = voice.phrases(key, Tone.FORMAL) if "." in key or voice.has(key, Tone.FORMAL) else ()
    return Part(
        key=key,
        label=_label(key),
        text="\n".join(own.of(key)),
        locked=key in own.locked,
        slots=tuple(f"{{{slot}}}" for slot in sorted(SLOTS[key])),
        examples=tuple(phrase.source for phrase in shipped[:_EXAMPLES]),
        flaws=tuple(_marked(flaw) for flaw in flaws if flaw.part == key and flaw.line),
    )


def _marked(flaw: Flaw) -> Markup:
    """Return a phrasing with the place of its fault marked, and what the fault is."""
    text, start, end = flaw.text, flaw.start, flaw.end
    return Markup('{}: {}<mark class="mend">{}</mark>{}<br>{}').format(
        flaw.line, text[:start], text[start:end], text[end:], flaw.sentence
    )


def _previews(campaign: Campaign, own: CampaignPhrasings) -> Iterator[Appeal]:
    reached = [(row, row.value().channels()[0]) for row in campaign.addressees if row.value().channels()]
    language = _language(campaign)
    asked = [letters.letter_to(campaign, row, channel, 0) for row, channel in reached]
    to = next((pair for pair, one in zip(reached, asked, strict=True) if one.language == language), None)
    if to is None or not campaign.demands:
        return
    for number in range(_PREVIEWS):
        yield compose(replace(letters.letter_to(campaign, *to, number), phrasings=own), load_pools())


def _label(key: str) -> str:
    part, _dot, form = key.partition(".")
    said = {
        "subject": _("Subject"),
        "opening": _("Opening"),
        "matter": _("The case, where it has no sentence of its own"),
        "who": _("Who I am"),
        "concern": _("Concern"),
        "principle": _("What holds in general"),
        "conviction": _("What I trust in"),
        "reply": _("Asking for an answer"),
        "thanks": _("Thanks"),
        "closing": _("Closing"),
        "copy_opening": _("Opening of a copy"),
        "copy_request": _("What a copy asks for"),
        "phone_greeting": _("Greeting on the phone"),
        "phone_about": _("What the call is about"),
        "phone_thanks": _("End of the call"),
        "social_short": _("A post without a demand"),
        "social": _("A post with a demand"),
        "list": _("Lead into a list"),
        "each": _("First demand in a sentence"),
        "further": _("Further demands, a sentence each"),
    }
    forms = {
        "infinitive": _("such as “release them”"),
        "imperative": _("such as “Do not deport them”"),
        "noun": _("such as “the release of all”"),
        "clause": _("such as “that all be released”"),
        "participle": _("such as “calling for their release”"),
        "sentence": _("such as “They must be released”"),
        "neutral": _("of any grammar"),
    }
    return f"{said[part]} ({forms[form]})" if form else str(said[part])
