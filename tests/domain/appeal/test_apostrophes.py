"""A letter has one kind of apostrophe, that of its campaign."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, OwnWords, Tone

RequestMaker = Callable[..., AppealRequest]


@pytest.mark.parametrize(
    ("demand", "there", "never"),
    [("libérer Anne d’Arlo", "’", "'"), ("libérer Anne d'Arlo", "'", "’"), ("libérer Anne", "'", "’")],
    ids=["curly", "straight", "none"],
)
def test_a_letter_has_the_apostrophe_of_its_campaign(
    pools: Pools, a_request: RequestMaker, demand: str, there: str, never: str
) -> None:
    facts = CampaignFacts("Anne", (Demand(demand), Demand("ouvrir un procès")))
    for channel in (Channel.POST, Channel.PHONE, Channel.SOCIAL):
        request = a_request(language="fr", channel=channel, facts=facts)
        texts = [compose(replace(request, seed=f"c:{n}", tone=tone), pools).text() for n in range(10) for tone in Tone]
        assert not any(never in text for text in texts)
        assert any(there in text for text in texts)


def test_own_words_keep_their_apostrophe(pools: Pools, a_request: RequestMaker) -> None:
    facts = CampaignFacts("L’eau", (Demand("libérer Anne d’Arlo"),))
    request = a_request(language="fr", facts=facts, own=OwnWords(why="C'est ma voisine."))

    assert "C'est ma voisine." in compose(request, pools).body()
