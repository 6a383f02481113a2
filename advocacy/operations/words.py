"""The words of campaign mails: the facts their templates print, and each blast's content in each language."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Role
from advocacy.domain.email import MERGE_FIELDS, Words, Writer
from advocacy.domain.errors import InvalidError
from advocacy.domain.links import Links
from advocacy.domain.merge import fields_of
from advocacy.domain.sentence import Sentence
from advocacy.models.base import keys_of
from advocacy.models.blast import Blast, ContentVersion
from advocacy.models.campaign import Campaign

PLACEHOLDERS = {name: "{{ %s }}" % name for name in MERGE_FIELDS}  # noqa: UP031 - braces would be doubled thrice
"""What stands in the finished words until each person's own values are filled in."""

_TEMPLATES = {"launch": "launch", "last-day": "last_day", "last-post": "last_post"}


def template_of(rule: str) -> tuple[str, int | None]:
    """Return the template of a cadence step and the days left it speaks of, None where it names none."""
    if rule.startswith("before-"):
        return "reminder", int(rule.removeprefix("before-"))
    return _TEMPLATES[rule], 0 if rule == "last-day" else None


def write_contents(session: Session, blast: Blast, campaign: Campaign, *, writer: Writer, settings: Settings) -> None:
    """Write the words of a cadence blast in every language, in place of those written before.

    Only for a blast of which nothing is planned yet: from then on its words never change.
    """
    session.execute(delete(ContentVersion).where(ContentVersion.blast_id == blast.id))
    name, days_left = template_of(blast.rule)
    for language in settings.languages:
        facts = campaign_facts(session, campaign, language=language, settings=settings, days_left=days_left)
        words = writer.write(name, language, facts)
        session.add(content_version(blast.id, language, words, counts_opens=campaign.asks_for_opens))
    session.flush()


def content_version(
    blast_id: int, language: str, words: Words, arm: str = "", *, counts_opens: bool = False
) -> ContentVersion:
    """Return a row for these words; `counts_opens` as their facts had it. Raises InvalidError for a merge field that nobody fills."""
    strange = fields_of(words.subject + words.text + words.html) - set(MERGE_FIELDS)
    if strange:
        raise InvalidError(
            "Nobody fills %(strange)s. A mail may use: %(merge_fields)s.",
            strange=sorted(strange),
            merge_fields=tuple(MERGE_FIELDS),
            faults={"text": Sentence("It has a merge field that does not exist.")},
        )
    parts = (words.subject, words.text, words.html, "opens" if counts_opens else "")
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return ContentVersion(
        blast_id=blast_id,
        language=language,
        arm=arm,
        subject=words.subject,
        text=words.text,
        html=words.html,
        sha256=digest,
        counts_opens=counts_opens,
    )


def campaign_facts(
    session: Session, campaign: Campaign, *, language: str, settings: Settings, days_left: int | None = None
) -> dict[str, Any]:
    """Return what the template of a campaign's mail in `language` prints, with merge fields still open."""
    said = campaign.said_in(language)
    links = Links(settings.base_url, keys_of(session))
    primary = [row.name for row in campaign.addressees if row.role is Role.PRIMARY]
    told = {
        "title": said.title,
        "summary": said.summary,
        "countries": list(campaign.countries),
        "demands": list(said.demands),
        "addressee": primary[0] if primary else "",
        "url": links.campaign(campaign.slug),
        "deadline": campaign.deadline,
        "timezone": campaign.timezone,
        "ua_number": campaign.ua_number,
        "language": said.language,
        "sample": campaign.sample,
    }
    said_of_it = {"campaign": told, "days_left": days_left, "counts_opens": campaign.asks_for_opens}
    return said_of_it | PLACEHOLDERS | organisation_facts(settings)


def organisation_facts(settings: Settings) -> dict[str, Any]:
    """Return what every mail says of its sender."""
    return {
        "organisation": settings.organisation_name,
        "organisation_address": settings.organisation_address,
        "contact": settings.contact,
        "base_url": settings.base_url,
    }


def versions_by_arm(session: Session, blast_id: int) -> Mapping[str, Mapping[str, int]]:
    """Return the id of the newest content version of each language, for each arm; "" is all of a mail with one subject."""
    found: dict[str, dict[str, int]] = {}
    rows = session.execute(
        select(ContentVersion.arm, ContentVersion.language, ContentVersion.id)
        .where(ContentVersion.blast_id == blast_id)
        .order_by(ContentVersion.id)
    )
    for arm, language, version in rows:
        found.setdefault(arm, {})[language] = version
    return found


def nearest_language(wanted: str, there: Mapping[str, int], default: str) -> str | None:
    """Return the language to write in: the wanted one, its parent, the campaign's own, else any; None without any."""
    for language in (wanted, wanted.partition("-")[0], default, "en"):
        if language in there:
            return language
    return next(iter(there), None)
