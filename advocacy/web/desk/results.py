"""What a campaign has achieved, from the roll-ups of its ledger: tables, their pictures, their CSV files."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from advocacy.domain.csv_text import written
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.models import reply
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.models.figures import Figures, figures_of
from advocacy.operations import campaigns, opens, replies
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.sections import Section, sections
from advocacy.web.desk.timeline import Look
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_results", __name__, url_prefix="/desk/campaigns")


_MOST_TEXTS = 100


@bp.get("/<slug>/results")
@access.staff(Permission.READ)
def show(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    figures = figures_of(session, campaign)
    return render_template(
        "desk/campaign/results.html",
        campaign=campaign,
        figures=figures,
        opens_possible=opens.may_be_counted(campaign, settings()),
        sections=_sections(campaign, figures),
        replies=reply.by_kind(session, campaign.id),
        names={row.id: row.name for row in campaign.addressees},
        texts=replies.texts(session, campaign.id, most=_MOST_TEXTS) if current_user.may("edit") else (),
    )


@bp.get("/<slug>/results/opens")
@access.staff(Permission.SETTINGS)
@access.fresh
def opening(slug: str) -> ResponseReturnValue:
    """Say what counting opens costs whom before it is asked for."""
    campaign = campaigns.find(db.session(), slug)
    may = opens.may_be_counted(campaign, settings())
    return render_template("desk/campaign/opens.html", campaign=campaign, may=may)


@bp.post("/<slug>/results/opens")
@access.staff(Permission.SETTINGS)
@access.fresh
def count_opens(slug: str) -> ResponseReturnValue:
    """?count=yes asks for it; anything else ends it."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    try:
        if request.form.get("count") == "yes":
            opens.ask(session, campaign, settings=settings(), now=who.now(), actor=who.actor())
            flash(_("Opens are counted in mails that are written from now on. Each of them says so."), "good")
        else:
            opens.stop(session, campaign, now=who.now(), actor=who.actor())
            flash(_("No further opens are counted."), "good")
    except ConflictError as error:
        flash(say(error), "warning")
    return redirect(url_for("desk_results.show", slug=slug))


@bp.get("/<slug>/results/<key>.svg")
@access.staff(Permission.READ)
def picture(slug: str, key: str) -> ResponseReturnValue:
    """?dark ?narrow"""
    look = Look(dark="dark" in request.args, narrow="narrow" in request.args)
    policy = {"Content-Security-Policy": "default-src 'none'"}
    return Response(_section(slug, key).draw(look), mimetype="image/svg+xml", headers=policy)


@bp.get("/<slug>/results/<key>.csv")
@access.staff(Permission.READ)
def sheet(slug: str, key: str) -> ResponseReturnValue:
    section = _section(slug, key)
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{key}.csv"'}
    return Response(written([section.heads, *section.rows]), content_type="text/csv; charset=utf-8", headers=headers)


def _sections(campaign: Campaign, figures: Figures) -> list[Section]:
    return sections(campaign, figures, each_country=current_user.may(Permission.SUPPORTERS))


def _section(slug: str, key: str) -> Section:
    session = db.session()
    campaign = campaigns.find(session, slug)
    found = next((each for each in _sections(campaign, figures_of(session, campaign)) if each.key == key), None)
    if found is None:
        raise NotFoundError(_("There are no such figures."))
    return found
