"""Why no mail goes out, or why one mail stands still, as the desk's pages say it."""

from datetime import datetime, timedelta

from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.complaints import PREFIX
from advocacy.models import installation
from advocacy.models.blast import Blast, ProviderAccount
from advocacy.models.campaign import Campaign
from advocacy.web.sentences import say
from advocacy.web.wording import grouped

_STALE_TICK = timedelta(minutes=2)


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def engine_trouble(session: Session, now: datetime) -> str | None:
    """Return why no mail can go out at all at the moment, None when it can."""
    if installation.fact(session, installation.HELD):
        return _(
            "The database was restored from a backup, so nothing is sent until `advocacy engine resume` is run: "
            "first see that nothing goes out a second time."
        )
    ticked = installation.fact(session, installation.TICKED_AT)
    if ticked is None:
        return _("The engine has not run yet. Start it with `advocacy up`.")
    silent = now - datetime.fromisoformat(ticked)
    if silent > _STALE_TICK:
        minutes = int(silent.total_seconds() // 60)
        return str(
            ngettext(
                "The engine has not run for %(minutes)s minute. Start it with `advocacy up`, or look at its log.",
                "The engine has not run for %(minutes)s minutes. Start it with `advocacy up`, or look at its log.",
                minutes,
                minutes=grouped(minutes),
            )
        )
    account = session.scalar(select(ProviderAccount).where(ProviderAccount.health != "good").limit(1))
    if account is not None:
        why = say(account.health_reason) or account.health
        return _("The mail provider takes nothing at the moment: %(why)s.", why=why)
    return None


def why_not(campaign: Campaign, blast: Blast, trouble: str | None) -> str | None:
    """Return why a blast stands still, None when it moves or only waits for the hour of its next people."""
    facts = (
        (blast.state is BlastState.BLOCKED, say(blast.state_reason) or _("The mail provider refused it.")),
        (blast.state is BlastState.MISSED, _("It could not be sent in time. Decide whether it still should.")),
        (campaign.state is CampaignState.PAUSED, _("The campaign is paused.")),
        (blast.state is BlastState.PAUSED and blast.state_reason.startswith(PREFIX), say(blast.state_reason)),
        (blast.state is BlastState.PAUSED, _("It is paused.")),
        (trouble is not None, trouble or ""),
    )
    return next((reason for is_so, reason in facts if is_so), None)
