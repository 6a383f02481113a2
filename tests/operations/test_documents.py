"""A document becomes a draft, and the draft is corrected beside it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Channel, Role
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.installation import AuditEntry
from advocacy.models.supporter import Action
from advocacy.operations import campaigns, documents, editing
from advocacy.operations.editing import Corrections, Entered
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter

LETTER = """LANTERN URGENT ACTION OFFICE
12 Quay Road, Halifax NS B3J 1A1
Phone: (902) 555-0101  urgent@lantern.example

First UA: 31/26 Index: EXA 12/4711/2026 Exampleland of February 20, 2026

WEAVERS HELD WITHOUT CHARGE IN EXAMPLELAND

Write to the Minister of Justice urging her to:
- release the eleven weavers at once and without conditions,
- let their families and lawyers visit them,
- open an independent inquiry into their arrest.

Write to:
Minister Ana Example
Ministry of Justice
1 Square of the Republic
Port Example 1000, Exampleland
Salutation: Dear Minister Example,

And copy:
Embassy of Exampleland
9 Elgin Street
Ottawa, ON K1P 5K7
Phone: (613) 555-0199

Additional information
The weavers belong to a cooperative founded in 1987. Its members have been summoned many times since then.

Please take action as soon as possible until {deadline}!
"""


def _imported(session: Session, settings: Settings, deadline: str = "March 30, 2026") -> Campaign:
    text = LETTER.replace("{deadline}", deadline)
    return documents.import_document(session, "action.txt", text, now=NOON, actor="cli", settings=settings)


def test_a_document_becomes_a_draft_with_its_source_beside_it(session: Session, settings: Settings) -> None:
    campaign = _imported(session, settings)

    assert campaign.state is CampaignState.DRAFT
    assert (campaign.ua_number, campaign.deadline) == ("31/26", date(2026, 3, 30))
    assert campaign.slug == "weavers-held-without-charge-in-exampleland-31-26"
    assert [row.text.split()[0] for row in campaign.demands] == ["release", "let", "open"]
    assert campaign.document is not None
    start, end = campaign.document.reading["fields"]["title"]["span"]
    assert campaign.document.text[start:end] == "WEAVERS HELD WITHOUT CHARGE IN EXAMPLELAND"


def test_who_can_be_reached_by_post_only_is_and_the_senders_office_is_nobody(
    session: Session, settings: Settings
) -> None:
    minister, embassy = _imported(session, settings).addressees

    assert minister.value().channels() == (Channel.POST,)
    assert (embassy.role, embassy.for_countries) == (Role.COPY, ["CA"])
    assert "urgent@lantern.example" not in [*minister.emails, *embassy.emails]


def test_a_deadline_in_the_past_imports_and_cannot_be_launched(session: Session, settings: Settings) -> None:
    campaign = _imported(session, settings, "March 1, 2026")

    assert "deadline" in [fault.field for fault in campaigns.launch_faults(campaign, NOON, settings)]


def test_the_same_document_twice_gets_two_names(session: Session, settings: Settings) -> None:
    first, second = _imported(session, settings), _imported(session, settings)

    assert second.slug == f"{first.slug}-2"


@pytest.mark.parametrize("text", ["", "  \n", "Too short.", "x" * 400_001])
def test_a_text_that_can_be_no_action_is_refused(session: Session, settings: Settings, text: str) -> None:
    with pytest.raises(InvalidError):
        documents.import_document(session, "a.txt", text, now=NOON, actor="cli", settings=settings)


def test_a_file_is_read_by_its_content(session: Session, settings: Settings) -> None:
    content = LETTER.replace("{deadline}", "March 30, 2026").encode()

    campaign = documents.import_file(
        session, "../../etc/action.txt", content, now=NOON, actor="cli", settings=settings, deadline=date(2026, 4, 2)
    )

    assert campaign.deadline == date(2026, 4, 2)
    assert campaign.document is not None
    assert campaign.document.name == "action.txt"


def test_corrections_are_saved_and_a_settled_doubt_is_no_longer_counted(session: Session, settings: Settings) -> None:
    campaign = _imported(session, settings)
    assert editing.left_to_check(campaign) == ["summary"]

    given = Corrections(texts={"title": "Weavers  held"}, demands=["release them", "", "pay them"], checked=["summary"])
    editing.correct(session, campaign, given, now=NOON, actor="organiser:1")

    assert campaign.title == "Weavers held"
    assert [(row.position, row.text) for row in campaign.demands] == [(1, "release them"), (2, "pay them")]
    assert editing.left_to_check(campaign) == []
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.details == {"fields": ["demands", "title"]}


def test_a_review_settles_every_doubt(session: Session, settings: Settings) -> None:
    campaign = _imported(session, settings)

    editing.mark_reviewed(session, campaign, now=NOON, actor="organiser:1")

    assert editing.left_to_check(campaign) == []
    assert campaign.reviewed_at == NOON


def _entered(row: AddresseeRow) -> Entered:
    return Entered(row_id=row.id, name=row.name, role=row.role, postal_lines=list(row.postal_lines))


def test_addressees_are_reordered_added_and_removed(session: Session) -> None:
    campaign = add_campaign(session)
    kept = _entered(campaign.addressees[0])
    new = Entered(row_id=None, name="Embassy", role=Role.COPY, phones=["1 555 0100"], for_countries=["CA"])

    editing.correct(session, campaign, Corrections(addressees=[new, kept]), now=NOON, actor="cli")
    session.refresh(campaign)
    assert [row.name for row in campaign.addressees] == ["Embassy", kept.name]

    editing.correct(session, campaign, Corrections(addressees=[replace(kept)]), now=NOON, actor="cli")
    assert [row.name for row in campaign.addressees] == [kept.name]


def test_somebody_supporters_wrote_to_stays(session: Session) -> None:
    campaign, supporter = add_campaign(session), add_supporter(session)
    session.add(
        Action(
            supporter_id=supporter.id,
            campaign_id=campaign.id,
            addressee_id=campaign.addressees[0].id,
            channel=Channel.POST,
            at=NOON,
            day=NOON.date(),
        )
    )
    session.commit()

    with pytest.raises(ConflictError, match="stays on the list"):
        editing.correct(session, campaign, Corrections(addressees=[]), now=NOON, actor="cli")


@pytest.mark.parametrize(
    ("entered", "fault"),
    [
        (Entered(None, "A", Role.PRIMARY, emails=["not an address"]), "targets[0].emails"),
        (Entered(None, "A", Role.PRIMARY, web_form="javascript:alert(1)"), "targets[0].web_form"),
        (Entered(None, "A", Role.PRIMARY, country="ZZZ"), "targets[0].country"),
        (Entered(None, "", Role.PRIMARY, postal_lines=["1 Street"]), "targets[0].name"),
    ],
    ids=["address", "script in a link", "country", "no name"],
)
def test_a_fault_in_an_addressee_is_named_and_nothing_is_saved(session: Session, entered: Entered, fault: str) -> None:
    campaign = add_campaign(session)

    with pytest.raises(InvalidError) as refused:
        editing.correct(
            session, campaign, Corrections(texts={"title": "New"}, addressees=[entered]), now=NOON, actor="cli"
        )

    assert list(refused.value.faults) == [fault]
    assert campaign.title == "Weavers held without charge"


def test_the_deadline_of_a_live_campaign_is_not_edited_in_passing(session: Session) -> None:
    campaign = add_campaign(session)

    editing.correct(session, campaign, Corrections(deadline=date(2026, 5, 5), timezone="UTC"), now=NOON, actor="cli")

    assert (campaign.deadline, campaign.timezone) == (date(2026, 3, 30), "America/Toronto")
