"""A supporter's letter to each addressee, and the ways to send it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import object_session

from advocacy.domain import channels
from advocacy.domain import wording as wordings
from advocacy.domain.addressee import Addressee, Channel, Role
from advocacy.domain.appeal import compose, fitting, guard, paper, rendering
from advocacy.domain.appeal.campaign_phrasings import NONE
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, OwnWords, Tone, Writer
from advocacy.domain.appeal.sheets import Envelope
from advocacy.domain.appeal.text import Appeal
from advocacy.domain.appeal.window import fits
from advocacy.domain.arrival import Forecast
from advocacy.domain.campaign import Deadline
from advocacy.domain.errors import InvalidError
from advocacy.domain.posting import OwnAims
from advocacy.domain.translation import Texts
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.posting import own_aims
from advocacy.operations import routing
from advocacy.operations.routing import Routed


@dataclass(frozen=True)
class Wishes:
    """How a letter is to be: what the supporter chose and typed. Kept nowhere.

    `country` is the alpha-2 code they write from; `return_lines` their own postal address, for the paper only.
    With `initials` the letter is signed with initials and town alone.
    `first_sent` is the day of their first letter where this one follows it up, `firsts` the same by the id of the addressee.
    `reads` is the language in which they read, where letters in others are to come with their sense in it.
    `bodies` are the letters that the supporter rewrote, by the id of the addressee.
    """

    name: str = ""
    city: str = ""
    country: str | None = None
    tone: Tone = Tone.FORMAL
    chosen: tuple[int, ...] = ()
    own: OwnWords = field(default_factory=OwnWords)
    return_lines: tuple[str, ...] = ()
    initials: bool = False
    seed: str = ""
    first_sent: date | None = None
    firsts: Mapping[int, date] = field(default_factory=dict)
    reads: str = ""
    bodies: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """One channel to one addressee, with the text made for it. `mail` says of the post where a letter goes and whether it still arrives."""

    offer: channels.Offer
    appeal: Appeal
    mail: Routed | None = None

    @property
    def forecast(self) -> Forecast | None:
        return self.mail.forecast if self.mail else None

    @property
    def post_by(self) -> date | None:
        """Return the last useful day for the post."""
        return self.forecast.post_by if self.forecast else None


@dataclass(frozen=True)
class Reading:
    """A letter in the language its supporter reads, for reading alone. `said_in` is the language of the demands in it."""

    appeal: Appeal
    said_in: str

    @property
    def whole(self) -> bool:
        return self.said_in.partition("-")[0] == self.appeal.language


@dataclass(frozen=True)
class Correspondence:
    """One addressee with the ways to reach them, best first, and what would keep or better the letter.

    `proposal` is the body of the letter as composed, empty where nobody may rewrite it.
    """

    row_id: int
    addressee: Addressee
    ways: tuple[Way, ...]
    problems: tuple[guard.Problem, ...]
    nudges: tuple[guard.Nudge, ...]
    proposal: str = ""
    reading: Reading | None = None

    def way(self, channel: Channel) -> Way | None:
        return next((way for way in self.ways if way.offer.channel is channel), None)

    @property
    def letter(self) -> Appeal | None:
        """The text that the page shows: on paper if that is a way, else as the best way has it."""
        on_paper = self.way(Channel.POST)
        best = on_paper or next(iter(self.ways), None)
        return best.appeal if best else None


def correspondence(
    campaign: Campaign, wishes: Wishes, *, today: date, deadline: Deadline, now: datetime, pools: Pools
) -> list[Correspondence]:
    """Return the letters to all addressees a supporter in this country writes to, the primary ones first.

    `today` is the date the letters carry. They repeat the demands word for word, in the language `request_for` chooses.
    """
    primary = next((row.value() for row in campaign.addressees if row.role is Role.PRIMARY), None)
    rows = sorted(campaign.addressees, key=lambda row: (row.role is not Role.PRIMARY, row.position))
    meant = [(row, row.value()) for row in rows if row.value().is_for(wishes.country)]
    own = own_aims(object_session(campaign))
    return [
        _to_one(
            campaign, row, addressee, primary, wishes, today=today, deadline=deadline, now=now, own=own, pools=pools
        )
        for row, addressee in meant
    ]


def _to_one(
    campaign: Campaign,
    row: AddresseeRow,
    addressee: Addressee,
    primary: Addressee | None,
    wishes: Wishes,
    *,
    today: date,
    deadline: Deadline,
    now: datetime,
    own: OwnAims,
    pools: Pools,
) -> Correspondence:
    found = routing.routed(campaign, addressee, wishes.country, deadline=deadline, now=now, own=own)
    following = replace(wishes, first_sent=wishes.firsts.get(row.id, wishes.first_sent))
    base = request_for(campaign, addressee, primary, following, today=today, pools=pools)
    ways = tuple(
        Way(
            offer=offer,
            appeal=compose.compose(replace(base, channel=offer.channel), pools),
            mail=found if offer.channel is Channel.POST else None,
        )
        for offer in found.offers
    )
    letters = _rewritten(Correspondence(row.id, addressee, ways, (), ()), wishes.bodies.get(row.id))
    if letters.letter is None:
        return letters
    voice = pools.voice(base.language)
    shown = letters.letter
    spoken = [way.appeal for way in letters.ways if shown.edited and not way.appeal.may_be_edited()]
    problems = tuple(problem for appeal in (shown, *spoken) for problem in guard.problems_of(appeal, voice))
    as_sent = replace(base, channel=shown.channel, order=shown.order())
    reads = _for_reading(campaign, as_sent, wishes, pools) if not shown.edited else None
    return replace(letters, problems=problems, nudges=guard.nudges(shown, base), reading=reads)


def _rewritten(found: Correspondence, body: str | None) -> Correspondence:
    """Return the correspondence with the supporter's own body in each letter; a script and a post stay as they are."""
    proposed = found.letter
    if proposed is None or not proposed.may_be_edited():
        return found
    if not body:
        return replace(found, proposal=proposed.body())
    address = next(iter(found.addressee.emails), None)
    ways = tuple(
        replace(way, appeal=fitting.measured(way.appeal.edited_to(body), address=address))
        if way.appeal.may_be_edited()
        else way
        for way in found.ways
    )
    return replace(found, ways=ways, proposal=proposed.body())


