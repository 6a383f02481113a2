"""The dossier of a campaign: its results for the addressee or the press, without a name, as PDF."""

from datetime import date

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from advocacy.domain.addressee import Role
from advocacy.domain.appeal.sheets import Paper
from advocacy.domain.dossier import DossierSheet, Table, lumped
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.models.figures import Figures, figures_of
from advocacy.operations import campaigns
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.words import channel_word
from advocacy.web.requests import settings
from advocacy.web.wording import country, day, grouped, locale

bp = Blueprint("desk_dossier", __name__, url_prefix="/desk/campaigns")


@bp.get("/<slug>/results/dossier.pdf")
@access.staff(Permission.READ)
def show(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    printed = current().press.dossier(_sheet(campaign, figures_of(session, campaign)))
    headers = {"Content-Disposition": f'attachment; filename="dossier-{campaign.slug}.pdf"'}
    return Response(printed.content, content_type="application/pdf", headers=headers)


def _sheet(campaign: Campaign, figures: Figures) -> DossierSheet:
    people = figures.acted + sum(number for _way, number in figures.at_stalls)
    count = grouped(people)
    return DossierSheet(
        language=locale().language,
        paper=Paper.A4,
        title=_("What supporters asked for"),
        campaign=campaign.title,
        lead=ngettext("%(count)s person wrote or called.", "%(count)s people wrote or called.", people, count=count),
        facts=_facts(campaign, figures),
        asked_title=_("What was asked"),
        asked=tuple(demand.text for demand in campaign.demands),
        tables=tuple(table for table in (_by_way(figures), _by_country(figures)) if table.rows),
        about_title=_("About these numbers"),
        about=(
            _(
                "People told us themselves that they sent a letter, wrote a mail, filled in a form, called or posted; each is counted once. Letters from tables at events were counted by us."
            ),
            _(
                "Countries with fewer than ten people are counted together. This paper names no supporter, and no list of them is kept for it."
            ),
            _(
                "Counted on %(day)s by %(organisation)s, %(address)s.",
                day=day(_counted(figures)),
                organisation=settings().organisation_name,
                address=settings().organisation_address,
            ),
        ),
    )


def _counted(figures: Figures) -> date:
    return (figures.counted_at or who.now()).astimezone(who.zone()).date()


def _facts(campaign: Campaign, figures: Figures) -> tuple[tuple[str, str], ...]:
    to = [", ".join(filter(None, (row.name, row.office))) for row in campaign.addressees if row.role is Role.PRIMARY]
    found = [
        (_("To"), "; ".join(to)),
        (_("Urgent action"), campaign.ua_number or ""),
        (_("Letters, calls and posts"), grouped(figures.letters)),
    ]
    if campaign.launched_at:
        found.append((_("From"), day(campaign.launched_at.astimezone(who.zone()).date())))
    if campaign.deadline:
        found.append((_("Until"), day(campaign.deadline)))
    return tuple((label, text) for label, text in found if text)


def _by_way(figures: Figures) -> Table:
    told, stalls = dict(figures.by_channel), dict(figures.at_stalls)
    ways = sorted({*told, *stalls}, key=lambda way: -(told.get(way, 0) + stalls.get(way, 0)))
    rows = tuple((channel_word(way), grouped(told.get(way, 0) + stalls.get(way, 0))) for way in ways)
    return Table(_("How"), (_("Way"), _("People")), rows)


def _by_country(figures: Figures) -> Table:
    shown, others = lumped(figures.by_country)
    rows = [(country(code), grouped(people)) for code, people in shown]
    if others:
        rows.append((_("Other countries, or not said"), grouped(others)))
    return Table(_("From where"), (_("Country"), _("People")), tuple(rows))
