"""The ways to reach an addressee: links that carry the appeal, and which ways to offer first, with the reason."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

import phonenumbers

from advocacy.domain.addressee import Addressee, Channel

LONGEST_MAILTO = 1_900  # Windows stops handing over links a little above 2,000 characters, without a word.
_LONGEST_WEB_LINK = 8_000  # Web servers commonly refuse longer ones.

# Compose pages of web mail are documented nowhere. Checked against public use on 2026-11-20.
WEBMAIL: dict[str, tuple[str, str, str, str]] = {
    "Gmail": ("https://mail.google.com/mail/?view=cm&fs=1", "to", "su", "body"),
    "Outlook.com": ("https://outlook.live.com/mail/0/deeplink/compose?", "to", "subject", "body"),
    "Outlook (work or school)": ("https://outlook.office.com/mail/deeplink/compose?", "to", "subject", "body"),
    "Yahoo Mail": ("https://compose.mail.yahoo.com/?", "to", "subject", "body"),
}


_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"


@dataclass(frozen=True)
class MailLink:
    """A link that opens a finished mail. `has_body` is False where the text is too long for one and must be pasted."""

    name: str
    url: str
    has_body: bool


def mailto(to: str, *, subject: str, body: str) -> MailLink:
    """Return the link of RFC 6068: one addressee, blanks as %20, lines ended by CRLF, no empty part.

    From 1,900 characters on the body is left out. An address is percent-encoded but for its @, so that none can add a header.
    """
    address = quote(to.strip(), safe="@")
    full = f"mailto:{address}{_query('?', subject=subject, body=_crlf(body))}"
    if len(full) < LONGEST_MAILTO:
        return MailLink("mailto", full, has_body=bool(body))
    return MailLink("mailto", f"mailto:{address}{_query('?', subject=subject)}", has_body=False)


def mail_links(to: str, *, subject: str, body: str) -> tuple[MailLink, ...]:
    """Return all the links that open a finished mail: the mail program's first, then those of web mail."""
    return (mailto(to, subject=subject, body=body), *webmail(to, subject=subject, body=body))


def mailto_length(to: str, *, subject: str, body: str) -> int:
    """Return how long the link with everything in it is, in characters, without making it: `fitting` asks this for every draft."""
    given = [("subject", subject), ("body", _crlf(body))]
    fields = sum(len(name) + 2 + _quoted_length(text) for name, text in given if text)
    address = to.strip()
    return len("mailto:") + _quoted_length(address) - 2 * address.count("@") + fields


def _quoted_length(text: str) -> int:
    octets = text.encode()
    return len(octets) + 2 * len(octets.translate(None, _UNRESERVED))


def webmail(to: str, *, subject: str, body: str) -> tuple[MailLink, ...]:
    """Return the compose links of Gmail, Outlook (personal, work) and Yahoo, each without its body where it is too long."""
    return tuple(_webmail_link(name, to=to.strip(), subject=subject, body=body) for name in WEBMAIL)


def _webmail_link(name: str, *, to: str, subject: str, body: str) -> MailLink:
    page, to_key, subject_key, body_key = WEBMAIL[name]
    separator = "" if page.endswith("?") else "&"
    bare = f"{page}{_query(separator, **{to_key: to, subject_key: subject})}"
    full = f"{page}{_query(separator, **{to_key: to, subject_key: subject, body_key: _crlf(body)})}"
    has_body = len(full) <= _LONGEST_WEB_LINK
    return MailLink(name, full if has_body else bare, has_body=has_body and bool(body))


def _query(separator: str, **fields: str) -> str:
    given = "&".join(f"{key}={quote(text, safe='')}" for key, text in fields.items() if text)
    return f"{separator}{given}" if given else ""


