"""Sentences of the inner layers in the language of the page: what they refuse, and why something is as it is."""

from datetime import UTC, datetime, tzinfo

from flask import Flask
from flask_babel import get_domain, gettext

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.errors import AdvocacyError
from advocacy.domain.importing import ImportState
from advocacy.domain.sentence import Sentence, in_words
from advocacy.web.desk import import_words, who
from advocacy.web.wording import locale


def register(app: Flask) -> None:
    # Whatever a template prints passes through here, so none needs to know which of its texts is a sentence.
    app.jinja_env.finalize = _printed


def say(text: object) -> str:
    """Return a sentence, or that of an error, in the language of the page; a state's word; any other text as it is."""
    if isinstance(text, AdvocacyError):
        return say(text.sentence)
    if isinstance(text, Sentence):
        return _translated(text)
    if isinstance(text, BlastState | CampaignState | DispatchState):
        return state_word(text)
    if isinstance(text, ImportState):
        return import_words.states()[text][0]
    return str(text)


def state_word(state: CampaignState | BlastState | DispatchState) -> str:
    """Return a state as a word for a reader."""
    told = {
        BlastState.DRAFT: gettext("draft"),
        BlastState.PROPOSED: gettext("waits for approval"),
        BlastState.SCHEDULED: gettext("planned"),
        BlastState.PLANNING: gettext("being prepared"),
        BlastState.SENDING: gettext("sending"),
        BlastState.PAUSED: gettext("paused"),
        BlastState.BLOCKED: gettext("blocked"),
        BlastState.MISSED: gettext("missed"),
        BlastState.COMPLETED: gettext("sent"),
        BlastState.CANCELLED: gettext("cancelled"),
        CampaignState.LIVE: gettext("live"),
        CampaignState.CLOSED: gettext("closed"),
    }
    return str(told.get(state, state))


def _printed(value: object) -> object:
    return _translated(value) if isinstance(value, Sentence) else value


def _translated(sentence: Sentence) -> str:
    if not sentence:
        return ""
    texts, facts = get_domain().get_translations(), sentence.facts
    text = (
        texts.ungettext(sentence.template, sentence.many, facts["num"])
        if sentence.many
        else texts.ugettext(sentence.template)
    )
    zone = _zone(facts)
    return str(text % {name: in_words(value, locale(), zone, say) for name, value in facts.items()} if facts else text)


def _zone(facts: dict[str, object]) -> tzinfo:
    """Only organisers are told instants; each reads them in their own zone."""
    return who.zone() if any(isinstance(value, datetime) for value in facts.values()) else UTC
