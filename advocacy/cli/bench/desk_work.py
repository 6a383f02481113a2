"""What an organiser of `advocacy bench pages` has at hand: a draft by hand, an import, an export, tags, an embassy."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.cli.context import note
from advocacy.config import Settings
from advocacy.domain.importing import ImportState
from advocacy.domain.selection import Selection
from advocacy.gateways import Gateways
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.posting import Embassy
from advocacy.models.supporter_export import SupporterExport
from advocacy.models.supporter_import import SupporterImport
from advocacy.models.tagging import Tagging
from advocacy.operations import exports, headcounts, manuscripts, tagging
from advocacy.operations.blasts import Draft
from advocacy.operations.headcounts import What

ACTOR = "organiser:1"
_DRAFT = Draft("Until {{ campaign.deadline }}", "Write: {{ act_url }}", selection=Selection(acted=False))


@dataclass(frozen=True)
class DeskWork:
    draft_id: int
    import_uid: str
    export_uid: str
    tagging_uid: str
    embassy_id: int


def make(session: Session, blast_ids: list[int], *, now: datetime, gateways: Gateways, settings: Settings) -> DeskWork:
    """Make it, and have counted whom the mails go to whose pages are asked for."""
    campaign = session.get_one(Campaign, 1)
    draft = manuscripts.keep(session, campaign, _DRAFT, gateways=gateways, settings=settings, actor=ACTOR)
    import_ = session.scalar(select(SupporterImport).limit(1)) or SupporterImport(
        name="list.csv",
        size=1,
        charset="utf-8",
        delimiter=",",
        actor=ACTOR,
        state=ImportState.CHECKED,
        created_at=now,
    )
    embassy = session.scalar(select(Embassy).limit(1)) or Embassy(
        of_country="FR", name="Embassy", country="CA", for_countries=["CA"], changed_at=now
    )
    session.add_all([import_, embassy])
    chosen = Selection(countries=("FR",), tags=("volunteer",))
    export = session.scalar(select(SupporterExport).limit(1)) or exports.order(session, chosen, now=now, actor=ACTOR)
    change = session.scalar(select(Tagging).limit(1)) or tagging.order(
        session, chosen, "press", adds=True, now=now, actor=ACTOR
    )
    session.commit()
    made = DeskWork(draft.id, import_.uid, export.uid, change.uid, embassy.id)
    _have_counted(session, [*blast_ids, draft.id], now=now, gateways=gateways)
    return made


def _have_counted(session: Session, blast_ids: list[int], *, now: datetime, gateways: Gateways) -> None:
    note("Counting whom mails go to ...")
    for blast_id in blast_ids:
        blast = session.get_one(Blast, blast_id)
        headcounts.ask(session, session.get_one(Campaign, blast.campaign_id), What.MAIL, blast, now)
    draft = session.scalar(select(Campaign).where(Campaign.launched_at.is_(None)).limit(1))
    if draft is not None:
        headcounts.ask(session, draft, What.LAUNCH, None, now)
    headcounts.count_asked(session, clock=gateways.clock)
