"""`advocacy bench appeals SLUG`: how alike, how complete and how fast the letters of a campaign are."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import click
from flask import Flask

from advocacy.cli.context import note, print_json, with_app
from advocacy.domain.addressee import Channel, Role
from advocacy.domain.appeal import guard
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.leaning import leans
from advocacy.domain.appeal.measure import evenness, says
from advocacy.domain.appeal.paper import letter_data
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, Tone, seed_for
from advocacy.domain.appeal.similarity import similarity
from advocacy.domain.appeal.text import Appeal
from advocacy.domain.errors import InvalidError
from advocacy.gateways import current
from advocacy.gateways.pdf import Press
from advocacy.gateways.phrases import load_pools
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns
from advocacy.operations.appeals import Wishes, request_for

_COUNTRY = "CA"  # The date and sheet of the printed letters; nothing that is measured depends on it.


@click.command()
@click.argument("slug", metavar="SLUG")
@click.option("--letters", default=10_000, show_default=True, type=click.IntRange(min=2), help="Letters in each tone.")
@click.option("--pdfs", default=60, show_default=True, type=click.IntRange(min=1), help="Letters to print.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_app
def appeals(_app: Flask, slug: str, letters: int, pdfs: int, as_json: bool) -> None:  # noqa: FBT001
    """Compose the letters of a campaign for as many supporters, in each tone, all demands and no personal text, and measure.

    \b
    letters_per_second  on one core
    equal               letters whose body another one equals
    median, p95         how alike random pairs are: shared runs of five words, 0 to 1
    floor               the median that the demands' own words set
    missing             demands not found word for word in a letter
    leftovers           letters with an empty place, a hint or a merge sign
    opening, in_posts   how far the demand used least or most often in first place, or in a
                        short post, is from its equal share
    """
    session = db.session()
    campaign = campaigns.find(session, slug)
    pools = load_pools()
    base = _base(campaign, pools, day=moment.now(session, current().clock).date())
    session.rollback()  # SQLite lets one write at a time, and measuring takes a minute: nobody shall wait for it.
    measured = {
        "campaign": slug,
        "letters": letters,
        "language": base.language,
        "demands": len(base.facts.demands),
        "kept_in_order": any(leans(demand.text, base.language) for demand in base.facts.demands),
        "tones": {str(tone): _measured(replace(base, tone=tone), pools, letters) for tone in Tone},
        "pdfs_per_second": _printed(base, pools, pdfs),
    }
    if as_json:
        print_json(measured)
    else:
        _print(measured)


def _base(campaign: Campaign, pools: Pools, *, day: date) -> AppealRequest:
    row = next((row for row in campaign.addressees if row.role is Role.PRIMARY), None)
    if row is None:
        raise InvalidError(f"“{campaign.title}” has nobody to write to.")
    return request_for(campaign, row.value(), None, Wishes(), today=day, pools=pools)


def _seeded(base: AppealRequest, number: int) -> AppealRequest:
    return replace(base, seed=seed_for(number, "bench"))


def _measured(base: AppealRequest, pools: Pools, letters: int) -> dict[str, Any]:
    compose(base, pools)
    began = time.process_time()
    made = [compose(_seeded(base, number), pools) for number in range(letters)]
    seconds = time.process_time() - began
    demands = [demand.text for demand in base.facts.demands]
    alike = asdict(similarity([appeal.body() for appeal in made], locked=demands))
    voice = pools.voice(base.language)
    posts = [compose(replace(_seeded(base, number), channel=Channel.SOCIAL), pools) for number in range(letters)]
    return {
        "letters_per_second": round(letters / max(seconds, 1e-9)),
        **{name: alike[name] for name in ("equal", "median", "p95", "floor")},
        "missing": sum(not says(appeal.body(), demand) for appeal in made for demand in demands),
        "leftovers": sum(bool(guard.problems_of(appeal, voice)) for appeal in made),
        "opening": evenness(_opening(made), len(demands)),
        "in_posts": evenness(_said(posts), len(demands)),
    }


def _opening(made: Sequence[Appeal]) -> Counter[int]:
    found = (_demands_of(appeal) for appeal in made)
    return Counter(said[0] for said in found if said)


def _said(made: Sequence[Appeal]) -> Counter[int]:
    return Counter(index for appeal in made for index in _demands_of(appeal))


def _demands_of(appeal: Appeal) -> list[int]:
    return [piece.demand for part in appeal.paragraphs for piece in part.pieces if piece.demand is not None]


def _printed(base: AppealRequest, pools: Pools, pdfs: int) -> float:
    press = Press()
    voice = pools.voice(base.language)
    sheets = [
        letter_data(
            compose(_seeded(base, number), pools), base.addressee, voice, day=base.day, supporter_country=_COUNTRY
        )
        for number in range(pdfs + 1)
    ]
    press.letter(sheets.pop())
    began = time.perf_counter()
    for sheet in sheets:
        press.letter(sheet)
    return round(pdfs / (time.perf_counter() - began), 1)


def _print(measured: dict[str, Any]) -> None:
    names = ("letters_per_second", "equal", "median", "p95", "floor", "missing", "leftovers", "opening", "in_posts")
    click.echo(f"{'':<20}{''.join(f'{tone:>10}' for tone in measured['tones'])}")
    for name in names:
        click.echo(f"{name:<20}{''.join(f'{tone[name]:>10}' for tone in measured['tones'].values())}")
    click.echo(f"{'pdfs_per_second':<20}{measured['pdfs_per_second']:>10}")
    note(f"{measured['letters']} letters in each tone, {measured['demands']} demands, in “{measured['language']}”.")
    if measured["kept_in_order"]:
        note("One demand leans on another, so letters keep the campaign's order and the first opens each of them.")
