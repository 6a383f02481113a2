"""What a supporter chose and typed for their letter, read from the form; nothing of it is kept."""

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from advocacy.domain.appeal.request import OwnWords, Tone, initials, seed_for
from advocacy.domain.appeal.sheets import Envelope
from advocacy.domain.appeal.text import mark_of
from advocacy.domain.campaign import CampaignState, Deadline
from advocacy.domain.errors import NotFoundError
from advocacy.domain.joining import COUNTRIES, judge_line
from advocacy.domain.links import acting
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import current
from advocacy.gateways.phrases import load_pools
from advocacy.models import moment
from advocacy.models.base import db, keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Supporter, opened
from advocacy.operations import actions, appeals
from advocacy.operations.appeals import Correspondence, Wishes

LONGEST_ANSWER = 1_000
LONGEST_STREET = 400
LONGEST_BODY = 8_000
AFTER_THE_END = timedelta(days=30)


@dataclass(frozen=True)
class Visit:
    """Whose page it is, for which campaign, and when it is looked at. `today` is the supporter's own day."""

    supporter: Supporter
    campaign: Campaign
    deadline: Deadline
    now: datetime

    @property
    def over(self) -> bool:
        return self.campaign.state is CampaignState.CLOSED or self.deadline.passed(self.now)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.supporter.timezone)).date()

    @property
    def first_name(self) -> str:
        return (opened(db.session(), self.supporter, "name").split() or [""])[0]


def visit(token: str) -> Visit:
    """Open an /act/ token. Every reason for which it does not open is told the same way."""
    session = db.session()
    ids = acting(keys_of(session), token)
    supporter = session.get(Supporter, ids[0]) if ids else None
    campaign = session.get(Campaign, ids[1]) if ids else None
    deadline = campaign.due_by() if campaign else None
    now = moment.now(session, current().clock)
    if supporter is None or campaign is None or deadline is None or _shut(supporter, campaign, deadline, now):
        raise NotFoundError(_("There is no page here. The address may be incomplete; copy it whole from the mail."))
    return Visit(supporter, campaign, deadline, now)


def _shut(supporter: Supporter, campaign: Campaign, deadline: Deadline, now: datetime) -> bool:
    if supporter.state is SupporterState.ERASED or campaign.state is CampaignState.DRAFT:
        return True
    return now > min(deadline.end(), campaign.closed_at or deadline.end()) + AFTER_THE_END


@dataclass
class Typed:
    """The form as it is shown again: what was typed, and what is wrong with it by field."""

    name: str
    city: str
    country: str
    tone: Tone = Tone.FORMAL
    chosen: tuple[int, ...] = ()
    who: str = ""
    why: str = ""
    street: str = ""
    window: Envelope | None = None
    initials: bool = False
    second: bool = False
    bodies: dict[int, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def signed_name(self) -> str:
        return initials(self.name) if self.initials else self.name

    def wishes(self, seed: str) -> Wishes:
        """Return what the letter is made from. Faulty fields are left out of it."""
        lines = tuple(line.strip() for line in self.street.splitlines() if line.strip())
        return Wishes(
            name=self.name,
            city=self.city,
            country=self.country or None,
            tone=self.tone,
            chosen=self.chosen,
            own=OwnWords(
                who_am_i="" if "who" in self.faults else self.who, why="" if "why" in self.faults else self.why
            ),
            return_lines=(self.signed_name, *lines) if lines else (),
            initials=self.initials,
            seed=seed,
            bodies=self.bodies,
        )


def from_the_start(visit: Visit) -> Typed:
    """Return the form as it is first shown: prefilled from the sign-up, every demand ticked."""
    session = db.session()
    return Typed(
        name=opened(session, visit.supporter, "name"),
        city=opened(session, visit.supporter, "town"),
        country=visit.supporter.country or "",
        chosen=tuple(range(len(visit.campaign.demands))),
        second="second" in request.args,
    )


def from_the_form(visit: Visit) -> Typed:
    """Return what was posted, each field judged."""
    form = request.form
    faults: dict[str, str] = {}
    typed = Typed(
        name=_line("name", faults),
        city=_line("city", faults),
        country=form.get("country", "") if form.get("country", "") in COUNTRIES else visit.supporter.country or "",
        tone=_tone(form.get("tone", "")),
        chosen=chosen(visit.campaign),
        who=typed_text("who", LONGEST_ANSWER, faults),
        why=typed_text("why", LONGEST_ANSWER, faults),
        street=typed_text("street", LONGEST_STREET, faults),
        window=next((size for size in Envelope if size.value == form.get("window")), None),
        initials=form.get("initials") == "yes",
        second=form.get("second") == "yes",
        bodies=_bodies(visit, faults),
        faults=faults,
    )
    if not typed.chosen:
        faults["demand"] = _("Choose at least one thing to ask for. Until you do, the letter asks for all of them.")
    return typed


def letters(visit: Visit, typed: Typed) -> list[Correspondence]:
    """Return the letters to each addressee; a second one says when the first was sent."""
    wishes = typed.wishes(seed_for(visit.supporter.id, visit.campaign.id))
    firsts = actions.first_letters(db.session(), visit.supporter, visit.campaign.id) if typed.second else {}
    return appeals.correspondence(
        visit.campaign,
        replace(wishes, firsts=firsts, reads=visit.supporter.language),
        today=visit.today,
        deadline=visit.deadline,
        now=visit.now,
        pools=load_pools(),
    )


def _bodies(visit: Visit, faults: dict[str, str]) -> dict[int, str]:
    """Return the letters that came back rewritten; one that is as it was proposed follows the choices."""
    fresh = request.form.get("fresh", "")
    found = {}
    for row in visit.campaign.addressees:
        name = f"body-{row.id}"
        body = typed_text(name, LONGEST_BODY, faults) if name in request.form and fresh != str(row.id) else ""
        if body.strip() and mark_of(body) != request.form.get(f"from-{row.id}"):
            found[row.id] = body
    return found


def _line(name: str, faults: dict[str, str]) -> str:
    kept, fault = judge_line(request.form.get(name, ""))
    if fault:
        faults[name] = _("Please write this with 100 letters or fewer, without special signs.")
    return kept


def typed_text(name: str, longest: int, faults: dict[str, str]) -> str:
    """Return a text of the form without signs that print nothing; one too long is a fault."""
    text = request.form.get(name, "")
    if len(text) > longest * 2:
        faults[name] = _("That is too long. Use %(num)s characters at most.", num=longest)
        return ""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"})
    if len(plain) > longest:
        faults[name] = _("That is too long. Use %(num)s characters at most.", num=longest)
    return plain


def _tone(text: str) -> Tone:
    return next((tone for tone in Tone if tone.value == text), Tone.FORMAL)


def chosen(campaign: Campaign) -> tuple[int, ...]:
    """Return the places of the demands that the form names, from 0."""
    values = request.form.getlist("demand")
    found = {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 4}
    return tuple(place for place in range(len(campaign.demands)) if place in found)
