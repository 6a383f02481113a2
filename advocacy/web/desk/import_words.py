"""How the desk names the columns of a list, the faults in its cells and the states of an import."""

from flask_babel import gettext as _

from advocacy.domain.csv_text import CHARSETS
from advocacy.domain.import_cells import CellFault
from advocacy.domain.importing import Column, ImportState


def columns() -> dict[Column, str]:
    return {
        Column.EMAIL: _("E-mail address"),
        Column.NAME: _("Name, or first name"),
        Column.SURNAME: _("Family name"),
        Column.TOWN: _("Town"),
        Column.COUNTRY: _("Country"),
        Column.LANGUAGE: _("Language"),
        Column.ZONE: _("Time zone"),
        Column.TAGS: _("Tags"),
        Column.CONSENT: _("Agreed (yes or no)"),
        Column.CONSENTED: _("Agreed on (day)"),
    }


def faults() -> dict[CellFault, str]:
    return {
        CellFault.NO_ADDRESS: _("There is no address."),
        CellFault.NOT_AN_ADDRESS: _("This is no e-mail address."),
        CellFault.TWO_ADDRESSES: _("Two addresses in one cell: give each a row of its own."),
        CellFault.NOT_ASCII: _("No provider takes an address with these letters before the @."),
        CellFault.TOO_LONG: _("This is too long."),
        CellFault.UNREADABLE: _("It holds signs that cannot be shown. Is the character set right?"),
        CellFault.UNKNOWN_COUNTRY: _("No country is called this. Two letters (CA) or its name."),
        CellFault.UNKNOWN_LANGUAGE: _("We do not write in this language. Empty means your first one."),
        CellFault.UNKNOWN_ZONE: _("No time zone is called this. Write it as in Europe/Paris."),
        CellFault.TAGS: _("Tags are at most 20 words of at most 40 characters."),
        CellFault.NO_CONSENT: _("It does not say yes."),
        CellFault.NOT_A_DAY: _("Write the day as year, month and day: 2026-03-31."),
        CellFault.IN_FUTURE: _("This day has not come yet."),
        CellFault.MORE_CELLS: _("The row has more cells than the header: it is shifted."),
    }


def states() -> dict[ImportState, tuple[str, str]]:
    """Return each state's word and its colour."""
    return {
        ImportState.ARRIVED: (_("waits for its columns"), "accent"),
        ImportState.CHECKING: (_("being checked"), "accent"),
        ImportState.CHECKED: (_("waits for your word"), "accent"),
        ImportState.RUNNING: (_("being taken in"), "accent"),
        ImportState.DONE: (_("taken in"), "good"),
        ImportState.UNDOING: (_("being undone"), "warning"),
        ImportState.UNDONE: (_("undone"), ""),
        ImportState.BROKEN: (_("cannot be read"), "warning"),
        ImportState.DISCARDED: (_("dropped"), ""),
    }


def charsets() -> list[tuple[str, str]]:
    names = {
        "utf-8": _("Unicode (UTF-8)"),
        "utf-16": _("Unicode (UTF-16, Excel’s “Unicode text”)"),
        "windows-1252": _("Western European (Windows)"),
        "iso-8859-15": _("Western European (ISO 8859-15)"),
        "windows-1250": _("Central European (Windows)"),
        "windows-1251": _("Cyrillic (Windows)"),
        "windows-1254": _("Turkish (Windows)"),
        "windows-1256": _("Arabic (Windows)"),
        "mac-roman": _("Western European (old Mac)"),
    }
    return [(name, names[name]) for name in CHARSETS]


def delimiters() -> list[tuple[str, str]]:
    return [(",", _("comma")), (";", _("semicolon")), ("\t", _("tab"))]
