"""Mails written by hand: for a part of the people, at one instant or on each person's own clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from advocacy.domain.addressee import Channel
from advocacy.domain.blast import BlastState
from advocacy.domain.errors import InvalidError
from advocacy.domain.handover import Request
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import Reminders
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Action
from advocacy.operations import audiences, blast_moves, campaigns
from advocacy.operations.words import PLACEHOLDERS, content_version
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import Engine, PlainWriter

MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NEXT_WEEK = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)


def people(running: Engine) -> Campaign:
    """Ana in Toronto, Bea in London, Cem who wants the last reminder only; launched this morning."""
    session = running.session
    running.clock.set(MORNING)
    campaign = add_campaign(session, deadline=date(2026, 4, 30))
    ana = add_supporter(session, "ana@example.org", tags=["press"])
    late = {"confirmed_at": datetime(2026, 3, 2, 1, 0, tzinfo=UTC)}
    bea = add_supporter(session, "bea@example.org", timezone="Europe/London", country="GB", **late)
    act = {"campaign_id": campaign.id, "addressee_id": campaign.addressees[0].id, "at": MORNING, "day": MORNING.date()}
    session.add(Action(supporter_id=bea.id, channel=Channel.POST, **act))
    cem = add_supporter(session, "cem@example.org")
    subscribe(session, ana, campaign)
    subscribe(session, bea, campaign)
    subscribe(session, cem, campaign, reminders=Reminders.LAST)
    running.launch(campaign)
    running.run()
    running.provider.taken.clear()
    return campaign


def schedule(running: Engine, campaign: Campaign, selection: Selection, *, local: bool = False) -> Blast:
    blast = Blast(
        campaign_id=campaign.id,
        rule="manual",
        occurrence="by-hand",
        audience=selection.as_json(),
        scheduled_at=NEXT_WEEK,
        local_time=local,
        send_by=NEXT_WEEK + timedelta(days=1),
        created_at=MORNING,
    )
    running.session.add(blast)
    running.session.flush()
    running.session.add(content_version(blast.id, "en", PlainWriter().write("manual", "en", PLACEHOLDERS)))
    running.session.commit()
    return blast


def got(running: Engine) -> list[tuple[str, datetime]]:
    return [(taken.address, taken.at) for taken in running.provider.taken if taken.rule.startswith("manual")]


@pytest.mark.parametrize(
    ("expression", "addresses"),
    [
        pytest.param("", ["ana@example.org", "bea@example.org"], id="everyone who wants all mails"),
        pytest.param("country=GB", ["bea@example.org"], id="a country"),
        pytest.param("tag=press", ["ana@example.org"], id="a tag"),
        pytest.param("acted=yes", ["bea@example.org"], id="who acted"),
        pytest.param("acted=post", ["bea@example.org"], id="who acted by post"),
        pytest.param("acted=email,fax", [], id="who acted in other ways"),
        pytest.param("acted=no", ["ana@example.org"], id="who has not acted"),
        pytest.param("joined=2026-03-02..", ["bea@example.org"], id="who joined since"),
        pytest.param("joined=..2026-03-01", ["ana@example.org"], id="who joined until"),
        pytest.param("joined=2026-03-02..2026-03-02", ["bea@example.org"], id="who joined on a day"),
        pytest.param("had={launch}", ["ana@example.org", "bea@example.org"], id="who had the action"),
        pytest.param("missed={launch}", [], id="who missed it"),
        pytest.param("missed=99", ["ana@example.org", "bea@example.org"], id="who missed what never was"),
    ],
)
def test_it_reaches_those_it_is_for(running: Engine, expression: str, addresses: list[str]) -> None:
    campaign = people(running)
    launch = running.blasts()["launch"].id
    blast = schedule(running, campaign, Selection.parse(expression.format(launch=launch)))

    running.play(NEXT_WEEK + timedelta(minutes=1))

    assert got(running) == [(address, NEXT_WEEK) for address in addresses]
    assert blast.state is BlastState.COMPLETED
    running.check()


def test_at_a_time_of_each_persons_own_day(running: Engine) -> None:
    campaign = people(running)
    schedule(running, campaign, Selection(local=datetime(2026, 3, 9, 18, 0)), local=True)  # noqa: DTZ001

    running.play(NEXT_WEEK + timedelta(hours=12))

    assert got(running) == [
        ("bea@example.org", datetime(2026, 3, 9, 18, 0, tzinfo=UTC)),
        ("ana@example.org", datetime(2026, 3, 9, 22, 0, tzinfo=UTC)),
    ]


def test_who_had_another_mail_within_a_day_is_left_out_and_told_why(running: Engine) -> None:
    campaign = people(running)
    blast = schedule(running, campaign, Selection())
    blast.scheduled_at = MORNING + timedelta(hours=2)
    running.session.commit()

    running.at(MORNING + timedelta(hours=2))

    assert got(running) == []
    reasons = dict(audiences.reach_of_mail(running.session, blast, campaign, running.clock.now()).left_out)
    assert reasons == {"frequency_cap": 2, "fewer_mails": 1}


def test_a_missed_one_is_sent_when_a_person_says_so(running: Engine) -> None:
    campaign = people(running)
    blast = schedule(running, campaign, Selection())
    running.at(NEXT_WEEK + timedelta(hours=7))
    assert blast.state is BlastState.MISSED

    now = running.clock.now()
    blast_moves.send_late(running.session, blast.id, now=now, send_by=now + timedelta(hours=6), actor="cli")
    running.run()

    assert [address for address, _ in got(running)] == ["ana@example.org", "bea@example.org"]
    running.check()


def test_an_audience_that_is_not_understood_is_refused() -> None:
    with pytest.raises(InvalidError, match="colour=red"):
        Selection.parse("country=CA colour=red")


def test_a_request_is_addressed_to_the_people_it_carries(running: Engine) -> None:
    campaign = people(running)
    schedule(running, campaign, Selection())
    running.play(NEXT_WEEK + timedelta(minutes=1))

    request: Request = running.provider.taken[-1].request
    assert {person.address for person in request.people} == {"ana@example.org", "bea@example.org"}


def test_a_deadline_that_moves_nearer_ends_it_too(running: Engine) -> None:
    campaign = people(running)
    blast = schedule(running, campaign, Selection())
    running.at(NEXT_WEEK - timedelta(hours=20))
    running.provider.taken.clear()

    nearer = (NEXT_WEEK - timedelta(days=1)).date()
    campaigns.move_deadline(
        running.session, campaign, nearer, gateways=running.gateways, settings=running.settings, actor="cli"
    )

    end = campaign.due_by()
    assert end is not None
    assert blast.send_by == end.end()
    assert {row.send_by for row in running.session.scalars(select(Dispatch).where(Dispatch.blast_id == blast.id))} == {
        end.end()
    }