def _crlf(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


@dataclass(frozen=True)
class PhoneLink:
    """A number as it is printed, and as a link of RFC 3966 where it could be understood."""

    printed: str
    url: str | None
    international: str | None


def tel(printed: str, country: str | None) -> tuple[PhoneLink, ...]:
    """Return the numbers in a printed line, one link each; `country` is the alpha-2 code where the phone stands.

    "(613) 238-5335 / 688-5335 (24h)" is two numbers: the second borrows the area code of the first. What cannot be
    understood is still returned as printed, without a link.
    """
    region = (country or "").upper() or None
    links: list[PhoneLink] = []
    first: phonenumbers.PhoneNumber | None = None
    for piece in re.split(r"\s*(?:/|;|\bor\b|\bou\b|\boder\b|,)\s*", printed.strip()):
        bare = re.sub(r"\((?:\D[^)]*|24\s?h[^)]*|24/7)\)|\b24\s?h(?:rs|ours)?\b", "", piece).strip()
        if not bare:
            continue
        number = _number(bare, region) or _with_area_code(bare, first)
        first = first or number
        links.append(_phone_link(piece, number))
    return tuple(links)


def _number(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) and _long_enough(number) else None


def _long_enough(number: phonenumbers.PhoneNumber) -> bool:
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE


def _with_area_code(text: str, first: phonenumbers.PhoneNumber | None) -> phonenumbers.PhoneNumber | None:
    if first is None:
        return None
    digits = re.sub(r"\D", "", text)
    national = phonenumbers.national_significant_number(first)
    if not 3 <= len(digits) < len(national):
        return None
    return _number(f"+{first.country_code}{national[: len(national) - len(digits)]}{digits}", None)


def _phone_link(printed: str, number: phonenumbers.PhoneNumber | None) -> PhoneLink:
    if number is None:
        return PhoneLink(printed, None, None)
    return PhoneLink(
        printed,
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
    )


@dataclass(frozen=True)
class Reason:
    """Why a way is offered or not: a key that a page may translate, its numbers, and the sentence in English."""

    key: str
    sentence: str
    days: int | None = None


@dataclass(frozen=True)
class Offer:
    """One way to reach one addressee. `works` is False where it no longer makes sense; the reason says why."""

    channel: Channel
    works: bool
    reason: Reason


class PostRoute(StrEnum):
    """How a letter on paper gets to an addressee."""

    DIRECT = "direct"
    EMBASSY = "embassy"  # the post to that country is suspended; the embassy where the supporter lives passes it on
    SUSPENDED = "suspended"  # it is, and no embassy is known


def offered(
    addressee: Addressee,
    *,
    supporter_country: str | None,
    days_left: int,
    posting_days: int | None,
    route: PostRoute = PostRoute.DIRECT,
) -> tuple[Offer, ...]:
    """Return the ways to reach an addressee, best first, those that no longer work last.

    `days_left` counts from today to the deadline (0 on its day), `posting_days` is how long a letter takes
    on its `route`, None if unknown.
    An addressee who is not for the supporter's country, and one past the deadline, has no way that works.
    """
    offers = [
        Offer(channel, *_verdict(channel, addressee, supporter_country, days_left, posting_days, route))
        for channel in addressee.channels()
    ]
    post_first = route is not PostRoute.SUSPENDED and _letter_has_time(days_left, posting_days)
    order = _WITH_TIME if post_first else _IN_A_HURRY
    return tuple(sorted(offers, key=lambda offer: (not offer.works, order.index(offer.channel))))


# A letter on paper is read and counted, so it comes first while there is time; then what reaches the office the same day.
_WITH_TIME = (Channel.POST, Channel.EMAIL, Channel.WEB_FORM, Channel.FAX, Channel.PHONE, Channel.SOCIAL)
_IN_A_HURRY = (Channel.EMAIL, Channel.WEB_FORM, Channel.PHONE, Channel.FAX, Channel.POST, Channel.SOCIAL)


def _letter_has_time(days_left: int, posting_days: int | None) -> bool:
    return posting_days is None or days_left >= posting_days


def _verdict(
    channel: Channel,
    addressee: Addressee,
    supporter_country: str | None,
    days_left: int,
    posting_days: int | None,
    route: PostRoute,
) -> tuple[bool, Reason]:
    if days_left < 0:
        return False, Reason("over", "The deadline has passed.", days_left)
    if not addressee.is_for(supporter_country):
        return False, Reason("elsewhere", f"{addressee.name} is for people in another country.")
    if channel is Channel.POST:
        return _routed_post(days_left, posting_days, route)
    return True, _REASONS[channel]


def _routed_post(days_left: int, posting_days: int | None, route: PostRoute) -> tuple[bool, Reason]:
    if route is PostRoute.SUSPENDED:
        return False, Reason("post_suspended", "The post to this country is suspended.")
    works, reason = _post(days_left, posting_days)
    if route is PostRoute.EMBASSY and works:
        sentence = f"The post to this country is suspended: send it to the embassy where you live. {reason.sentence}"
        return True, Reason("post_embassy", sentence, reason.days)
    return works, reason


def _post(days_left: int, posting_days: int | None) -> tuple[bool, Reason]:
    if posting_days is None:
        return True, Reason(
            "post_unknown", "A letter on paper is noticed. How long the post takes is not known: send it soon."
        )
    spare = days_left - posting_days
    if spare < 0:
        return False, Reason(
            "post_late",
            f"A letter takes about {_days(posting_days)} and there {_are(days_left)} left: it would come too late.",
            posting_days,
        )
    if spare == 0:
        return True, Reason("post_today", f"A letter takes about {_days(posting_days)}: post it today.", 0)
    return True, Reason("post", f"A letter takes about {_days(posting_days)}: post it within {_days(spare)}.", spare)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _are(count: int) -> str:
    return "is 1 day" if count == 1 else f"are {count} days"


_REASONS = {
    Channel.EMAIL: Reason("email", "An e-mail from your own mailbox arrives at once."),
    Channel.WEB_FORM: Reason("web_form", "The office's own form arrives at once; you paste your text into it."),
    Channel.PHONE: Reason("phone", "A call takes a minute; there is a script to read from."),
    Channel.FAX: Reason("fax", "A fax arrives at once, on paper."),
    Channel.SOCIAL: Reason("social", "A public post is seen by others too."),
}
