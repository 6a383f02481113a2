"""The list of embassies: copies by the supporter's country, undone with one press, and the way round a suspended post."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import NOWHERE, Channel, Role
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.gateways.clock import SimulatedClock
from advocacy.gateways.phrases import load_pools, paper_words
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.installation import AuditEntry
from advocacy.models.posting import Embassy, PostingEntry
from advocacy.operations import actions, appeals, editing, embassies
from advocacy.operations.appeals import Correspondence, Wishes
from advocacy.operations.editing import Corrections, Entered
from advocacy.operations.embassies import Typed
from advocacy.operations.packets import packet_sheet
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter

TYPED = Typed(
    of_country="US",
    name="Embassy of Exampleland",
    country="CA",
    for_countries=["CA", "BS"],
    postal_lines=["12 Elm Street", "Ottawa K1A 0B1"],
    emails=["embassy@example.org"],
)
ME = "organiser:1"


def add(session: Session, clock: SimulatedClock, **changes: object) -> Embassy:
    return embassies.keep(session, None, Typed(**(TYPED.__dict__ | changes)), clock=clock, actor=ME)


def suspend(session: Session, from_country: str | None, to_country: str) -> None:
    session.add(
        PostingEntry(
            from_country=from_country,
            to_country=to_country,
            suspended=True,
            source="Universal Postal Union",
            why="",
            dated=date(2026, 2, 27),
            entered_at=NOON,
            actor=ME,
        )
    )
    session.commit()


def letters(campaign: Campaign, country: str) -> list[Correspondence]:
    deadline = campaign.due_by()
    assert deadline is not None
    wishes = Wishes(name="Robin", country=country, seed="1:1")
    return appeals.correspondence(
        campaign, wishes, today=date(2026, 3, 2), deadline=deadline, now=NOON, pools=load_pools()
    )


def names(campaign: Campaign, country: str) -> list[str]:
    return [one.addressee.name for one in letters(campaign, country)]


def test_an_embassy_on_the_list_is_copied_from_its_countries_and_nowhere_else(
    session: Session, clock: SimulatedClock
) -> None:
    running, other = add_campaign(session), add_campaign(session)
    other.addressees[0].country = "FR"
    add(session, clock)

    assert names(running, "CA") == ["Minister Ana Example", "Embassy of Exampleland"]
    assert names(running, "BS") == names(running, "CA")
    assert names(running, "DE") == ["Minister Ana Example"]
    assert names(other, "CA") == ["Minister Ana Example"]


def test_the_embassy_that_the_document_names_goes_before_the_list(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    campaign.addressees.append(
        AddresseeRow(
            position=2, role=Role.COPY, name="Embassy in the document", emails=["a@b.org"], for_countries=["CA"]
        )
    )
    add(session, clock)

    assert names(campaign, "CA") == ["Minister Ana Example", "Embassy in the document"]
    assert names(campaign, "BS") == ["Minister Ana Example", "Embassy of Exampleland"]


def test_a_corrected_addressee_brings_the_embassies_of_the_new_country(session: Session, clock: SimulatedClock) -> None:
    add(session, clock, of_country="FR", name="Embassy of France")
    campaign = add_campaign(session, state=CampaignState.DRAFT, launched_at=None)
    minister = Entered(campaign.addressees[0].id, "Minister", Role.PRIMARY, country="FR", emails=["m@example.org"])

    editing.correct(session, campaign, Corrections(addressees=[minister]), now=NOON, actor=ME)
    assert [row.name for row in campaign.addressees] == ["Minister", "Embassy of France"]

    editing.correct(session, campaign, Corrections(addressees=[minister]), now=NOON, actor=ME)
    assert [(row.name, row.position) for row in campaign.addressees] == [("Minister", 1), ("Embassy of France", 2)]


def test_a_change_reaches_campaigns_at_once_and_is_undone_with_one_press(
    session: Session, clock: SimulatedClock
) -> None:
    campaign = add_campaign(session)
    row = add(session, clock)

    embassies.keep(session, row, Typed(**(TYPED.__dict__ | {"name": "Consulate", "for_countries": ["CA"]})), clock=clock, actor=ME)  # fmt: skip
    assert names(campaign, "CA")[1:] == ["Consulate"]
    assert names(campaign, "BS")[1:] == []

    embassies.undo(session, row, clock=clock, actor=ME)
    assert names(campaign, "BS")[1:] == ["Embassy of Exampleland"]

    embassies.take_off(session, row, clock=clock, actor=ME)
    assert names(campaign, "CA")[1:] == []
    embassies.undo(session, row, clock=clock, actor=ME)
    assert names(campaign, "CA")[1:] == ["Embassy of Exampleland"]
    told = session.scalars(select(AuditEntry.what).where(AuditEntry.what.like("embassy.%")).order_by(AuditEntry.id))
    assert list(told) == ["embassy.add", "embassy.change", "embassy.undo", "embassy.take_off", "embassy.undo"]
    with pytest.raises(ConflictError):
        embassies.undo(session, add(session, clock, name="Another"), clock=clock, actor=ME)


def test_letters_sent_to_an_embassy_stay_counted_when_it_is_off_the_list(
    session: Session, clock: SimulatedClock
) -> None:
    campaign, supporter = add_campaign(session), add_supporter(session)
    row = add(session, clock)
    copy = campaign.addressees[1]
    actions.sent(session, supporter.id, campaign, copy.id, Channel.EMAIL, clock=clock)

    embassies.take_off(session, row, clock=clock, actor=ME)

    assert names(campaign, "CA") == ["Minister Ana Example"]
    assert tuple(campaign.addressees[1].for_countries) == NOWHERE
    assert (copy.id, Channel.EMAIL) in actions.told(session, supporter.id, campaign.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"of_country": "XX"}, "of_country"),
        ({"for_countries": []}, "for_countries"),
        ({"for_countries": ["US"]}, "for_countries"),
        ({"for_countries": ["Canada"]}, "for_countries"),
        ({"postal_lines": [], "emails": []}, "postal_lines"),
        ({"emails": ["nobody"]}, "emails"),
        ({"web_form": "javascript:alert(1)"}, "web_form"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    session: Session, clock: SimulatedClock, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        add(session, clock, **changes)

    assert list(refused.value.faults) == [field]


def test_where_the_post_is_suspended_the_letter_goes_through_the_embassy(
    session: Session, clock: SimulatedClock
) -> None:
    campaign = add_campaign(session)
    add(session, clock)
    suspend(session, None, "US")

    minister = letters(campaign, "CA")[0]
    way = minister.way(Channel.POST)

    assert way is not None
    assert (way.offer.works, way.offer.reason.key) == (True, "post_embassy")
    assert way.forecast is not None
    assert way.forecast.working_days == 4
    wishes = Wishes(name="Robin", country="CA")
    sheet = appeals.letter_sheet(minister, wishes, channel=Channel.POST, today=date(2026, 3, 2), pools=load_pools())
    assert sheet.recipient[0] == "Minister Ana Example"
    assert sheet.recipient[-3:] == ("c/o Embassy of Exampleland", "12 Elm Street", "Ottawa K1A 0B1")
    assert appeals.envelope_sheet(minister, wishes, pools=load_pools()).air_mail == ""


def test_without_an_embassy_the_next_way_is_offered_and_nothing_is_printed_to_post(
    session: Session, clock: SimulatedClock
) -> None:
    campaign = add_campaign(session)
    campaign.addressees[0].faxes = ["+1 202 555 0100"]
    suspend(session, "DE", "US")

    minister = letters(campaign, "DE")[0]

    assert [(way.offer.channel, way.offer.works) for way in minister.ways] == [
        (Channel.FAX, True), (Channel.POST, False),
    ]  # fmt: skip
    assert minister.ways[1].offer.reason.key == "post_suspended"
    with pytest.raises(InvalidError, match="written to by post"):
        packet_sheet(
            campaign, [minister], Wishes(country="DE"), paper_words("en"), today=date(2026, 3, 2), pools=load_pools()
        )
    supporter = add_supporter(session, country="DE")
    found = actions.another_way(session, supporter, campaign, NOON)
    assert found is not None
    assert found[1] is Channel.FAX
