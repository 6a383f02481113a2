"""What a page tells before and beside a letter: whom writing may endanger, advice, its language, places to mend."""

from collections.abc import Iterable

from flask_babel import gettext as _
from markupsafe import Markup, escape

from advocacy.domain.addressee import Role, lacks_copy
from advocacy.domain.appeal.guard import NudgeKind, Problem
from advocacy.models.campaign import Campaign
from advocacy.operations.appeals import Correspondence
from advocacy.web.wording import country


def countries_written_to(campaign: Campaign) -> list[str]:
    """Return the countries (alpha-2) of those a campaign writes to, without the copies: an embassy stands elsewhere."""
    found = (row.country.upper() for row in campaign.addressees if row.role is Role.PRIMARY and row.country)
    return list(dict.fromkeys(found))


def writes_at_home(campaign: Campaign, country: str | None) -> str:
    """Return the country where a supporter lives under the authority they write to, "" where they do not."""
    return country if country and country.upper() in countries_written_to(campaign) else ""


def missing_copy(campaign: Campaign, country_code: str | None) -> str:
    """Return what to say where a copy belongs to an office in the supporter's country and none is known there, else ""."""
    if not lacks_copy((row.value() for row in campaign.addressees), country_code):
        return ""
    if not country_code:
        return str(
            _("A copy goes to an office in your own country, if one is on the list. Choose your country to see it.")
        )
    return str(
        _(
            "A copy is meant for an office in your own country. This action lists none in %(country)s, so we name none: "
            "please do not send yours to one elsewhere.",
            country=country(country_code),
        )
    )


def advice(one: Correspondence) -> list[str]:
    """Return what would make a letter better, in the page's language."""
    said = {
        NudgeKind.NOT_PERSONAL: lambda: _("One or two sentences of your own make this letter count for much more."),
        NudgeKind.UNSIGNED: lambda: _("The letter is not signed. Your name, or your initials and town, make it yours."),
        NudgeKind.LONG: lambda: _("Your own part is long. A few sentences are read with more attention."),
        NudgeKind.SHOUTING: lambda: _("Capitals read like shouting. Calm words are heard better."),
    }
    gone = [nudge.excerpt for nudge in one.nudges if nudge.kind is NudgeKind.DEMAND_GONE]
    told = [str(said[nudge.kind]()) for nudge in one.nudges if nudge.kind in said]
    return [
        *told,
        *(
            str(_("Your letter no longer asks for this in the words of the action: “%(demand)s”", demand=each))
            for each in gone
        ),
    ]


def marked(text: str, problems: Iterable[Problem]) -> Markup:
    """Return text with each place that must be mended marked; all of it is shown literally."""
    excerpts = sorted({problem.excerpt for problem in problems if problem.excerpt.strip()}, key=len, reverse=True)
    if not excerpts:
        return escape(text)
    at, excerpt = min(((text.find(each), each) for each in excerpts if each in text), default=(-1, ""))
    if at < 0:
        return escape(text)
    place = Markup('<mark class="mend">{}</mark>').format(excerpt)
    return escape(text[:at]) + place + marked(text[at + len(excerpt) :], problems)
