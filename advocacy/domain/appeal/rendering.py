"""A letter in another language than it is composed in: as its addressee should read it, or for its supporter to read alone."""

from dataclasses import replace

from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, Form
from advocacy.domain.translation import Texts


def facts_of(texts: Texts, *, countries: tuple[str, ...], ua_number: str | None) -> CampaignFacts:
    """Return what a letter may say about a campaign, in the language of `texts`."""
    return CampaignFacts(
        title=texts.title,
        demands=tuple(Demand(text) for text in texts.demands),
        summary=texts.fields["concern"],
        countries=countries,
        ua_number=ua_number,
    )


def for_reading(request: AppealRequest, language: str, texts: Texts) -> AppealRequest:
    """Return the request of the same letter in the reader's language: the same parts, demands and own words in the same order.

    Where `texts` are in another language the demands stay as they are and are led in by a colon, which fits any words.
    """
    facts = facts_of(texts, countries=request.facts.countries, ua_number=request.facts.ua_number)
    if texts.language.partition("-")[0] != language:
        facts = replace(facts, demands=tuple(replace(demand, form=Form.NEUTRAL) for demand in facts.demands))
    return replace(request, language=language, facts=facts)
