"""The appeal a supporter with these details gets, with its links."""

from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli.context import note, print_json, with_app
from advocacy.domain import channels
from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.request import OwnWords, Tone
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.joining import COUNTRIES
from advocacy.gateways.phrases import load_pools
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.operations import appeals, campaigns
from advocacy.operations.appeals import Correspondence, Way, Wishes


@click.command()
@click.argument("slug")
@click.option("--name", default="", help="The supporter's name.")
@click.option("--city", default="", help="Their town.")
@click.option("--country", default=None, help="Their country, as two letters: CA.")
@click.option("--language", default=None, help="Write in this language, if the campaign's demands are in it.")
@click.option("--tone", type=click.Choice([tone.value for tone in Tone]), default=Tone.FORMAL.value)
@click.option("--demand", "demands", type=click.IntRange(min=1), multiple=True, help="Its number; all without it.")
@click.option("--who", default="", help="Who they are, in a sentence of their own.")
@click.option("--why", default="", help="Why it matters to them.")
@click.option("--seed", default="1", help="Another seed, another wording.")
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]), help="This way only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_app
def appeal(app: Flask, /, slug: str, *, as_json: bool, **chosen: Any) -> None:  # noqa: ARG001 - the app is what it runs in
    """Print the letters to each addressee of the campaign SLUG and the ways to send them. Changes nothing."""
    session, clock = db.session(), gateways.current().clock
    campaign = campaigns.find(session, slug)
    deadline = campaign.due_by()
    if deadline is None:
        raise ConflictError(f"“{campaign.title}” has no deadline yet, so nobody can say which ways still make sense.")
    _check(chosen, campaign.language, len(campaign.demands))
    now = moment.now(session, clock)
    letters = appeals.correspondence(
        campaign,
        _wishes(chosen),
        today=now.astimezone(ZoneInfo(campaign.timezone)).date(),
        deadline=deadline,
        now=now,
        pools=load_pools(),
    )
    shown = [_shown(one, chosen["channel"]) for one in letters]
    if as_json:
        print_json(shown)
        return
    for one in shown:
        _print(one)


def _check(chosen: dict[str, Any], language: str, demands: int) -> None:
    pools = load_pools()
    if chosen["language"] and pools.best(chosen["language"]) != pools.best(language):
        raise InvalidError(
            f"The demands of this campaign are in “{language}”, and a letter repeats them word for word. "
            "Leave --language out."
        )
    if chosen["country"] and chosen["country"].upper() not in COUNTRIES:
        raise InvalidError(f"“{chosen['country']}” is no country. Use two letters, as in CA.")
    for number in chosen["demands"]:
        if number > demands:
            raise InvalidError(f"There is no demand {number}: this campaign has {demands}.")


def _wishes(chosen: dict[str, Any]) -> Wishes:
    return Wishes(
        name=chosen["name"],
        city=chosen["city"],
        country=chosen["country"].upper() if chosen["country"] else None,
        tone=Tone(chosen["tone"]),
        chosen=tuple(number - 1 for number in chosen["demands"]),
        own=OwnWords(who_am_i=chosen["who"], why=chosen["why"]),
        seed=chosen["seed"],
    )


def _shown(one: Correspondence, channel: str | None) -> dict[str, Any]:
    return {
        "addressee": one.addressee.name,
        "role": one.addressee.role.value,
        "ways": [_way(one, way) for way in one.ways if channel in {None, way.offer.channel.value}],
        "problems": [problem.sentence for problem in one.problems],
        "nudges": [nudge.sentence for nudge in one.nudges],
    }


def _way(one: Correspondence, way: Way) -> dict[str, Any]:
    return {
        "channel": way.offer.channel.value,
        "works": way.offer.works,
        "reason": way.offer.reason.sentence,
        "post_by": way.post_by.isoformat() if way.post_by else None,
        "subject": way.appeal.subject,
        "text": way.appeal.text(),
        "links": _links(one, way),
    }


def _links(one: Correspondence, way: Way) -> dict[str, str | None]:
    addressee, channel = one.addressee, way.offer.channel
    if channel is Channel.EMAIL:
        to, words = addressee.emails[0], {"subject": way.appeal.subject, "body": way.appeal.text()}
        return {link.name: link.url for link in (channels.mailto(to, **words), *channels.webmail(to, **words))}
    if channel in {Channel.PHONE, Channel.FAX}:
        printed = addressee.phones if channel is Channel.PHONE else addressee.faxes
        return {link.printed: link.url for line in printed for link in channels.tel(line, addressee.country)}
    if channel is Channel.WEB_FORM:
        return {"form": addressee.web_form}
    return {}


def _print(one: dict[str, Any]) -> None:
    for way in one["ways"]:
        note(f"{one['addressee']}, {way['channel']}: {way['reason']}")
        if way["subject"]:
            click.echo(way["subject"] + "\n")
        click.echo(way["text"])
        for name, url in way["links"].items():
            click.echo(f"{name}: {url or '-'}")
        click.echo("")
    for sentence in (*one["problems"], *one["nudges"]):
        note(sentence)
