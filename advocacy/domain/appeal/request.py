"""What an appeal is made from: the campaign's facts, the supporter, their own words, the addressee and the channel."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from advocacy.domain.addressee import Addressee, Channel, Role
from advocacy.domain.appeal.campaign_phrasings import NONE, CampaignPhrasings


class Tone(StrEnum):
    FORMAL = "formal"
    WARM = "warm"
    BRIEF = "brief"


class Form(StrEnum):
    """The grammar of a demand's words, which decides what can lead into it."""

    INFINITIVE = "infinitive"  # "halt all plans", "de libérer", "los planes ... zu stoppen"
    IMPERATIVE = "imperative"  # "do not deport", "Libérez", "Lassen Sie ... frei"
    NOUN = "noun"  # "the release of all detainees"
    CLAUSE = "clause"  # "that everyone detained be released"
    PARTICIPLE = "participle"  # "calling for their release"
    SENTENCE = "sentence"  # "The government must release them"
    NEUTRAL = "neutral"  # anything else: led in by a colon, which fits any words


@dataclass(frozen=True)
class Demand:
    """One thing the addressee is asked to do, in the words of the campaign.

    `form` is given where somebody knows better than `grammar.understand`, else None.
    """

    text: str
    form: Form | None = None


@dataclass(frozen=True)
class CampaignFacts:
    """What a letter may say about a campaign, in the language of the letter and nothing beyond it.

    `title` is the headline. `summary` is one sentence (two at most) that tells the *addressee* what happens, or empty: a summary
    written for supporters ("your letter asks him ...") does not belong here. `topic` is a noun phrase
    that fits after "about" ("people seeking safety in the United States"), or empty: then sentences that need one are not used.
    """

    title: str
    demands: tuple[Demand, ...]
    summary: str = ""
    topic: str = ""
    countries: tuple[str, ...] = ()
    ua_number: str | None = None


@dataclass(frozen=True)
class Writer:
    """The supporter as they sign. Name may be initials; city and country (its name in the letter's language) may be empty."""

    name: str = ""
    city: str = ""
    country: str = ""

    def place(self) -> str:
        return ", ".join(part for part in (self.city, self.country) if part)

    def by_initials(self) -> "Writer":
        """Return this writer with initials and town alone: "R. S., Halifax"."""
        return replace(self, name=initials(self.name), country="")


def initials(name: str) -> str:
    """Return the initials of a name: "R. S." for "Robin Smith", "J.-L. P." for "Jean-Luc Picard"."""
    words = ["-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in name.split()]
    return " ".join(word for word in words if word)


@dataclass(frozen=True)
class OwnWords:
    """The answers to the two guided questions, as typed."""

    who_am_i: str = ""
    why: str = ""

    def __bool__(self) -> bool:
        return bool(self.who_am_i.strip() or self.why.strip())


@dataclass(frozen=True)
class AppealRequest:
    """Everything one appeal depends on: the same request gives the same appeal, to the letter.

    `chosen` are indexes into `facts.demands`; empty means all. `seed` is stable per supporter and campaign (see `seed_for`).
    `primary` is whom the campaign writes to, needed where `addressee` is to get a copy. `day` is the date the letter carries.
    `first_sent` is the day of the supporter's first letter where this one follows it up. `phrasings` are the campaign's own,
    in the language of the letter.
    `order` is that of the demands where this renders a letter that has one; empty means that it is chosen.
    """

    language: str
    channel: Channel
    addressee: Addressee
    facts: CampaignFacts
    day: date
    seed: str
    tone: Tone = Tone.FORMAL
    chosen: tuple[int, ...] = ()
    writer: Writer = Writer()
    own: OwnWords = OwnWords()
    primary: Addressee | None = None
    first_sent: date | None = None
    order: tuple[int, ...] = ()
    phrasings: CampaignPhrasings = NONE

    @property
    def is_copy(self) -> bool:
        return self.addressee.role is Role.COPY

    def chosen_demands(self) -> tuple[int, ...]:
        """Return the indexes of the demands to make, in the campaign's order; all of them where none is chosen."""
        every = range(len(self.facts.demands))
        return tuple(index for index in every if index in self.chosen) or tuple(every)


def follow_up(first: AppealRequest, *, sent: date, day: date) -> AppealRequest:
    """Return the request for a second letter, filled from the first, which was sent on the day `sent`.

    Demands, tone, own words and signature are those of the first; the letter says that it follows another.
    """
    return replace(first, day=day, first_sent=sent)


def seed_for(supporter_id: object, campaign_id: object) -> str:
    """Return the seed by which one supporter always sees the same letter in one campaign, and two do not."""
    return f"{campaign_id}:{supporter_id}"
