"""A list of supporters from a file: the life of an import, and which column of the file is what."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

LONGEST_BASIS = 2_000
SHORTEST_BASIS = 15


class ImportState(StrEnum):
    """`ARRIVED` waits for its columns, `CHECKED` for consent to begin; `BROKEN` is a file that no row can be read of."""

    ARRIVED = "arrived"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    BROKEN = "broken"
    DISCARDED = "discarded"


WORKING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
OPEN = (ImportState.ARRIVED, ImportState.CHECKING, ImportState.CHECKED, ImportState.RUNNING)


class Column(StrEnum):
    """What a column of the file may be. Nothing else of a file is read."""

    EMAIL = "email"
    NAME = "name"
    SURNAME = "surname"
    TOWN = "town"
    COUNTRY = "country"
    LANGUAGE = "language"
    ZONE = "timezone"
    TAGS = "tags"
    CONSENT = "consent"
    CONSENTED = "consented"


_HEADS: dict[Column, tuple[str, ...]] = {
    Column.EMAIL: (
        "email", "e mail", "mail", "email address", "e mail address", "address email", "adresse email", "courriel",
        "adresse courriel", "adresse e mail", "correo", "correo electronico", "e mail adresse", "emailadresse",
    ),
    Column.NAME: (
        "name", "full name", "fullname", "first name", "firstname", "given name", "forename", "prenom", "nom complet",
        "nombre", "nombre completo", "vorname",
    ),
    Column.SURNAME: ("surname", "last name", "lastname", "family name", "nom", "nom de famille", "apellido", "apellidos", "nachname", "familienname"),
    Column.TOWN: ("town", "city", "place", "ville", "ciudad", "ort", "stadt", "localite", "wohnort"),
    Column.COUNTRY: ("country", "country code", "pays", "pais", "land", "staat"),
    Column.LANGUAGE: ("language", "lang", "locale", "langue", "idioma", "lengua", "sprache"),
    Column.ZONE: ("timezone", "time zone", "zone", "fuseau horaire", "zona horaria", "zeitzone"),
    Column.TAGS: ("tags", "tag", "labels", "groups", "etiquettes", "etiquetas", "schlagworte"),
    Column.CONSENT: ("consent", "opt in", "optin", "opted in", "subscribed", "consentement", "consentimiento", "einwilligung"),
    Column.CONSENTED: (
        "consented", "consent date", "consented on", "opt in date", "opt in time", "subscribed on", "date consent",
        "date de consentement", "fecha de consentimiento", "datum der einwilligung",
    ),
}  # fmt: skip


def guess_columns(header: Sequence[str]) -> dict[Column, int]:
    """Return which column of a file is what, by its head, in four languages; what is not recognised is left out."""
    heads = [plain(head) for head in header]
    found: dict[Column, int] = {}
    for column, names in _HEADS.items():
        at = next((heads.index(name) for name in names if name in heads), None)
        if at is not None and at not in found.values():
            found[column] = at
    return found


def plain(text: str) -> str:
    """Return a text without case, accents and signs, for comparing."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text[:200]) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+|_", " ", bare.lower()).split())
