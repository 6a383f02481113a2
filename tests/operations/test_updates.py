"""A document that follows a launched action changes it as an organiser says, or stays apart."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.follow_up import changed, series
from advocacy.domain.reading import read
from advocacy.domain.reading.measure import measure
from advocacy.models.blast import Blast, ContentVersion
from advocacy.models.campaign import Campaign
from advocacy.models.installation import AuditEntry
from advocacy.operations import campaigns, documents, editing, outcomes, reading_cases, releasing, updates
from advocacy.operations.editing import Corrections
from tests.conftest import NOON
from tests.operations.test_documents import LETTER
from tests.running import MORNING, Engine, addresses, launched

UPDATE = """LANTERN URGENT ACTION OFFICE

Further information on UA: 31/26 Index: EXA 12/4790/2026 Exampleland Date: March 2, 2026

URGENT ACTION
WEAVERS MOVED TO A MILITARY PRISON

The eleven weavers were moved to a military prison on February 28. Their lawyers were not told.

Write to the Minister of Justice urging her to:
- release the eleven weavers at once and without conditions,
- end their trial before a military court.

Write to:
Minister Ana Example
Ministry of Justice
1 Square of the Republic
Port Example 1000, Exampleland
Email: minister@justice.example
Salutation: Dear Minister Example,

Please take action as soon as possible until {deadline}!
"""

ENDED = """Further information on UA: 31/26 Index: EXA 12/4801/2026 Exampleland Date: March 2, 2026

URGENT ACTION
WEAVERS RELEASED IN EXAMPLELAND
All eleven weavers were released without charge on March 1, after seven weeks in custody, and are with their families.

Many thanks to all those who sent appeals. No further action is requested from the UA network.
"""

THREE = "\n\n\n".join(
    f"""UA {number}/26   AI Index: EXA 14/00{number}/2026   Exampleland   2 March 2026

{title}

Please write in English:
- asking that {demand}.

