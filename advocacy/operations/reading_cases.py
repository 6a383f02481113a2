"""What a person made of a reading, kept for measuring: in the instance, never sent anywhere."""

from pathlib import Path
from typing import Any

from advocacy.domain.reading.values import first_words
from advocacy.gateways import kept_cases
from advocacy.models.campaign import AddresseeRow, Campaign, Document

FOLDER = "reading_cases"
_SINGLE = ("title", "index", "ua_number", "issued", "deadline", "language")


def keep(campaign: Campaign, instance: Path) -> bool:
    """Keep a reviewed campaign's source and corrected reading as a case, if it was corrected; say whether it was.

    `advocacy bench reading INSTANCE/reading_cases` measures the reader on them.
    """
    document = campaign.document
    if document is None or campaign.sample or campaign.reviewed_at is None:
        return False
    expected = expected_of(campaign, document)
    if not _differs(document.reading, expected):
        return False
    start, end = document.reading.get("piece", [0, len(document.text)])
    kept_cases.keep(instance / FOLDER, campaign.id, document.text[start:end], expected)
    return True


def expected_of(campaign: Campaign, document: Document) -> dict[str, Any]:
    """Return the campaign in the keys of an expected reading. A deadline given at the import is not the text's."""
    deadline = campaign.deadline.isoformat() if campaign.deadline else None
    return {
        "title": campaign.title,
        "index": campaign.index_number,
        "ua_number": campaign.ua_number,
        "issued": campaign.issued.isoformat() if campaign.issued else None,
        "deadline": document.reading.get("deadline") if document.reading.get("deadline_given") else deadline,
        "language": campaign.language,
        "countries": list(campaign.countries),
        "demands": [first_words(row.text) for row in campaign.demands],
        "targets": [_target(row) for row in campaign.own_addressees],
        "source_url": None,
        "is_action": True,
    }


def _target(row: AddresseeRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "role": row.role.value,
        "salutation": row.salutation,
        "postal_lines": list(row.postal_lines),
        "email": ", ".join(row.emails) or None,
        "phone": next(iter(row.phones), None),
        "fax": next(iter(row.faxes), None),
    }


def _differs(reading: dict[str, Any], expected: dict[str, Any]) -> bool:
    names = (*_SINGLE, "countries", "demands", "targets")
    return any(_folded(reading.get(name)) != _folded(expected[name]) for name in names)


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    if isinstance(value, list):
        return [_folded(each) for each in value]
    if isinstance(value, dict):
        return {name: _folded(each) for name, each in value.items()}
    return value
