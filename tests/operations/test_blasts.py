"""Mails written by hand: their words, their time, whom they reach."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.audience import LeftOut
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.handwriting import UnwritableError
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import moment
from advocacy.models.blast import ContentVersion
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.operations import audiences, blasts, releasing
from advocacy.operations.blasts import Draft
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider
from tests.web.desks import add_organiser

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def gateways(clock: SimulatedClock, provider: FakeProvider) -> Gateways:
    return Gateways(clock=clock, provider=provider)


def _draft(**values: object) -> Draft:
    return Draft(
        **({"subject": "Until {{ campaign.deadline }}", "text": "Write: {{ act_url }}", "at": NOW_PLUS} | values)
    )  # type: ignore[arg-type]


NOW_PLUS = datetime(2099, 1, 1, tzinfo=UTC)


def _soon(session: Session, gateways: Gateways) -> datetime:
    """PostgreSQL has a clock of its own, so times are reckoned from what the database says."""
    return moment.now(session, gateways.clock) + timedelta(days=1)


def _campaign(session: Session, gateways: Gateways, **values: object) -> Campaign:
    now = moment.now(session, gateways.clock)
    return add_campaign(session, deadline=(now + timedelta(days=20)).date(), **values)


def test_a_mail_is_written_in_the_frame_of_each_language(
    session: Session, settings: Settings, gateways: Gateways
) -> None:
    campaign = _campaign(session, gateways)

    blast = releasing.schedule(
        session, campaign, _draft(at=_soon(session, gateways)), gateways=gateways, settings=settings, actor="cli"
    )

    words = session.scalars(select(ContentVersion).where(ContentVersion.blast_id == blast.id)).all()
    assert {each.language for each in words} == set(settings.languages)
    assert all("{{ act_url }}" in each.text and "{{ unsubscribe_url }}" in each.text for each in words)
    assert all("{{ act_url }}" in each.html and "campaign.deadline" not in each.subject for each in words)
    assert (blast.rule, blast.state) == ("manual", BlastState.SCHEDULED)


def test_nothing_goes_out_after_the_deadline(session: Session, settings: Settings, gateways: Gateways) -> None:
    campaign = _campaign(session, gateways)
    deadline = campaign.due_by()
    assert deadline is not None

    late = _draft(at=deadline.end() - timedelta(hours=2))
    blast = releasing.schedule(session, campaign, late, gateways=gateways, settings=settings, actor="cli")

    assert blast.send_by == deadline.end()
    with pytest.raises(InvalidError, match="after the deadline"):
        releasing.schedule(
            session, campaign, _draft(at=deadline.end()), gateways=gateways, settings=settings, actor="cli"
        )


def test_a_time_that_has_passed_is_refused(session: Session, settings: Settings, gateways: Gateways) -> None:
    campaign = _campaign(session, gateways)
    past = _soon(session, gateways) - timedelta(days=2)

    with pytest.raises(InvalidError, match="passed"):
        releasing.schedule(session, campaign, _draft(at=past), gateways=gateways, settings=settings, actor="cli")


def test_each_persons_own_hour_begins_where_the_day_begins_first(
    session: Session, settings: Settings, gateways: Gateways
) -> None:
    campaign = _campaign(session, gateways)
    wall = (_soon(session, gateways) + timedelta(days=1)).replace(
        hour=10, minute=0, second=0, microsecond=0, tzinfo=None
    )

    blast = releasing.schedule(session, campaign, _draft(at=wall), gateways=gateways, settings=settings, actor="cli")

    assert blast.local_time
    assert blast.scheduled_at == wall.replace(tzinfo=UTC) - timedelta(hours=14)
    assert Selection.from_json(blast.audience).local == wall


@pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.CLOSED])
def test_only_a_live_campaign_is_written_about(
    session: Session, settings: Settings, gateways: Gateways, state: CampaignState
) -> None:
    campaign = _campaign(session, gateways, state=state)

    with pytest.raises(ConflictError):
        releasing.schedule(
            session, campaign, _draft(at=_soon(session, gateways)), gateways=gateways, settings=settings, actor="cli"
        )


def test_an_unknown_field_saves_nothing(session: Session, settings: Settings, gateways: Gateways) -> None:
    campaign = _campaign(session, gateways)
    draft = _draft(text="{{ campaign.titel }}", at=_soon(session, gateways))

    with pytest.raises(UnwritableError):
        releasing.schedule(session, campaign, draft, gateways=gateways, settings=settings, actor="cli")


def test_markup_in_a_mail_is_shown_and_never_obeyed(session: Session, settings: Settings, gateways: Gateways) -> None:
    campaign = _campaign(session, gateways, title="<script>alert(1)</script>")
    draft = _draft(text="<img src=x onerror=alert(1)> {{ campaign.title }} [x](javascript:alert(1))")

    words = blasts.write(session, campaign, draft, "en", writer=gateways.mails, settings=settings)

    assert "<script>" not in words.html
    assert "<img src=x" not in words.html
    assert 'href="javascript' not in words.html


def test_a_test_goes_to_the_organiser_alone_with_links_that_open_nothing(
    session: Session, settings: Settings, gateways: Gateways
) -> None:
    campaign, person = _campaign(session, gateways), add_organiser(session, OrganiserRole.OWNER)
    words = blasts.write(session, campaign, _draft(), "en", writer=gateways.mails, settings=settings)

    blasts.send_test(session, person.id, words, campaign=campaign, now=NOON, settings=settings)

    mail = session.scalars(select(SingleMail)).one()
    assert (mail.kind, mail.organiser_id, mail.supporter_id) == (SingleKind.TEST, person.id, None)
    assert "{{" not in mail.facts["text"]
    assert f"{settings.base_url}/a/{campaign.slug}" in mail.facts["text"]


def test_whom_a_mail_reaches_is_counted_with_the_reasons_for_the_others(session: Session) -> None:
    campaign = add_campaign(session)
    for country in ("CA", "CA", "GB"):
        subscribe(session, add_supporter(session, country=country))
    subscribe(session, add_supporter(session, state=SupporterState.UNSUBSCRIBED), campaign)
    session.commit()

    everyone = audiences.reach_by_hand(session, campaign, Selection(), TOMORROW)
    in_canada = audiences.reach_by_hand(session, campaign, Selection(countries=("GB",)), TOMORROW)

    assert (everyone.people, everyone.left_out) == (3, ((LeftOut.UNSUBSCRIBED, 1),))
    assert in_canada.people == 1


def test_ten_people_are_shown_and_then_ten_others(session: Session) -> None:
    campaign = add_campaign(session)
    for _ in range(12):
        subscribe(session, add_supporter(session))
    session.commit()

    first = audiences.sample(session, campaign, NOON)
    second = audiences.sample(session, campaign, NOON, after=first[-1].uid)

    assert (len(first), len(second)) == (10, 10)
    assert {each.id for each in second} - {each.id for each in first}