APPEALS TO:
Minister of the Interior
Mr Noor Example
{number} Hill Road, Port Example, Exampleland
Fax: +1 902 555 01{number}
"""
    for number, title, demand in (
        (51, "BAKER IN HIDING", "the baker can come home in safety"),
        (52, "TEACHER ABDUCTED", "the teacher is found"),
        (53, "POETS FINED", "the fines are withdrawn"),
    )
)


def _import(session: Session, settings: Settings, text: str, deadline: str = "April 20, 2026") -> Campaign:
    return documents.import_document(
        session, "update.txt", text.replace("{deadline}", deadline), now=MORNING, actor="cli", settings=settings
    )


def _accept(running: Engine, draft: Campaign, *fields: str, end: bool = False) -> Campaign:
    return updates.accept(
        running.session,
        draft.id,
        fields,
        end=end,
        gateways=running.gateways,
        settings=running.settings,
        actor="organiser:1",
    )


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("31/26", "31/26"),
        ("31/26-2", "31/26"),
        ("258/2016-1", "258/16"),
        ("UA 04/25", "4/25"),
        ("NSA 12/03", "nsa 12/03"),
        (None, None),
        ("none", None),
    ],
)
def test_documents_of_one_action_share_its_series(printed: str | None, expected: str | None) -> None:
    assert series(printed) == expected


def test_only_what_is_said_and_new_is_a_change() -> None:
    assert changed("title", ("Weavers  held",), ("weavers held",)) is None
    assert changed("demands", ("release them",), ()) is None
    assert changed("demands", ("release them",), ("pay them",)) is not None


def test_an_update_shows_field_by_field_what_it_changes(running: Engine, settings: Settings) -> None:
    campaign = launched(running, 1, ua_number="31/26")

    draft = _import(running.session, settings, UPDATE)
    update = updates.proposal(running.session, draft)

    assert draft.follows_id == campaign.id
    assert update is not None
    assert update.campaign is campaign
    assert not update.ends
    told = {change.field: change for change in update.changes}
    assert {"deadline", "demands", "addressees", "title"} <= set(told)
    assert told["deadline"].was == ("Monday 30 March 2026",)
    assert told["deadline"].becomes == ("Monday 20 April 2026",)
    assert told["demands"].becomes[1].startswith("end their trial")


def test_a_new_number_or_a_draft_is_followed_by_nothing(running: Engine, settings: Settings) -> None:
    launched(running, 1, ua_number="32/26")
    first = _import(running.session, settings, UPDATE)
    second = _import(running.session, settings, UPDATE)

    assert (first.follows_id, second.follows_id) == (None, None)
    assert updates.proposal(running.session, first) is None


def test_accepting_moves_the_deadline_and_replans_all_that_is_unsent(running: Engine, settings: Settings) -> None:
    campaign = launched(running, 3, ua_number="31/26")
    running.run()
    draft = _import(running.session, settings, UPDATE)

    _accept(running, draft, "deadline", "demands", "addressees")

    assert campaign.deadline == date(2026, 4, 20)
    assert [row.text.split()[0] for row in campaign.demands] == ["release", "end"]
    assert campaign.title == "Weavers held without charge"
    assert [row.emails for row in campaign.addressees] == [["minister@justice.example"]]
    assert running.session.get(Campaign, draft.id) is None
    assert running.blasts()["last-day"].send_by.date() >= date(2026, 4, 20)
    entry = running.session.scalars(select(AuditEntry).where(AuditEntry.what == "campaign.updated")).one()
    assert entry.details["fields"] == ["addressees", "deadline", "demands"]
    running.play(MORNING + timedelta(days=52))
    assert {taken.address for taken in running.provider.taken} == set(addresses(3))
    running.check()


def test_a_deadline_that_has_passed_leaves_everything_as_it_was(running: Engine, settings: Settings) -> None:
    campaign = launched(running, 1, ua_number="31/26")
    draft = _import(running.session, settings, UPDATE, "March 1, 2026")

    with pytest.raises(InvalidError, match="has passed"):
        _accept(running, draft, "deadline", "demands")
    running.session.rollback()

    assert [row.text.split()[0] for row in campaign.demands] == ["release", "let"]
    assert updates.proposal(running.session, draft) is not None


def test_an_update_is_accepted_once(running: Engine, settings: Settings) -> None:
    launched(running, 1, ua_number="31/26")
    number = _import(running.session, settings, UPDATE).id
    _accept(running, running.session.get_one(Campaign, number), "demands")

    with pytest.raises(ConflictError, match="meanwhile"):
        updates.accept(
            running.session, number, (), end=False, gateways=running.gateways, settings=settings, actor="cli"
        )


def test_the_source_of_the_update_stands_after_that_of_the_campaign(running: Engine, settings: Settings) -> None:
    session = running.session
    running.clock.set(MORNING)
    campaign = _import(session, settings, LETTER)
    editing.mark_reviewed(session, campaign, now=MORNING, actor="cli")
    campaigns.launch(session, campaign, gateways=running.gateways, settings=settings, actor="cli")

    _accept(running, _import(session, settings, UPDATE), "demands")

    document = campaign.document
    assert document is not None
    start, end = document.reading["fields"]["title"]["span"]
    assert document.text[start:end] == "WEAVERS HELD WITHOUT CHARGE IN EXAMPLELAND"
    assert "MOVED TO A MILITARY PRISON" in document.text


def test_no_further_action_closes_the_campaign_and_drafts_its_outcome_mail(running: Engine, settings: Settings) -> None:
    campaign = launched(running, 3, ua_number="31/26")
    running.run()
    update = updates.proposal(running.session, draft := _import(running.session, settings, ENDED))
    assert update is not None
    assert update.ends

    _accept(running, draft, end=True)
    running.run()

    assert campaign.state is CampaignState.CLOSED
    blast = outcomes.waiting(running.session, campaign)
    assert blast is not None
    subject, text = outcomes.words_of(running.session, blast)
    assert "released" in subject.casefold()
    assert "seven weeks" in text
    before = len(running.provider.taken)
    assert before == 3

    outcomes.save(
        running.session,
        blast.id,
        "They are free",
        "All eleven came home.",
        gateways=running.gateways,
        settings=settings,
        actor="organiser:1",
    )
    releasing.send(
        running.session, blast.id, typed=0, gateways=running.gateways, settings=settings, actor="organiser:1"
    )
    running.play(MORNING + timedelta(days=2))

    assert len(running.provider.taken) == 6
    assert running.session.get_one(Blast, blast.id).state is BlastState.COMPLETED
    assert (
        running.session.scalars(select(ContentVersion).where(ContentVersion.blast_id == blast.id)).first() is not None
    )
    running.check()


def test_the_words_of_a_document_open_no_merge_field() -> None:
    subject, text = outcomes.first_words(Campaign(title="{{ act_url }} {% for %}", case_text="{{{{", summary=""))

    assert "{" not in subject + text
    assert subject == "News: (( act_url )) (% for %)"


def test_kept_apart_it_is_a_campaign_that_follows(running: Engine, settings: Settings) -> None:
    campaign = launched(running, 1, ua_number="31/26")
    draft = _import(running.session, settings, UPDATE)
    assert [fault.field for fault in campaigns.launch_faults(draft, MORNING, settings)] == ["update", "review"]

    updates.keep_apart(running.session, draft, gateways=running.gateways, actor="organiser:1")

    assert draft.follows_id == campaign.id
    assert updates.proposal(running.session, draft) is None
    editing.mark_reviewed(running.session, draft, now=MORNING, actor="organiser:1")
    assert campaigns.launch_faults(draft, MORNING, settings) == []


def test_an_unreviewed_reading_does_not_go_live(running: Engine, settings: Settings) -> None:
    draft = _import(running.session, settings, LETTER)

    with pytest.raises(ConflictError, match="Review it first"):
        campaigns.launch(running.session, draft, gateways=running.gateways, settings=settings, actor="cli")


def test_each_action_of_a_file_becomes_a_draft(session: Session, settings: Settings) -> None:
    drafts = documents.import_cases(session, "three.txt", THREE, now=NOON, actor="cli", settings=settings)

    assert [draft.ua_number for draft in drafts] == ["51/26", "52/26", "53/26"]
    assert [draft.demands[0].text.split()[-1].strip(".") for draft in drafts] == ["safety", "found", "withdrawn"]
    for draft in drafts:
        assert draft.document is not None
        assert draft.document.text == THREE
        start, end = draft.document.reading["fields"]["ua_number"]["span"]
        assert draft.ua_number in THREE[start:end]


def test_a_corrected_reading_is_kept_for_measuring_and_a_right_one_is_not(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    first, second, _third = documents.import_cases(
        session, "three.txt", THREE, now=NOON, actor="cli", settings=settings
    )
    editing.correct(session, second, Corrections(texts={"title": "A teacher was taken"}), now=NOON, actor="cli")
    for draft in (first, second):
        editing.mark_reviewed(session, draft, now=NOON, actor="cli")

    assert not reading_cases.keep(first, tmp_path)
    assert reading_cases.keep(second, tmp_path)

    folder = tmp_path / "reading_cases"
    source = next(folder.glob("*.txt"))
    expected = json.loads(next(folder.glob("*.expected.json")).read_text(encoding="utf-8"))
    assert expected["title"] == "A teacher was taken"
    assert "BAKER" not in source.read_text(encoding="utf-8")
    figures = measure([(read(source.read_text(encoding="utf-8")).as_json(), expected)])
    assert figures["keys"]["title"]["wrong"] == 1
    assert figures["keys"]["ua_number"]["right"] == 1
    assert source.stat().st_mode & 0o077 == 0
