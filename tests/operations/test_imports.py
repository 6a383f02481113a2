"""Lists taken in from files: what each row becomes, and what undoing takes back."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.importing import Column, ImportState
from advocacy.domain.supporter import ConsentAction, SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.parcel import Parcel, ParcelPart
from advocacy.models.supporter import Consent, Subscription, Supporter, Suppression, by_address, opened
from advocacy.models.supporter_import import ImportKey, ImportTrace, SupporterImport
from advocacy.operations import consent, imports, leaving, lists, privacy
from advocacy.operations.imports import Terms
from tests.conftest import NOON
from tests.factories import add_supporter, subscribe

BASIS = "They signed our paper list at the market in May and asked for urgent actions."


def hand_in(session: Session, text: str | bytes, name: str = "list.csv") -> SupporterImport:
    raw = text.encode() if isinstance(text, str) else text
    return imports.take(session, io.BytesIO(raw), name, now=NOON, actor="test")


class Desk:
    """Imports as an organiser makes them, worked on here and now."""

    def __init__(self, session: Session, settings: Settings, clock: SimulatedClock) -> None:
        self.session, self.settings, self.clock = session, settings, clock

    def work(self) -> None:
        lists.work(self.session, clock=self.clock, settings=self.settings)
        self.session.expire_all()

    def check(self, text: str | bytes) -> SupporterImport:
        made = hand_in(self.session, text)
        columns = {Column(name): at for name, at in made.columns.items()}
        imports.set_columns(self.session, made, columns, charset=made.charset, delimiter=made.delimiter)
        self.work()
        return made

    def begin(self, made: SupporterImport, **terms: object) -> None:
        asked = Terms(**({"basis": BASIS} | terms))  # type: ignore[arg-type]
        imports.begin(self.session, made, asked, now=NOON, actor="organiser:1", settings=self.settings)

    def take(self, text: str | bytes, **terms: object) -> SupporterImport:
        made = self.check(text)
        self.begin(made, **terms)
        self.work()
        assert made.state is ImportState.DONE
        return made

    def undo(self, made: SupporterImport) -> None:
        imports.undo(self.session, made, now=NOON, actor="organiser:1")
        self.work()
        assert made.state is ImportState.UNDONE


@pytest.fixture
def desk(session: Session, settings: Settings, clock: SimulatedClock) -> Desk:
    return Desk(session, settings, clock)


def person(session: Session, address: str) -> Supporter:
    found = by_address(session, address)
    assert found is not None, address
    return found


def listed(session: Session) -> set[int]:
    query = select(Subscription.supporter_id).where(Subscription.campaign_id.is_(None), Subscription.left_at.is_(None))
    return set(session.scalars(query))


def everything(session: Session) -> list[tuple[object, ...]]:
    """Each supporter with what hangs on them, as text, for comparing."""
    people = session.execute(
        select(Supporter.id, Supporter.state, Supporter.tags, Supporter.name_sealed, Supporter.confirmed_at).order_by(
            Supporter.id
        )
    )
    subscriptions = session.execute(
        select(Subscription.supporter_id, Subscription.campaign_id, Subscription.left_at).order_by(Subscription.id)
    )
    return [*(tuple(row) for row in people), *(tuple(row) for row in subscriptions)]


def test_each_row_becomes_what_the_check_said(session: Session, desk: Desk) -> None:
    known = add_supporter(session, "known@example.org", name="Kim", tags=["press"])
    stopped = add_supporter(session, "stopped@example.org")
    privacy.stop(session, stopped, now=NOON, actor="test")

    made = desk.check(
        "email,name,country,tags\n"
        "new@example.org,Nell,CA,members\n"
        "NEW@Example.org,Nora,CA,press\n"
        "known@example.org,Somebody,FR,members\n"
        "stopped@example.org,Sam,CA,\n"
        "not an address,Ned,CA,\n"
        "odd@example.org,Odd,Atlantis,\n"
    )

    expected = {"new": 1, "known": 1, "again": 1, "stopped": 1, "refused": 2}
    assert made.state is ImportState.CHECKED
    assert made.checked == expected
    assert session.scalar(select(func.count()).select_from(Supporter)) == 2

    desk.begin(made, tags="Market")
    desk.work()

    assert made.counts == expected
    fresh = person(session, "new@example.org")
    assert (fresh.state, opened(session, fresh, "name"), fresh.tags) == (
        "active",
        "Nell",
        ["market", "members", "press"],
    )
    assert (opened(session, known, "name"), known.country, known.tags) == ("Kim", "CA", ["press", "market", "members"])
    assert stopped.state is SupporterState.UNSUBSCRIBED
    assert stopped.tags == []
    assert listed(session) == {fresh.id, known.id}
    kept = session.scalars(select(Consent).where(Consent.supporter_id == fresh.id)).one()
    assert (kept.action, kept.wording, kept.source, kept.actor) == (
        ConsentAction.IMPORTED, BASIS, "list.csv, line 2", "organiser:1",
    )  # fmt: skip


def test_the_refused_rows_are_kept_with_the_faults_of_their_cells(session: Session, desk: Desk) -> None:
    made = desk.check('email,country\n"two\nlines",CA\nann@example.org,Atlantis\n')

    assert [(each.line, each.cells, each.faults) for each in imports.refused(session, made)] == [
        (1, ("email", "country"), {}),
        (2, ("two\nlines", "CA"), {0: "not_an_address"}),
        (4, ("ann@example.org", "Atlantis"), {1: "unknown_country"}),
    ]


def test_undoing_takes_back_what_the_import_added_and_only_that(session: Session, desk: Desk) -> None:
    known = add_supporter(session, "known@example.org", tags=["press"])
    subscribe(session, known)
    add_supporter(session, "unlisted@example.org")
    waiting = add_supporter(
        session, "waiting@example.org", name="", town="", state=SupporterState.PENDING, confirmed_at=None, country=None
    )
    session.commit()
    before = everything(session)

    made = desk.take(
        "email,tags\nknown@example.org,members\nunlisted@example.org,members\nwaiting@example.org,\nnew@example.org,\n"
    )
    assert waiting.state is SupporterState.ACTIVE
    assert everything(session) != before
    desk.undo(made)

    assert everything(session) == before
    assert by_address(session, "new@example.org") is None
    assert session.scalar(select(func.count()).select_from(ImportTrace)) == 0


def test_who_joined_themselves_or_is_on_a_later_list_stays_when_a_list_is_undone(session: Session, desk: Desk) -> None:
    first = desk.take("email\nown@example.org\nboth@example.org\ngone@example.org\n")
    second = desk.take("email\nboth@example.org\n")
    own = person(session, "own@example.org")
    confirmed = {
        "purpose": "alerts",
        "action": ConsentAction.CONFIRMED,
        "wording": "w",
        "version": "1",
        "language": "en",
    }
    session.add(Consent(supporter_id=own.id, source="page", at=NOON, **confirmed))
    session.commit()

    desk.undo(first)
    assert listed(session) == {own.id, person(session, "both@example.org").id}
    assert by_address(session, "gone@example.org") is None

    desk.undo(second)
    assert by_address(session, "both@example.org") is None
    assert listed(session) == {own.id}


def test_an_undone_person_who_stopped_all_mail_stays_stopped(session: Session, desk: Desk) -> None:
    made = desk.take("email,name\nann@example.org,Ann\n")
    privacy.stop(session, person(session, "ann@example.org"), now=NOON, actor="test")

    desk.undo(made)

    assert session.scalar(select(func.count()).select_from(Suppression)) == 1
    again = desk.take("email\nann@example.org\n")
    assert again.counts["stopped"] == 1
    assert by_address(session, "ann@example.org") is None


def test_whoever_left_the_alert_list_is_not_put_back_on_it(session: Session, desk: Desk) -> None:
    left = subscribe(session, add_supporter(session, "ann@example.org"))
    left.left_at = NOON
    session.commit()

    desk.take("email\nann@example.org\n")

    assert listed(session) == set()


@pytest.mark.parametrize("too", [True, False], ids=["who joined a campaign too", "who is on record for nothing else"])
def test_whoever_left_the_alert_list_stays_off_it_when_the_list_is_undone_and_taken_again(
    session: Session, desk: Desk, clock: SimulatedClock, *, too: bool
) -> None:
    made = desk.take("email\nann@example.org\n")
    ann = person(session, "ann@example.org")
    if too:
        consent.note(session, ann.id, consent.CAMPAIGN, ConsentAction.CONFIRMED, None, NOON, source="test")
        session.commit()
    leaving.set_preferences(session, ann.id, {None: None}, language=None, zone=None, source="test", clock=clock)

    desk.undo(made)
    desk.take("email\nann@example.org\n")

    assert listed(session) == set()


def test_the_same_file_twice_is_one_import_while_it_is_open(session: Session, desk: Desk) -> None:
    first = hand_in(session, "email\nann@example.org\n")

    assert hand_in(session, "email\nann@example.org\n").id == first.id
    assert session.scalar(select(func.count()).select_from(Parcel)) == 1
    imports.discard(session, first, now=NOON)
    assert hand_in(session, "email\nann@example.org\n").id != first.id


def test_nothing_is_left_of_a_file_once_it_is_taken_in(session: Session, desk: Desk) -> None:
    made = hand_in(session, "email\nann@example.org\n")
    assert b"ann@example" not in session.scalars(select(ParcelPart.sealed)).one()
    imports.discard(session, made, now=NOON)

    desk.take("email\nann@example.org\n")

    for table in (Parcel, ParcelPart, ImportKey):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_whoever_is_erased_is_gone_from_the_rows_that_were_refused(session: Session, desk: Desk) -> None:
    made = desk.take(
        "email,country\nann@example.org,CA\n Ann@Example.ORG,Atlantis\nann@example.net,Atlantis\nbo@example.org,Lemuria\n"
    )

    privacy.erase(session, person(session, "ann@example.org"), now=NOON, actor="test")

    assert [row.cells[0] for row in imports.refused(session, made)] == ["email", "ann@example.net", "bo@example.org"]


@pytest.mark.parametrize(
    ("raw", "why"),
    [(b"", "empty"), (b"\n\n", "empty"), (b"PK\x03\x04xlsx", "workbook"), (b"<html><body>", "web page")],
)
def test_what_is_no_list_is_refused_at_once(session: Session, raw: bytes, why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        hand_in(session, raw)
    assert session.scalar(select(func.count()).select_from(Parcel)) == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("email\n", "no row below"),
        ('email\na@example.org\n"never closed\n', "Line 3: A quotation mark opens here"),
    ],
    ids=["header only", "unclosed quote"],
)
def test_a_broken_file_is_said_to_be_and_nobody_of_it_is_taken(
    session: Session, desk: Desk, text: str, why: str
) -> None:
    made = desk.check(text)

    assert made.state is ImportState.BROKEN
    assert why in made.fault
    assert session.scalar(select(func.count()).select_from(Supporter)) == 0
    assert session.scalar(select(func.count()).select_from(ParcelPart)) == 0


def test_an_import_needs_a_check_a_column_of_addresses_and_the_words_of_consent(session: Session, desk: Desk) -> None:
    made = hand_in(session, "email\nann@example.org\n")
    with pytest.raises(InvalidError, match="which column"):
        imports.set_columns(session, made, {}, charset="utf-8", delimiter=",")
    with pytest.raises(ConflictError):
        desk.begin(made)
    imports.set_columns(session, made, {Column.EMAIL: 0}, charset="utf-8", delimiter=",")
    desk.work()
    with pytest.raises(InvalidError, match="where and when"):
        desk.begin(made, basis="yes")


def test_files_nobody_went_on_with_and_traces_past_undoing_are_forgotten(session: Session, desk: Desk) -> None:
    done = desk.take("email\nann@example.org\n")
    waiting = hand_in(session, "email\nbo@example.org\n")

    imports.forget_old(session, NOON + timedelta(days=31))

    assert waiting.state is ImportState.DISCARDED
    assert session.scalar(select(func.count()).select_from(ImportTrace)) == 0
    with pytest.raises(ConflictError):
        imports.undo(session, done, now=NOON + timedelta(days=31), actor="test")
    assert session.scalar(select(func.count()).select_from(Parcel)) == 0
