"""An organiser's own words for the letters of one campaign."""

from sqlalchemy.orm import Session

from advocacy.domain.appeal import model_letter
from advocacy.domain.appeal.campaign_phrasings import NONE, CampaignPhrasings
from advocacy.domain.appeal.voicing import flaws_in
from advocacy.domain.errors import InvalidError
from advocacy.domain.sentence import Sentence
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.campaign import Campaign, Phrasing
from advocacy.operations import audit


def faults_of(language: str, own: CampaignPhrasings) -> dict[str, str]:
    """Return what keeps a campaign's own words from being used: a sentence by part, and for the model letter as `model`."""
    found: dict[str, str] = {}
    for flaw in flaws_in(language, own):
        in_line = Sentence("Line %(line)s: %(flaw)s.", line=flaw.line, flaw=flaw.sentence)
        found.setdefault(flaw.part, in_line if flaw.line else Sentence("%(flaw)s.", flaw=flaw.sentence))
    flaw_in_model = model_letter.flaw_of(own.model)
    return found | ({"model": flaw_in_model} if flaw_in_model else {})


def save(
    session: Session, campaign: Campaign, language: str, own: CampaignPhrasings, *, clock: Clock, actor: str
) -> None:
    """Keep a campaign's own words in a language, in place of those there were. Raises InvalidError naming each part at fault."""
    faults = faults_of(language, own)
    if faults:
        raise InvalidError("Something needs another look before it can be saved.", faults=faults)
    if own == campaign.own_phrasings(language):
        return
    kept = [row for row in campaign.phrasings if row.language != language]
    row = next((row for row in campaign.phrasings if row.language == language), None) or Phrasing(language=language)
    row.added = {part: list(sources) for part, sources in own.added}
    row.locked, row.model_letter = sorted(own.locked), own.model
    campaign.phrasings = kept if own == NONE else [*kept, row]
    audit.record(
        session,
        actor=actor,
        what="phrasings.save",
        object_=f"campaign:{campaign.id}",
        now=moment.now(session, clock),
        details={
            "language": language,
            "parts": sorted(row.added),
            "locked": row.locked,
            "model_letter": bool(row.model_letter),
        },
    )
    session.commit()
