"""The public pages: live campaigns, one campaign with its sign-up, its deadline as a calendar file."""

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain import joining
from advocacy.domain.address import did_you_mean
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.calendar import deadline_event
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import NotFoundError
from advocacy.gateways import current
from advocacy.models import campaign as campaigns
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import joining as sign_ups
from advocacy.web.access import public
from advocacy.web.public import choices, consent, counts, forms, telling
from advocacy.web.public.limits import SIGN_UPS, limiter
from advocacy.web.requests import settings
from advocacy.web.wording import locale

bp = Blueprint("public", __name__)

_A_PAGE = 30
_PRIVATE = ("/act/", "/confirm/", "/unsubscribe/", "/preferences/", "/desk", "/mailbox", "/hooks/")


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    return _home({}, {}, 200)


@bp.post("/join")
@public
@limiter.limit(SIGN_UPS)
def join_alerts() -> ResponseReturnValue:
    """Sign up for the alert list alone."""
    if forms.by_a_program():
        return redirect(url_for("public.check_your_mail", lang=locale().language), 303)
    answers, faults = _judged(zone=settings().timezone)
    if faults:
        return _home(request.form, faults, 422)
    alone = joining.for_alerts(answers)
    sign_ups.join(db.session(), alone, None, consent.shown(alerts_only=True), clock=current().clock)
    return redirect(url_for("public.check_your_mail", lang=locale().language), 303)


@bp.get("/a/<slug>")
@public
def page(slug: str) -> ResponseReturnValue:
    return _page(_public(slug), {}, {}, 200)


@bp.post("/a/<slug>/join")
@public
@limiter.limit(SIGN_UPS)
def join(slug: str) -> ResponseReturnValue:
    campaign = _public(slug)
    if forms.by_a_program():
        return redirect(url_for("public.check_your_mail", lang=locale().language), 303)
    answers, faults = _judged(zone=campaign.timezone)
    if faults:
        return _page(campaign, request.form, faults, 422)
    if _over(campaign):
        alone = joining.for_alerts(answers)
        sign_ups.join(db.session(), alone, None, consent.shown(alerts_only=True), clock=current().clock)
    else:
        wordings = consent.shown(alerts_only=False)
        sign_ups.join(db.session(), answers, campaign, wordings, clock=current().clock)
    return redirect(url_for("public.check_your_mail", lang=locale().language), 303)


@bp.get("/check-your-mail")
@public
def check_your_mail() -> ResponseReturnValue:
    """The one answer to every sign-up: it says nothing about whether the address was known."""
    return render_template("public/check_your_mail.html")


@bp.get("/a/<slug>.ics")
@public
def calendar(slug: str) -> ResponseReturnValue:
    campaign = _public(slug)
    if campaign.deadline is None:
        raise NotFoundError(_("This action has no deadline."))
    said = campaign.said_in(locale().language)
    base = settings().base_url
    url = f"{base}/a/{campaign.slug}"
    text = deadline_event(
        uid=f"{campaign.slug}@{base.partition('://')[2]}",
        day=campaign.deadline,
        title=_("Last day: %(title)s", title=as_subject(said.title, said.language)),
        text=f"{said.summary}\n{url}",
        url=url,
        stamp=current().clock.now(),
    )
    name = f'attachment; filename="{campaign.slug}.ics"'
    return Response(text, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Ask search engines to stay away from every page that is somebody's own."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PRIVATE), ""]
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


def _judged(*, zone: str) -> tuple[joining.Answers, dict[str, str]]:
    """Return the answers of the form with the faults in words; a near miss of a common domain is asked about once."""
    fields = request.form.to_dict(flat=False)
    answers, faults = joining.judge(fields, languages=settings().languages, zone=zone, language=locale().language)
    said = forms.sentences(faults)
    meant = did_you_mean(answers.address) if not faults else None
    if meant and request.form.get("sure") != answers.address:
        g.unsure = answers.address
        said["email"] = _(
            "Did you mean %(address)s? Put it right, or send the form again if it is as you typed it.", address=meant
        )
    return answers, said


def _home(typed: Any, faults: dict[str, str], status: int) -> ResponseReturnValue:
    session = db.session()
    running = campaigns.running(session, current().clock.now())
    pages = max(1, -(-len(running) // _A_PAGE))
    page_ = min(max(1, request.args.get("page", 1, type=int)), pages)
    return (
        render_template(
            "public/home.html",
            campaigns=campaigns.with_words(session, running[(page_ - 1) * _A_PAGE : page_ * _A_PAGE]),
            page=page_,
            pages=pages,
            typed=typed,
            faults=faults,
            **_form(None),
        ),
        status,
    )


def _page(campaign: Campaign, typed: Any, faults: dict[str, str], status: int) -> ResponseReturnValue:
    return render_template("public/campaign.html", **shown(campaign, typed, faults)), status


def shown(campaign: Campaign, typed: Any, faults: dict[str, str]) -> dict[str, Any]:
    """Return what a campaign's page prints in the language of this request."""
    said = campaign.said_in(locale().language)
    return {
        "campaign": campaign,
        "said": said,
        "deadline": campaign.due_by(),
        "over": _over(campaign),
        "title": as_subject(said.title, said.language),
        "acted": counts.people(campaign),
        "acted_by": counts.by_channel(campaign),
        "written_to": telling.countries_written_to(campaign),
        "addressees": [row.value() for row in campaign.addressees],
        "typed": typed,
        "faults": faults,
        **_form(campaign),
    }


def _form(campaign: Campaign | None) -> dict[str, Any]:
    return {
        "countries": choices.countries(),
        "zones": choices.zones(),
        "languages": choices.languages(),
        "language": locale().language,
        "shown": forms.shown_now(),
        "unsure": g.get("unsure", ""),
        "campaign_wording": consent.campaign_wording(),
        "alerts_wording": consent.alerts_wording(),
        "alerts_only_wording": consent.alerts_only_wording(),
        "joins": campaign,
    }


def _public(slug: str) -> Campaign:
    campaign = campaigns.by_slug(db.session(), slug)
    if campaign is None or campaign.state is CampaignState.DRAFT:
        raise NotFoundError(_("There is no such action here. The address may be incomplete; copy it whole."))
    return campaign


def _over(campaign: Campaign) -> bool:
    deadline = campaign.due_by()
    return campaign.state is CampaignState.CLOSED or (deadline is not None and deadline.passed(current().clock.now()))
