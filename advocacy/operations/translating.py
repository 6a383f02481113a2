"""A campaign in other languages: keep what an organiser translated, say what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from advocacy.domain.errors import InvalidError
from advocacy.domain.sentence import Sentence
from advocacy.domain.translation import Part, Texts, Translation
from advocacy.models.campaign import Campaign, CampaignTranslation
from advocacy.operations import audit
from advocacy.operations.editing import LONGEST, LONGEST_DEMAND


@dataclass(frozen=True)
class Standing:
    """How far the translation into one language is: `total` texts, of which so many are missing or stale."""

    language: str
    total: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    begun: bool

    @property
    def whole(self) -> bool:
        return not self.missing


def standings(campaign: Campaign, languages: tuple[str, ...]) -> list[Standing]:
    """Return how far each language but the campaign's own is: those offered, and those somebody began."""
    original = campaign.original()
    begun = {row.language: row.value() for row in campaign.translations}
    wanted = [language for language in dict.fromkeys((*languages, *begun)) if language != campaign.language]
    return [_standing(begun.get(language), language, original) for language in wanted]


def of(campaign: Campaign, language: str) -> Translation:
    """Return the campaign's translation into a language, an empty one before it is begun."""
    row = next((row for row in campaign.translations if row.language == language), None)
    return row.value() if row is not None else Translation(language, {}, ())


def save(
    session: Session,
    campaign: Campaign,
    language: str,
    fields: Mapping[str, str],
    demands: tuple[str, ...],
    *,
    now: datetime,
    actor: str,
) -> Standing:
    """Keep a translation as typed, whole or not; what is kept belongs to the original as it stands now.

    `demands` are in the order of the campaign's. Raises InvalidError naming each text that is too long.
    """
    original = campaign.original()
    faults = _faults(fields, demands)
    if faults:
        raise InvalidError("Something is too long to be kept.", faults=faults)
    kept = Translation(
        language,
        {name: Part.made(text.strip(), original.fields[name]) for name, text in fields.items() if text.strip()},
        tuple(
            Part.made(" ".join(text.split()), demand)
            for text, demand in zip(demands, original.demands, strict=False)
            if text.strip()
        ),
    )
    row = next((row for row in campaign.translations if row.language == language), None)
    if row is None:
        row = CampaignTranslation(language=language)
        campaign.translations.append(row)
    row.parts = kept.as_json()
    _record(session, campaign, "campaign.translated", language, now=now, actor=actor)
    session.commit()
    return _standing(kept, language, original)


def remove(session: Session, campaign: Campaign, language: str, *, now: datetime, actor: str) -> None:
    """Take a translation away: readers of that language see the original again."""
    row = next((row for row in campaign.translations if row.language == language), None)
    if row is not None:
        campaign.translations.remove(row)
        _record(session, campaign, "campaign.translation_removed", language, now=now, actor=actor)
    session.commit()


def _standing(translation: Translation | None, language: str, original: Texts) -> Standing:
    total = len(original.demands) + sum(1 for text in original.fields.values() if text.strip())
    known = translation or Translation(language, {}, ())
    return Standing(language, total, known.missing(original), known.stale(original), begun=translation is not None)


def _faults(fields: Mapping[str, str], demands: tuple[str, ...]) -> dict[str, Sentence]:
    faults = {
        name: Sentence("Use at most %(most)s characters; this has %(number)s.", most=LONGEST[name], number=len(text))
        for name, text in fields.items()
        if len(text) > LONGEST[name]
    }
    faults |= {
        f"demand-{number}": Sentence("Use at most %(most)s characters for one demand.", most=LONGEST_DEMAND)
        for number, text in enumerate(demands)
        if len(text) > LONGEST_DEMAND
    }
    return faults


def _record(session: Session, campaign: Campaign, what: str, language: str, *, now: datetime, actor: str) -> None:
    details = {"language": language}
    audit.record(session, actor=actor, what=what, object_=f"campaign:{campaign.id}", now=now, details=details)
