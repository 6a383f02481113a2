"""Campaigns with their demands, addressees and the document they were read from."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from advocacy.domain.addressee import Addressee, Role
from advocacy.domain.appeal.campaign_phrasings import NONE, CampaignPhrasings
from advocacy.domain.campaign import CampaignState, Deadline
from advocacy.domain.translation import FIELDS, Texts, Translation, said_in
from advocacy.models.base import Base, BigId, enum_of

_LONGEST_SLUG = 60


class Campaign(Base):
    """One urgent action. `summary` speaks to supporters; `concern` is the sentence on the case that a letter may say to
    the addressee (empty: the letter names the title). `cadence` is `domain.cadence.Cadence` as JSON; empty means the default.
    `counts_opens`: an owner asked that opens of its mails be counted."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[CampaignState] = mapped_column(enum_of(CampaignState), default=CampaignState.DRAFT, index=True)
    title: Mapped[str] = mapped_column(String(300))
    index_number: Mapped[str | None] = mapped_column(String(80))
    ua_number: Mapped[str | None] = mapped_column(String(40))
    issued: Mapped[date | None]
    deadline: Mapped[date | None]
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(12), default="en")
    countries: Mapped[list[str]] = mapped_column(JSON, default=list)
    summary: Mapped[str] = mapped_column(Text, default="")
    concern: Mapped[str] = mapped_column(Text, default="")
    case_text: Mapped[str] = mapped_column(Text, default="")
    background: Mapped[str] = mapped_column(Text, default="")
    safety_notice: Mapped[str] = mapped_column(Text, default="")
    cadence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    generation: Mapped[int] = mapped_column(default=1)
    sample: Mapped[bool] = mapped_column(default=False)
    counts_opens: Mapped[bool] = mapped_column(default=False, server_default=false())
    reviewed_at: Mapped[datetime | None]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    created_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    demands: Mapped[list["Demand"]] = relationship(
        primaryjoin="and_(Campaign.id == Demand.campaign_id, Demand.removed_at.is_(None))",
        order_by="Demand.position",
        cascade="all, delete-orphan",
    )
    addressees: Mapped[list["AddresseeRow"]] = relationship(
        primaryjoin="and_(Campaign.id == AddresseeRow.campaign_id, AddresseeRow.removed_at.is_(None))",
        order_by="AddresseeRow.position",
        cascade="all, delete-orphan",
    )
    translations: Mapped[list["CampaignTranslation"]] = relationship(
        order_by="CampaignTranslation.language", cascade="all, delete-orphan"
    )
    document: Mapped["Document | None"] = relationship(back_populates="campaign", cascade="all, delete-orphan")
    phrasings: Mapped[list["Phrasing"]] = relationship(order_by="Phrasing.language", cascade="all, delete-orphan")

    def due_by(self) -> Deadline | None:
        """Return the deadline with its zone, None while none is set."""
        return Deadline(self.deadline, ZoneInfo(self.timezone)) if self.deadline else None

    @property
    def asks_for_opens(self) -> bool:
        """Whether its mails may count who opens them: never where the campaign warns its supporters for their safety."""
        return self.counts_opens and not self.safety_notice.strip()

    def original(self) -> Texts:
        """Return what the campaign says in its own language."""
        fields = {name: str(getattr(self, name)) for name in FIELDS}
        return Texts(self.language, fields, tuple(demand.text for demand in self.demands))

    def said_in(self, language: str) -> Texts:
        """Return what the campaign says to a reader of this language: translated where the translation is whole."""
        return said_in(language, self.original(), [row.value() for row in self.translations])

    @property
    def own_addressees(self) -> list["AddresseeRow"]:
        """The addressees that were read or typed for this campaign, without the embassies on the organisation's list."""
        return [row for row in self.addressees if row.embassy_id is None]

    def own_phrasings(self, language: str) -> CampaignPhrasings:
        """Return what its organisers worded themselves in a language."""
        return next((row.value() for row in self.phrasings if row.language == language), NONE)


class Demand(Base):
    """One thing that is asked. One with `removed_at` was taken out by an organiser, who can put it back where it stood."""

    __tablename__ = "demand"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    removed_at: Mapped[datetime | None]


