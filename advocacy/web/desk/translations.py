"""A campaign in other languages: how far each is, and one beside the original."""

from babel import Locale
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.domain.translation import FIELDS
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns, translating
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.requests import settings

bp = Blueprint("desk_translations", __name__, url_prefix="/desk/campaigns")


@bp.get("/<slug>/languages")
@access.staff(Permission.READ)
def listed(slug: str) -> ResponseReturnValue:
    campaign = campaigns.find(db.session(), slug)
    return render_template(
        "desk/campaign/languages.html",
        campaign=campaign,
        standings=translating.standings(campaign, settings().languages),
        names=_names(),
    )


@bp.get("/<slug>/languages/<language>")
@access.staff(Permission.EDIT)
def show(slug: str, language: str) -> ResponseReturnValue:
    return _page(_campaign(slug, language), language, {})


@bp.post("/<slug>/languages/<language>")
@access.staff(Permission.EDIT)
def save(slug: str, language: str) -> ResponseReturnValue:
    session, campaign = db.session(), _campaign(slug, language)
    fields = {name: request.form.get(name, "").replace("\r\n", "\n") for name in FIELDS if name in request.form}
    demands = tuple(request.form.getlist("demand"))
    try:
        standing = translating.save(session, campaign, language, fields, demands, now=who.now(), actor=who.actor())
    except InvalidError as error:
        session.rollback()
        return _page(_campaign(slug, language), language, dict(error.faults)), 422
    if standing.whole:
        flash(_("Saved. Readers of this language see it from now on; mails already planned stay as they are."), "good")
    else:
        flash(_("Saved. Until nothing is missing, readers of this language see the original."), "good")
    return redirect(url_for("desk_translations.listed", slug=slug))


@bp.post("/<slug>/languages/<language>/remove")
@access.staff(Permission.EDIT)
def remove(slug: str, language: str) -> ResponseReturnValue:
    session = db.session()
    translating.remove(session, _campaign(slug, language), language, now=who.now(), actor=who.actor())
    flash(_("Removed. Readers of this language see the original again."), "good")
    return redirect(url_for("desk_translations.listed", slug=slug))


def _campaign(slug: str, language: str) -> Campaign:
    campaign = campaigns.find(db.session(), slug)
    known = {*settings().languages, *(row.language for row in campaign.translations)} - {campaign.language}
    if language not in known:
        raise NotFoundError(_("This campaign is not translated into that language."))
    return campaign


def _page(campaign: Campaign, language: str, faults: dict[str, str]) -> str:
    translation, original = translating.of(campaign, language), campaign.original()
    names = [name for name in FIELDS if original.fields[name].strip()]
    demands = [f"demands[{number}]" for number in range(len(original.demands))]
    said = {name: translation.kept(name, original) for name in (*names, *demands)}
    if faults:
        typed = zip(demands, request.form.getlist("demand"), strict=False)
        said |= {name: request.form.get(name, "") for name in names} | dict(typed)
    return render_template(
        "desk/campaign/translate.html",
        campaign=campaign,
        language=language,
        original=original,
        names=names,
        said=said,
        stale=translation.stale(original),
        begun=bool(translation.fields or translation.demands),
        faults=faults,
        labels=_labels(),
        called=_names(),
    )


def _names() -> dict[str, str]:
    here = get_locale()
    tags = {*settings().languages, "en", "fr", "es", "de", "it", "pt"}
    return {tag: Locale.parse(tag, sep="-").get_display_name(here) or tag for tag in tags}


def _labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "summary": _("The case in two sentences"),
        "concern": _("What a letter may say of the case"),
        "case_text": _("The case"),
        "background": _("Background"),
        "safety_notice": _("For the supporter's safety"),
    }
