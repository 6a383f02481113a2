"""Sheets and envelopes in use, by country."""

from enum import StrEnum

# Countries whose everyday sheet is US Letter: Unicode CLDR 46, supplemental measurement data (paperSize US-Letter).
_LETTER_COUNTRIES = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})


class Paper(StrEnum):
    """Named as Typst names them."""

    A4 = "a4"
    LETTER = "us-letter"


class Envelope(StrEnum):
    DL = "DL"
    C5 = "C5"
    NO_10 = "#10"

    def millimetres(self) -> tuple[float, float]:
        """Return width and height (ISO 269; for #10 ANSI 9.5 by 4.125 inches)."""
        return {Envelope.DL: (220.0, 110.0), Envelope.C5: (229.0, 162.0), Envelope.NO_10: (241.3, 104.8)}[self]


def paper_for(country: str | None) -> Paper:
    """Return the sheet in everyday use in a country (alpha-2); A4 where it is not known."""
    return Paper.LETTER if (country or "").upper() in _LETTER_COUNTRIES else Paper.A4


def envelope_for(country: str | None) -> Envelope:
    """Return the envelope that takes a country's sheet folded in three."""
    return Envelope.NO_10 if paper_for(country) is Paper.LETTER else Envelope.DL
