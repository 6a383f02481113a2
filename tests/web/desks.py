"""What tests of desk pages share: organisers of each role, signed in, and something for each page to show."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.exporting import ExportState
from advocacy.domain.importing import ImportState
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.selection import Selection
from advocacy.models.base import db
from advocacy.models.blast import Blast, ContentVersion
from advocacy.models.campaign import Campaign
from advocacy.models.organiser import Organiser, Role
from advocacy.models.posting import Embassy, PostingEntry
from advocacy.models.supporter import Supporter
from advocacy.models.supporter_export import SupporterExport
from advocacy.models.supporter_import import SupporterImport
from advocacy.models.tagging import Tagging
from advocacy.operations import desk_sessions, exports, tagging
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe


def add_organiser(session: Session, role: OrganiserRole, email: str = "") -> Organiser:
    row = session.scalar(select(Role).where(Role.name == role.value)) or Role(name=role.value)
    person = Organiser(email=email or f"{role.value}@example.org", created_at=NOON, roles=[row])
    session.add(person)
    session.commit()
    return person


class Browser(FlaskClient):
    """A client that forgets who was signed in and in which language between requests, as the server does: tests share one app context."""

    def open(self, *args: Any, **options: Any) -> Any:
        g.pop("_login_user", None)
        g.pop("_flask_babel", None)
        return super().open(*args, **options)


def browser(app: Flask) -> FlaskClient:
    app.test_client_class = Browser
    return app.test_client()


def sign_in(app: Flask, person: Organiser) -> FlaskClient:
    """Return a browser in which this person is signed in, as after the sign-in page."""
    client = browser(app)
    token = desk_sessions.begin(db.session(), person, user_agent="", now=gateways.current().clock.now())
    with client.session_transaction() as kept:
        kept["_user_id"] = person.fs_uniquifier
        kept["_fresh"] = True
        kept["fs_cc"] = "set"
        kept["fs_paa"] = NOON.timestamp()
        kept["desk_session"] = token
    return client


@dataclass(frozen=True)
class Scene:
    """A live campaign with a blast, a draft, one supporter of both, a colleague who may only read, a list in, a list out
    and a change of tags."""

    live: Campaign
    draft: Campaign
    blast: Blast
    supporter: Supporter
    colleague: Organiser
    import_: SupporterImport
    entry: PostingEntry
    embassy: Embassy
    export: SupporterExport
    tagging: Tagging


def set_scene(session: Session) -> Scene:
    live = add_campaign(session)
    draft = add_campaign(session, state=CampaignState.DRAFT, launched_at=None)
    supporter = add_supporter(session)
    subscribe(session, supporter)
    subscribe(session, supporter, live)
    blast = Blast(
        campaign_id=live.id,
        rule="before-7",
        occurrence="1",
        state=BlastState.SCHEDULED,
        scheduled_at=NOON,
        send_by=NOON.replace(day=28),
        created_at=NOON,
    )
    session.add(blast)
    session.flush()
    words = {"subject": "Seven days left", "text": "{{ greeting }} {{ act_url }}", "html": "<p>{{ greeting }}</p>"}
    entry = PostingEntry(
        to_country="FR", working_days=9, source="Lantern", dated=NOON.date(), entered_at=NOON, actor="organiser:1"
    )
    embassy = Embassy(of_country="FR", name="Embassy", country="CA", for_countries=["CA"], changed_at=NOON)
    session.add_all([entry, embassy])
    session.add(ContentVersion(blast_id=blast.id, language="en", sha256="0" * 64, **words))
    import_ = SupporterImport(
        name="list.csv",
        size=1,
        charset="utf-8",
        delimiter=",",
        actor="test",
        state=ImportState.CHECKED,
        created_at=NOON,
    )
    session.add(import_)
    export = exports.order(session, Selection(), now=NOON, actor="test")
    export.state, export.expires_at = ExportState.READY, NOON + timedelta(days=1)
    change = tagging.order(session, Selection(), "press", adds=True, now=NOON, actor="test")
    session.commit()
    colleague = add_organiser(session, OrganiserRole.VIEWER, "colleague@example.org")
    return Scene(live, draft, blast, supporter, colleague, import_, entry, embassy, export, change)