class AddresseeRow(Base):
    """One addressee as stored; `value()` is what the domain works with. `removed_at` is as for a demand. One with an `embassy_id` is from the organisation's
    list of embassies and follows it."""

    __tablename__ = "addressee"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    role: Mapped[Role] = mapped_column(enum_of(Role), default=Role.PRIMARY)
    name: Mapped[str] = mapped_column(String(300))
    office: Mapped[str | None] = mapped_column(String(300))
    salutation: Mapped[str | None] = mapped_column(String(300))
    postal_lines: Mapped[list[str]] = mapped_column(JSON, default=list)
    country: Mapped[str | None] = mapped_column(String(2))
    emails: Mapped[list[str]] = mapped_column(JSON, default=list)
    phones: Mapped[list[str]] = mapped_column(JSON, default=list)
    faxes: Mapped[list[str]] = mapped_column(JSON, default=list)
    web_form: Mapped[str | None] = mapped_column(String(500))
    social: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(12))
    for_countries: Mapped[list[str]] = mapped_column(JSON, default=list)
    form_asks: Mapped[list[str]] = mapped_column(JSON, default=list)
    opening_hours: Mapped[list[str]] = mapped_column(JSON, default=list)
    timezone: Mapped[str | None] = mapped_column(String(64))
    embassy_id: Mapped[int | None] = mapped_column(ForeignKey("embassy.id"))
    removed_at: Mapped[datetime | None]

    def value(self) -> Addressee:
        return Addressee(
            name=self.name,
            role=self.role,
            office=self.office,
            salutation=self.salutation,
            postal_lines=tuple(self.postal_lines),
            country=self.country,
            emails=tuple(self.emails),
            phones=tuple(self.phones),
            faxes=tuple(self.faxes),
            web_form=self.web_form,
            social=self.social,
            language=self.language,
            for_countries=tuple(self.for_countries),
            form_asks=tuple(self.form_asks),
            opening_hours=tuple(self.opening_hours),
            timezone=self.timezone,
        )


class Phrasing(Base):
    """An organiser's words for the letters of one campaign in one language. `added` holds phrasings by part of the letter,
    `locked` the parts in which they alone are used; `model_letter` is empty for none."""

    __tablename__ = "phrasing"
    __table_args__ = (UniqueConstraint("campaign_id", "language"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(12))
    added: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    locked: Mapped[list[str]] = mapped_column(JSON, default=list)
    model_letter: Mapped[str] = mapped_column(Text, default="")

    def value(self) -> CampaignPhrasings:
        added = tuple((part, tuple(sources)) for part, sources in sorted(self.added.items()))
        return CampaignPhrasings(added, frozenset(self.locked), self.model_letter)


class CampaignTranslation(Base):
    """A campaign's words in another language: `domain.translation.Translation` as JSON."""

    __tablename__ = "campaign_translation"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    parts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    def value(self) -> Translation:
        return Translation.from_json(self.language, self.parts)


class Document(Base):
    """The text a campaign was read from, and the reading: each field with its place and how sure we were."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("campaign_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    reading: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]

    campaign: Mapped[Campaign] = relationship(back_populates="document")


def removed_from(session: Session, campaign: Campaign) -> list[Demand | AddresseeRow]:
    """Return the demands and the addressees that were taken out of a campaign, the last one first."""
    found: list[Demand | AddresseeRow] = []
    for table in (Demand, AddresseeRow):
        found += session.scalars(
            select(table).where(table.campaign_id == campaign.id, table.removed_at.is_not(None)).order_by(table.id)
        )
    return sorted(found, key=lambda row: row.removed_at or campaign.created_at, reverse=True)


def by_slug(session: Session, slug: str) -> Campaign | None:
    return session.scalar(select(Campaign).where(Campaign.slug == slug))


def running(session: Session, now: datetime) -> list[int]:
    """Return the ids of the live campaigns whose deadline has not passed, the nearest first."""
    rows = session.execute(
        select(Campaign.id, Campaign.deadline, Campaign.timezone)
        .where(Campaign.state == CampaignState.LIVE)
        .order_by(Campaign.deadline, Campaign.id)
    )
    return [
        id_ for id_, deadline, zone in rows if deadline is None or not Deadline(deadline, ZoneInfo(zone)).passed(now)
    ]


def all_of(session: Session, ids: Collection[int]) -> dict[int, Campaign]:
    """Return these campaigns by their ids, in the order of the ids."""
    rows = session.scalars(select(Campaign).where(Campaign.id.in_(ids)))
    found = {campaign.id: campaign for campaign in rows}
    return {id_: found[id_] for id_ in ids if id_ in found}


def with_words(session: Session, ids: Sequence[int]) -> list[Campaign]:
    """Return these campaigns in the order of the ids, with all that `said_in` needs."""
    rows = session.scalars(
        select(Campaign)
        .where(Campaign.id.in_(ids))
        .options(selectinload(Campaign.translations), selectinload(Campaign.demands))
    )
    return sorted(rows, key=lambda campaign: ids.index(campaign.id))


def free_slug(session: Session, title: str, number: str | None) -> str:
    """Return a name for addresses: the title's words and the action's number, with a count when it is taken."""
    words = f"{title[:_LONGEST_SLUG]} {number or ''}"
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "action"
    taken = set(session.scalars(select(Campaign.slug).where(Campaign.slug.startswith(base))))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