def request_for(
    campaign: Campaign, addressee: Addressee, primary: Addressee | None, wishes: Wishes, *, today: date, pools: Pools
) -> AppealRequest:
    """Return what a letter on paper to one addressee is made from.

    It is in the language the addressee should be written to in, where the case was translated into it, else in the campaign's.
    """
    language, said = _language_for(campaign, addressee, pools)
    country = wordings.country_name(wishes.country, wordings.locale_for(language)) if wishes.country else ""
    writer = Writer(name=wishes.name, city=wishes.city, country=country)
    return AppealRequest(
        language=language,
        channel=Channel.POST,
        addressee=addressee,
        facts=rendering.facts_of(said, countries=tuple(campaign.countries), ua_number=campaign.ua_number),
        day=today,
        seed=wishes.seed,
        tone=wishes.tone,
        chosen=wishes.chosen,
        writer=writer.by_initials() if wishes.initials else writer,
        own=wishes.own,
        primary=primary if addressee.role is Role.COPY else None,
        first_sent=wishes.first_sent,
        phrasings=campaign.own_phrasings(language),
    )


def _language_for(campaign: Campaign, addressee: Addressee, pools: Pools) -> tuple[str, Texts]:
    wanted = pools.best(addressee.language, campaign.language)
    said = campaign.said_in(wanted)
    return (wanted, said) if said.language.startswith(wanted) else (pools.best(campaign.language), campaign.original())


def _for_reading(campaign: Campaign, base: AppealRequest, wishes: Wishes, pools: Pools) -> Reading | None:
    """Return the same letter in the language that the supporter reads; None where it is theirs, or words of a campaign's
    own stand in it that nobody has written in that language."""
    language = pools.best(wishes.reads or base.language, base.language)
    own = campaign.own_phrasings(language)
    if language == base.language or (base.phrasings != NONE and own == NONE):
        return None
    said = campaign.said_in(language)
    country = wordings.country_name(wishes.country, wordings.locale_for(language)) if wishes.country else ""
    writer = replace(base.writer, country=country if base.writer.country else "")
    request = replace(rendering.for_reading(base, language, said), writer=writer, phrasings=own)
    return Reading(compose.compose(request, pools), said_in=said.language)


def letter_sheet(
    one: Correspondence,
    wishes: Wishes,
    *,
    channel: Channel,
    today: date,
    pools: Pools,
    window: Envelope | None = None,
) -> paper.LetterSheet:
    """Return the sheet to print, by post or fax. Raises InvalidError for an addressee who has neither.

    With `window` the address stands where a window envelope of that size shows it, unless it is too long for the window.
    """
    way = one.way(channel)
    if way is None or channel not in {Channel.POST, Channel.FAX}:
        raise InvalidError("There is no way to send %(name)s a letter on paper.", name=one.addressee.name)
    voice = pools.voice(way.appeal.language)
    to = way.mail.by_post if way.mail else one.addressee
    sheet = paper.letter_data(
        way.appeal,
        to,
        voice,
        day=today,
        supporter_country=wishes.country,
        city=wishes.city,
        return_lines=wishes.return_lines,
        country_names=country_names(to.country, way.appeal.language),
    )
    placed = sheet.in_window(window) if window and channel is Channel.POST else sheet
    return placed if placed.window and fits(placed.recipient, placed.window) else sheet


def envelope_sheet(one: Correspondence, wishes: Wishes, *, pools: Pools) -> paper.EnvelopeSheet:
    """Return the envelope to print. Raises InvalidError for an addressee without a postal address."""
    way = one.way(Channel.POST)
    if way is None or way.mail is None:
        raise InvalidError("There is no postal address for %(name)s.", name=one.addressee.name)
    return paper.envelope_data(
        way.mail.by_post,
        pools.voice(way.appeal.language),
        supporter_country=wishes.country,
        return_lines=wishes.return_lines,
        country_names=country_names(way.mail.by_post.country, way.appeal.language),
    )


def country_names(code: str | None, language: str) -> tuple[str, ...]:
    """Return the names an address may carry its country by, the one to print first."""
    if code is None:
        return ()
    names = [wordings.country_name(code, wordings.locale_for(tag)) for tag in (language, "en", "fr", "es", "de")]
    return tuple(dict.fromkeys(names))
