"""Each cell of a list, judged."""

from datetime import date

import pytest

from advocacy.domain.csv_text import Row
from advocacy.domain.import_cells import CellFault, Judge, Person, Refused
from advocacy.domain.importing import Column, guess_columns

TODAY = date(2026, 3, 2)


def judge(**cells: str) -> Person | Refused:
    """Judge one row; the address is good unless another is given."""
    columns = {"email": "ann@example.org"} | cells
    judging = Judge(
        {Column(name): at for at, name in enumerate(columns)},
        len(columns),
        languages=("en", "fr", "es", "de"),
        language="en",
        zone="Europe/London",
        today=TODAY,
    )
    return judging.judge(Row(7, tuple(columns.values())))


def test_a_row_in_french_is_understood() -> None:
    heads = [
        "N°",
        "Adresse e-mail",
        "Prénom",
        "Nom de famille",
        "Ville",
        "PAYS",
        "Langue",
        "Étiquettes",
        "Date de consentement",
    ]

    assert [column.value for column in guess_columns(heads)] == [
        "email", "name", "surname", "town", "country", "language", "tags", "consented",
    ]  # fmt: skip
    assert judge(
        email=" Zoé@Example.org ".replace("é", "e"),
        name="Zoé",
        surname="Tremblay",
        town="Québec",
        country="royaume-uni",
        language="fr_CA",
        tags="Presse; membres ,presse",
        consent="Oui",
        consented="2024-02-29T10:00:00Z",
    ) == Person(
        7,
        "zoe@example.org",
        "Zoé Tremblay",
        "Québec",
        "GB",
        "fr",
        "Europe/London",
        ("presse", "membres"),
        date(2024, 2, 29),
    )


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("email", "", CellFault.NO_ADDRESS),
        ("email", "ann@example", CellFault.NOT_AN_ADDRESS),
        ("email", "ann@example.org\nBcc: x", CellFault.NOT_AN_ADDRESS),
        ("email", "a@example.org, b@example.org", CellFault.TWO_ADDRESSES),
        ("email", "аdmin@example.org", CellFault.NOT_ASCII),
        ("email", "a" * 400 + "@example.org", CellFault.TOO_LONG),
        ("name", "Ann\0", CellFault.UNREADABLE),
        ("name", "Orl\ufffdans", CellFault.UNREADABLE),
        ("name", "x" * 101, CellFault.TOO_LONG),
        ("country", "Atlantis", CellFault.UNKNOWN_COUNTRY),
        ("country", "XX", CellFault.UNKNOWN_COUNTRY),
        ("language", "pt", CellFault.UNKNOWN_LANGUAGE),
        ("timezone", "Paris", CellFault.UNKNOWN_ZONE),
        ("tags", "x" * 41, CellFault.TAGS),
        ("consent", "maybe", CellFault.NO_CONSENT),
        ("consent", "", CellFault.NO_CONSENT),
        ("consented", "31/02/2026", CellFault.NOT_A_DAY),
        ("consented", "2026-02-31", CellFault.NOT_A_DAY),
        ("consented", "45292", CellFault.NOT_A_DAY),
        ("consented", "0000-00-00", CellFault.NOT_A_DAY),
        ("consented", "9999-01-01", CellFault.IN_FUTURE),
    ],
)
def test_a_fault_is_found_in_its_cell(column: str, cell: str, fault: CellFault) -> None:
    judged = judge(**{column: cell})

    assert isinstance(judged, Refused)
    assert list(judged.faults.values()) == [fault]


def test_what_looks_like_a_formula_or_a_script_is_kept_as_it_is() -> None:
    judged = judge(name="=cmd|'/c calc'!A1", town="<script>alert(1)</script>")

    assert isinstance(judged, Person)
    assert (judged.name, judged.town) == ("=cmd|'/c calc'!A1", "<script>alert(1)</script>")


def test_cells_beyond_the_header_are_a_fault_and_missing_ones_are_empty() -> None:
    judging = Judge({Column.EMAIL: 0, Column.TOWN: 1}, 2, ("en",), "en", "UTC", TODAY)

    assert judging.judge(Row(2, ("a@example.org", "Halifax", "", "moved"))) == Refused(
        2, ("a@example.org", "Halifax", "", "moved"), {3: CellFault.MORE_CELLS}
    )
    assert isinstance(judging.judge(Row(3, ("a@example.org",))), Person)
