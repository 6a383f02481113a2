"""The ways to send a letter, in words: what each is called, why it is offered or not, which links it has."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from advocacy.domain import channels
from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.arrival import Arrival, Band, Forecast
from advocacy.domain.channels import MailLink, PhoneLink
from advocacy.operations.appeals import Correspondence, Way
from advocacy.operations.routing import Routed
from advocacy.web.public.compose import Typed, Visit
from advocacy.web.public.hours import Hours, of_office
from advocacy.web.wording import country, day, near_day


@dataclass(frozen=True)
class Shown:
    """One way as the page prints it. `name` is unique on the page and part of ids."""

    channel: Channel
    name: str
    label: str
    reason: str
    works: bool
    subject: str
    text: str
    address: str = ""
    mail_program: MailLink | None = None
    webmail: tuple[MailLink, ...] = ()
    phones: tuple[PhoneLink, ...] = ()
    seconds: int = 0
    left_out: int = 0
    lines: tuple[str, ...] = ()
    form_url: str = ""
    asks: tuple[str, ...] = ()
    fields: tuple[tuple[str, str, str], ...] = ()
    hours: Hours | None = None
    handle: str = ""
    arrives: str = ""
    arrives_kind: str = ""
    reckoned: str = ""
    source: str = ""
    stamp: str = ""
    suspended: str = ""


def shown(one: Correspondence, visit: Visit, typed: Typed) -> list[Shown]:
    """Return the ways to reach one addressee, best first, those that no longer work last."""
    return [_shown(one, way, visit, typed) for way in one.ways]


def _shown(one: Correspondence, way: Way, visit: Visit, typed: Typed) -> Shown:
    addressee, channel, appeal = one.addressee, way.offer.channel, way.appeal
    text = appeal.text()
    email = addressee.emails[0] if addressee.emails and channel is Channel.EMAIL else ""
    return Shown(
        channel=channel,
        name=f"{one.row_id}-{channel.value}",
        label=label(channel),
        reason=reason(way, addressee),
        works=way.offer.works,
        subject=appeal.subject,
        text=text,
        address=email,
        mail_program=channels.mailto(email, subject=appeal.subject, body=text) if email else None,
        webmail=channels.webmail(email, subject=appeal.subject, body=text) if email else (),
        phones=_numbers(addressee, channel),
        seconds=appeal.seconds,
        left_out=len(appeal.left_out),
        lines=tuple(paragraph.text for paragraph in appeal.paragraphs),
        hours=of_office(addressee, zone=visit.supporter.timezone, now=visit.now) if channel is Channel.PHONE else None,
        form_url=_safe(addressee.web_form) if channel is Channel.WEB_FORM else "",
        asks=addressee.form_asks,
        fields=_fields(typed) if channel is Channel.WEB_FORM else (),
        handle=(addressee.social or "") if channel is Channel.SOCIAL else "",
        **(_on_mail(way.mail) if way.mail else {}),
    )


def can_post(one: Correspondence) -> bool:
    """Return whether a letter on paper to this addressee still makes sense and nothing in it must be mended."""
    way = one.way(Channel.POST)
    return way is not None and way.offer.works and not one.problems


def _on_mail(mail: Routed) -> dict[str, str]:
    """Return the words on the post; where the post to a country is suspended, also who says so."""
    told = _on_arrival(mail.forecast)
    if mail.suspended is None:
        return told
    who = _("Source: %(name)s, as of %(day)s.", name=mail.suspended.source, day=_dated(mail.suspended.dated))
    if mail.forecast.arrival is Arrival.SUSPENDED:
        return told | {"reckoned": "", "source": str(who), "suspended": str(who)}
    return told | {"suspended": str(who)}


def _on_arrival(forecast: Forecast) -> dict[str, str]:
    """Return the words on "will it still arrive?": the answer, what it is reckoned from and who says so."""
    stamps = {
        Band.HOME: lambda: _("A stamp for a letter within your country is enough."),
        Band.ABROAD: lambda: _("It needs a stamp for a letter abroad."),
        Band.UNKNOWN: lambda: _("Which stamp it needs depends on your country."),
    }
    published = forecast.published
    return {
        "arrives": _arrives(forecast),
        "arrives_kind": "good" if published and forecast.arrival is Arrival.IN_TIME else "warning",
        "reckoned": str(_("Working days that we reckon with: %(num)s.", num=forecast.working_days)),
        "source": str(_("Source: %(name)s, as of %(day)s.", name=forecast.source, day=_dated(forecast.dated)))
        if published
        else str(_("No post publishes a figure that we know of: this is a cautious assumption of ours.")),
        "stamp": str(stamps[forecast.band]()),
    }


def _arrives(forecast: Forecast) -> str:
    if not forecast.in_time:
        return str(_("Too late"))
    if not forecast.published:
        return str(_("Probably in time, not certain"))
    return str(_("Arrives in time") if forecast.arrival is Arrival.IN_TIME else _("Tight: only if posted today"))


def _dated(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _fields(typed: Typed) -> tuple[tuple[str, str, str], ...]:
    """Return (name, label, text) of what forms commonly ask and we know, to be copied field by field."""
    known = (
        ("name", _("Name"), typed.signed_name),
        ("city", _("Town"), typed.city),
        ("country", _("Country"), country(typed.country) if typed.country else ""),
    )
    return tuple((name, str(label), text) for name, label, text in known if text)


def _numbers(addressee: Addressee, channel: Channel) -> tuple[PhoneLink, ...]:
    printed = {Channel.PHONE: addressee.phones, Channel.FAX: addressee.faxes}.get(channel, ())
    return tuple(link for line in printed for link in channels.tel(line, addressee.country))


def _safe(url: str | None) -> str:
    return url if url and url.startswith(("https://", "http://")) else ""


def label(channel: Channel) -> str:
    """Return what a channel is called on the page."""
    said = {
        Channel.POST: lambda: _("By post"),
        Channel.EMAIL: lambda: _("By e-mail, from your own mailbox"),
        Channel.WEB_FORM: lambda: _("By the form on their website"),
        Channel.PHONE: lambda: _("By phone"),
        Channel.FAX: lambda: _("By fax"),
        Channel.SOCIAL: lambda: _("In public, on a social network"),
    }
    return str(said[channel]())


def reason(way: Way, addressee: Addressee) -> str:
    """Return why this way is offered, or why it no longer is, in the page's language."""
    key, days = way.offer.reason.key, way.offer.reason.days
    if way.post_by is not None and key in {"post", "post_today", "post_late", "post_embassy"}:
        return _about_post(key, near_day(way.post_by))
    said = {
        "over": lambda: _("The deadline has passed."),
        "elsewhere": lambda: _("%(name)s is for people in another country.", name=addressee.name),
        "post_unknown": lambda: _(
            "A letter on paper is noticed. We do not know how long the post takes: send it soon."
        ),
        "post_suspended": lambda: _("The post takes no letters to their country at present. Choose another way."),
        "email": lambda: _("It arrives at once, and comes from you."),
        "web_form": lambda: _("It arrives at once. You paste your text into their form."),
        "phone": lambda: _("A call takes a minute or two. There is a script to read from."),
        "fax": lambda: _("It arrives at once, on paper."),
        "social": lambda: _("Others see it, too."),
    }
    found = said.get(key)
    return str(found()) if found else f"{way.offer.reason.sentence} {days or ''}".strip()


def _about_post(key: str, day: str) -> str:
    if key == "post":
        return str(_("A letter on paper is noticed. Post it by %(day)s, so that it arrives in time.", day=day))
    if key == "post_embassy":
        said = _(
            "The post takes no letters to their country at present. The embassy where you live passes yours on: "
            "post it to the embassy by %(day)s.",
            day=day,
        )
        return str(said)
    if key == "post_today":
        return str(_("A letter on paper is noticed. Post it today: tomorrow is too late for the deadline."))
    return str(_("Too late: a letter had to be posted by %(day)s to arrive in time.", day=day))
