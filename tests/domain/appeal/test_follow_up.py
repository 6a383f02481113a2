"""A second letter says that it follows the first, asks for the same, and is not its copy."""

from collections.abc import Callable
from datetime import date

import pytest

from advocacy.domain.addressee import Addressee, Channel, Role
from advocacy.domain.appeal import guard
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, OwnWords, Tone, follow_up

RequestMaker = Callable[..., AppealRequest]
FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 24)
DAYS = {"en": "1 March 2026", "fr": "1er mars 2026", "es": "1 de marzo de 2026", "de": "1. März 2026"}


@pytest.mark.parametrize("tone", list(Tone))
@pytest.mark.parametrize("language", DAYS)
def test_it_names_the_day_of_the_first_and_makes_its_demands(
    pools: Pools, a_request: RequestMaker, language: str, tone: Tone
) -> None:
    bodies = set()
    for number in range(40):
        first = a_request(
            language=language, tone=tone, seed=f"9:{number}", own=OwnWords(why="My sister taught there."), chosen=(0, 2)
        )
        request = follow_up(first, sent=FIRST, day=SECOND)
        appeal = compose(request, pools)

        assert DAYS[language] in appeal.body()
        assert {piece.demand for part in appeal.paragraphs for piece in part.pieces} == {None, 0, 2}
        assert "My sister taught there." in appeal.body()
        assert guard.problems_of(appeal, pools.voice(language)) == ()
        assert appeal.body() != compose(first, pools).body()
        assert appeal.fits
        bodies.add(appeal.body())
    assert len(bodies) == 40


def test_it_fits_a_mail_link(pools: Pools, a_request: RequestMaker) -> None:
    request = follow_up(a_request(channel=Channel.EMAIL), sent=FIRST, day=SECOND)

    assert compose(request, pools).fits


def test_a_copy_stays_a_copy(pools: Pools, a_request: RequestMaker) -> None:
    embassy = Addressee(name="Embassy", role=Role.COPY, postal_lines=("1 Elm Street",))
    first = a_request(addressee=embassy, primary=a_request().addressee)

    assert DAYS["en"] not in compose(follow_up(first, sent=FIRST, day=SECOND), pools).body()
