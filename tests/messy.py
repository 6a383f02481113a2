"""A messy list as groups have them, with every kind of fault in known numbers."""

import random
from dataclasses import dataclass

_NAMES = ("Zoé", "Ann", "Luis", "Jürgen", "Noor", "=SUM(A1)", "Mária", "O'Neil", "<b>Kim</b>")
_COUNTRIES = ("CA", "fr", "Deutschland", "Espagne", "", "United Kingdom")
_LANGUAGES = ("en", "fr-CA", "Deutsch", "es", "")


@dataclass(frozen=True)
class Messy:
    """The file's bytes, in a French spreadsheet's form, and how many of its rows are what."""

    raw: bytes
    new: int
    again: int
    refused: int


def messy(rows: int, seed: int = 7) -> Messy:
    chance = random.Random(seed)  # noqa: S311 - a made-up list, the same each time
    lines = ["Adresse e-mail;Prénom;Nom;Ville;Pays;Langue;Étiquettes;Remarque"]
    addresses: list[str] = []
    again = refused = 0
    for number in range(rows):
        address, country, language, tail = f"p{number:06}@example.org", *_place(chance), ""
        kind = chance.random()
        if kind < 0.05:
            refused += 1
            address, country, language, tail = _broken(chance, address, country, language)
        elif kind < 0.08 and addresses:
            again += 1
            address = chance.choice(addresses).upper()
        else:
            addresses.append(address)
        note = '"said ""yes""\nat the market; in May"' if chance.random() < 0.1 else ""
        lines.append(
            f"{address};{chance.choice(_NAMES)};N° {number};Orléans;{country};{language};presse,marché;{note}{tail}"
        )
    return Messy("\r\n".join([*lines, ""]).encode("windows-1252"), len(addresses), again, refused)


def _place(chance: random.Random) -> tuple[str, str]:
    return chance.choice(_COUNTRIES), chance.choice(_LANGUAGES)


def _broken(chance: random.Random, address: str, country: str, language: str) -> tuple[str, str, str, str]:
    return chance.choice(
        [
            ("no address", country, language, ""),
            ("", country, language, ""),
            (f"{address}, other@example.org", country, language, ""),
            (address, "Atlantis", language, ""),
            (address, country, "pt", ""),
            (address, country, language, ";shifted"),
        ]
    )
