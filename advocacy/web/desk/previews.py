"""Mails as people would see them: in a frame of its own that runs nothing, with a real first name and sample links."""

from dataclasses import dataclass

from flask import Response
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.email import Words, greeting
from advocacy.domain.handwriting import UnwritableError
from advocacy.domain.merge import literal, merge, merge_html
from advocacy.gateways import current
from advocacy.models.blast import Blast, ContentVersion
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.models.supporter import Supporter, opened
from advocacy.operations import blasts, manuscripts
from advocacy.operations.words import campaign_facts, template_of
from advocacy.web.requests import settings
from advocacy.web.sentences import say

FRAME_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"
)
"""A mail is styled in place and must never run, send or fetch anything, whatever its text says."""


@dataclass(frozen=True)
class SamplePerson:
    """As little of a supporter as a preview needs."""

    id: int
    uid: str
    first_name: str
    country: str | None
    language: str


def sample_person(session: Session, supporter: Supporter) -> SamplePerson:
    first = opened(session, supporter, "name").split(" ")[0]
    return SamplePerson(supporter.id, supporter.uid, first, supporter.country, supporter.language)


def by_uid(session: Session, uid: str) -> SamplePerson | None:
    """Return the supporter of this public id, None where there is none."""
    supporter = session.scalar(select(Supporter).where(Supporter.uid == uid)) if uid else None
    return sample_person(session, supporter) if supporter else None


def step_words(session: Session, campaign: Campaign, rule: str, language: str) -> Words:
    """Return a cadence step's mail as it would be written now."""
    name, days_left = template_of(rule)
    facts = campaign_facts(session, campaign, language=language, settings=settings(), days_left=days_left)
    if days_left is None and (deadline := campaign.due_by()) is not None:
        facts["days_left"] = max(deadline.days_left(current().clock.now()), 0)
    return current().mails.write(name, language, facts)


def blast_words(session: Session, blast: Blast, campaign: Campaign, language: str) -> Words:
    """Return a blast's words: as kept, or as they would be written now while nothing is kept."""
    versions = {
        version.language: version
        for version in session.scalars(
            select(ContentVersion).where(ContentVersion.blast_id == blast.id).order_by(ContentVersion.id)
        )
    }
    kept = versions.get(language) or versions.get(campaign.language) or next(iter(versions.values()), None)
    if kept is None and (manuscript := session.get(Manuscript, blast.id)) is not None:
        draft = manuscripts.draft_of(blast, manuscript)
        try:
            return blasts.write(session, campaign, draft, language, writer=current().mails, settings=settings())
        except UnwritableError as error:
            return _as_typed(draft, error)
    if kept is None:
        return step_words(session, campaign, blast.rule, language)
    return Words(kept.subject, kept.text, kept.html)


def _as_typed(draft: blasts.Draft, error: UnwritableError) -> Words:
    """Return a draft that cannot be made a mail any more as it was typed, under the reason."""
    subject, text = literal(draft.subject), literal(draft.text)
    why = say(error)
    return Words(subject, f"{why}\n\n{text}", f"<p><strong>{escape(why)}</strong></p><pre>{escape(text)}</pre>")


def filled(words: Words, campaign: Campaign, person: SamplePerson | None) -> Words:
    """Return the words with this person's greeting and links that open nothing of anybody's."""
    hello = greeting(person.language if person else campaign.language, person.first_name if person else "")
    values = blasts.sample_values(settings(), campaign, hello)
    return Words(merge(words.subject, values), merge(words.text, values), merge_html(words.html, values))


def framed(html: str) -> Response:
    """Answer with a mail's HTML for an <iframe sandbox>."""
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": FRAME_POLICY})


def as_text(text: str) -> Response:
    return Response(text, mimetype="text/plain; charset=utf-8", headers={"Content-Security-Policy": FRAME_POLICY})
