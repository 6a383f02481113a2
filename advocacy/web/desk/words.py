"""How the desk says times, numbers and states: filters for its templates."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Blueprint
from flask_babel import get_locale, gettext
from flask_babel import ngettext as plural
from markupsafe import Markup, escape

from advocacy.domain.addressee import Channel
from advocacy.domain.selection import Selection
from advocacy.domain.wording import city_of, locale_for, long_day
from advocacy.gateways import current
from advocacy.models.campaign import Campaign
from advocacy.web.desk import who
from advocacy.web.sentences import say, state_word

bp = Blueprint("desk_words", __name__)
bp.add_app_template_filter(state_word)


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    return str(plural(one, many, number, **values))


_DAY = timedelta(days=1)
_BEFORE = re.compile(r"before-(\d+)")


@bp.app_template_filter("moment")
def moment(instant: datetime | None) -> str:
    """An instant in the organiser's own zone, with how far away it is: "Tue 3 March, 10:00 (in 2 days)"."""
    if instant is None:
        return ""
    local = instant.astimezone(who.zone())
    year = local.year != current().clock.now().year
    told = _("%(day)s, %(time)s", day=_short_day(local, with_year=year), time=f"{local:%H:%M}")
    return Markup('<time datetime="{}">{} <span class="quiet">({})</span></time>').format(
        instant.astimezone(UTC).isoformat(), told, distance(instant)
    )


@bp.app_template_filter("commands")
def commands(text: str) -> Markup:
    """A sentence in which `commands` stand between back-quotes, with them as code."""
    pieces = say(text).split("`")
    marked = [Markup("<code>{}</code>").format(piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces)]
    return Markup("").join(marked)


@bp.app_template_filter("sentence")
def sentence(text: str) -> str:
    """A reason as a sentence of its own."""
    text = say(text)
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


@bp.app_template_filter("distance")
def distance(instant: datetime) -> str:
    """How far away an instant is, in the largest unit that fits."""
    gap = instant - current().clock.now()
    size = abs(gap)
    if size < timedelta(minutes=1):
        return _("now")
    if size < timedelta(hours=1):
        told = ngettext("%(num)s minute", "%(num)s minutes", int(size.total_seconds() // 60))
    elif size < 2 * _DAY:
        told = ngettext("%(num)s hour", "%(num)s hours", int(size.total_seconds() // 3600))
    else:
        told = ngettext("%(num)s day", "%(num)s days", size.days)
    return _("in %(span)s", span=told) if gap > timedelta() else _("%(span)s ago", span=told)


@bp.app_template_filter("weekday")
def weekday(day: date | None) -> str:
    """A date with its weekday: "Tuesday 3 March 2026"."""
    return long_day(day, here()) if day else _("no date")


@bp.app_template_filter("people")
def people(many: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", many, count=counted(many))


@bp.app_template_filter("countdown")
def countdown(campaign: Campaign) -> str:
    """How long a campaign still has, in words."""
    deadline = campaign.due_by()
    if deadline is None:
        return _("no deadline yet")
    if campaign.closed_at and not deadline.passed(campaign.closed_at):
        return _("closed before its deadline")
    days = deadline.days_left(current().clock.now())
    if days < 0:
        return ngettext("ended %(num)s day ago", "ended %(num)s days ago", -days)
    if days == 0:
        return _("last day")
    return ngettext("%(num)s day left", "%(num)s days left", days)


@bp.app_template_filter("mail_name")
def mail_name(rule: str) -> str:
    """A cadence step's or a blast's rule as an organiser says it."""
    found = _BEFORE.fullmatch(rule)
    if found:
        days = int(found.group(1))
        return ngettext("Reminder, %(num)s day before the deadline", "Reminder, %(num)s days before the deadline", days)
    named = {
        "launch": _("The action itself"),
        "last-post": _("Last useful posting day"),
        "last-day": _("Morning of the last day"),
        "manual": _("Written by hand"),
        "update": _("Update"),
        "outcome": _("Outcome"),
        "thanks": _("Thank-you"),
        "confirmation": _("Confirmation"),
    }
    return named.get(rule, rule)


@bp.app_template_filter("unnamed")
def unnamed(what: str) -> str:
    """What is missing of our own identity and who sets it; empty for anything else that may be missing."""
    return {
        "sender": _("Nobody is told who writes to them: ORGANISATION_NAME is not set."),
        "address": _("ORGANISATION_ADDRESS is not set. The law asks for a postal address in each mail."),
        "contact": _(
            "People must be able to answer: neither ORGANISATION_CONTACT nor MAIL_FROM is an address that somebody reads."
        ),
    }.get(what, "")


@bp.app_template_filter("channel_word")
def channel_word(channel: Channel) -> str:
    return {
        Channel.POST: _("post"),
        Channel.EMAIL: _("e-mail"),
        Channel.WEB_FORM: _("web form"),
        Channel.PHONE: _("phone"),
        Channel.FAX: _("fax"),
        Channel.SOCIAL: _("social media"),
    }[channel]


@bp.app_template_filter("audience")
def audience(chosen: Selection) -> str:
    """Whom a mail written by hand is for, as a list of conditions."""
    lists = (
        (_("in %(countries)s"), "countries", chosen.countries),
        (_("language %(languages)s"), "languages", chosen.languages),
        (_("zone %(zones)s"), "zones", chosen.zones),
        (_("tag %(tags)s"), "tags", chosen.tags),
        (_("acted by %(ways)s"), "ways", [channel_word(Channel(way)) for way in chosen.ways]),
        (_("got mail %(had)s"), "had", chosen.had),
        (_("did not get mail %(missed)s"), "missed", chosen.missed),
    )
    said = [words % {name: ", ".join(map(str, values))} for words, name, values in lists if values]
    if chosen.acted is not None and not chosen.ways:
        said.insert(0, _("acted") if chosen.acted else _("not acted yet"))
    if chosen.joined_from:
        said.append(_("joined on or after %(day)s", day=weekday(chosen.joined_from)))
    if chosen.joined_until:
        said.append(_("joined on or before %(day)s", day=weekday(chosen.joined_until)))
    return "; ".join(said) or _("everyone on this campaign")


@bp.app_template_filter("city")
def city(zone: str) -> str:
    """The city a zone is named after: "Toronto"."""
    return city_of(zone, here())


@bp.app_template_filter("in_zone")
def in_zone(instant: datetime, zone: str) -> str:
    """An instant in a named zone: "Tue 3 March, 10:00"."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{_short_day(local)}, {local:%H:%M}"


def _short_day(day: date, *, with_year: bool = False) -> str:
    """A date with its weekday in short: "Tue 3 March"."""
    return str(format_date(day, "EEE d MMMM y" if with_year else "EEE d MMMM", locale=here()))


def tiny_day(day: date) -> str:
    """A date for a picture: "3 Mar"."""
    return str(format_date(day, "d MMM", locale=here()))


def counted(value: float) -> str:
    """A number with its thousands parted."""
    return str(format_decimal(value, locale=here()))


def here() -> Locale:
    """Return the locale of this page; the desk's English has the day first."""
    return locale_for(str(get_locale() or "en").replace("_", "-").removesuffix("-GB"))
