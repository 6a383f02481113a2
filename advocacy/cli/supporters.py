"""Supporters: lists in and out; for one of them why they got each mail or not, what we keep, and erasing it."""

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli import lists
from advocacy.cli.context import note, print_json, with_app
from advocacy.domain.address import judge
from advocacy.domain.errors import NotFoundError
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.models.supporter import Supporter, by_address
from advocacy.operations import explaining, privacy

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def supporters() -> None:
    """Supporters: lists in and out, single people and their rights."""


supporters.add_command(lists.import_)
supporters.add_command(lists.undo)
supporters.add_command(lists.export)


@supporters.command()
@click.argument("email")
@_JSON
@with_app
def why(_app: Flask, email: str, as_json: bool) -> None:  # noqa: FBT001
    """Say for each mail why this person got it or not, and what is still to come."""
    session = db.session()
    supporter = _found(email)
    now = moment.now(session, gateways.current().clock)
    told = [
        {"campaign": each.campaign.slug, "mail": each.blast.rule, "at": each.at, "why": each.sentence}
        for each in explaining.mails_of(session, supporter)
    ]
    for campaign, outlook in (
        (each.campaign.slug, each.outlook) for each in explaining.ahead_of(session, supporter, now)
    ):
        told += [
            {"campaign": campaign, "mail": due.step.key, "at": due.at, "why": f"It is to come: {due.why}"}
            for due in outlook.due
        ]
        told += [
            {"campaign": campaign, "mail": left.step.key, "at": None, "why": left.reason.sentence}
            for left in outlook.left_out
        ]
    if as_json:
        print_json(told)
        return
    for row in told:
        click.echo(f"{row['campaign']}\t{row['mail']}\t{row['at'] or '-'}\t{row['why']}")
    if not told:
        note("No mail was ever planned for this person, and none is.")


@supporters.command()
@click.argument("email")
@with_app
def dossier(_app: Flask, email: str) -> None:
    """Print everything we keep about this person, as JSON."""
    print_json(privacy.my_data(db.session(), _found(email).id))


@supporters.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_app
def erase(_app: Flask, email: str, yes: bool) -> None:  # noqa: FBT001
    """Erase this person. What stays is a keyed hash, so that nobody writes to them again.

    Says the same whether or not the address was known.
    """
    if not yes:
        click.confirm("Erase this person for good? It cannot be undone", abort=True)
    session = db.session()
    supporter = _known(email)
    if supporter is not None:
        now = moment.now(session, gateways.current().clock)
        privacy.erase(session, supporter, now=now, actor="cli")
    note("If this address was known, it is erased now.")


def _found(email: str) -> Supporter:
    supporter = _known(email)
    if supporter is None:
        raise NotFoundError("Nobody with exactly this address is known here.")
    return supporter


def _known(email: str) -> Supporter | None:
    address = judge(email).address
    return by_address(db.session(), address) if address else None
