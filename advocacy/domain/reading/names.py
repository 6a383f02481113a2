"""Tell personal names from offices in the first lines of an address."""

import re

from advocacy.domain.reading.lexicon import lexicon
from advocacy.domain.reading.page import fold
from advocacy.domain.reading.places import mentions

_OFFICE_HOLDER = re.compile(
    r"(?:presid|prasid|prime|premier|minist|innenmin|justizmin|aussenmin|bundes|govern|gouvern|gobern|prosecut|procur|prokur|attorney|general|secret|segret|sekret|staatsse|chief"
    r"|head|dire[ck]t|command|comand|commiss|comis|king|leader|chancel|kanzler|mayor|maire|alcald|sindaco|burgermeister|judge|juge|juez|speaker|chair|ambassad|embaj|botschafter"
    r"|superin|warden|inspect|vice|deputy|acting|interim|supreme|fiscal|defensor|garde|chef|jefe|capo|leiter|crown|viceroy|president)"
)
_NAME_WORD = re.compile(
    r"[A-ZÀ-Þ'’(][\w.'’()-]*|(?:de|da|do|dos|del|la|el|al|bin|ibn|ben|von|van|der|den|ter|y|e|di|du|abu|ul|af)"
)
ADDRESS_STEMS = re.compile(
    r"(?:admin|pr[ae]s?[sz]?iden[tc]i|prezid|ministr|ministe|minister|secret|sekret|pala[cizs]|parl|govern|gobern|konsul|ambass|embass|botsch|prokur|procur"
    r"|gener|bureau|office|kanc|kanz|dom$|house|state$|ul$|ulits|str$|rue$|av$|avenid|avenue|calle|plaza|place|p\.?o|b\.?p|apart|via$|kremlin|court|supreme"
    r"|depart|build|road|street|jalan|jl$|no$|c/o|private|cabinet|casa|edif|square|sq$|respub|republi|royal|cancil)"
)
"""How words of an address begin that are no part of a name, in many languages."""


def name_line(lines: list[str]) -> int:
    """Return which line names the addressee: the first, or the second where the first is a bare office."""
    if len(lines) > 2 and is_personal_name(lines[1]) and _is_only_titles(lines[0]):
        return 1
    if (
        len(lines) > 2
        and is_personal_name(lines[1])
        and (is_bare_office(lines[0]) or _is_titled(lines[1]))
        and not _is_titled(lines[0])
    ):
        return 1
    return 0


def _is_only_titles(line: str) -> bool:
    """ "Excelentíssimo Senhor" on a line of its own."""
    known = lexicon().names("titles") | lexicon().names("honorifics") | lexicon().names("salutations")
    return all(word.rstrip(".,") in known for word in fold(line).split()) and not _OFFICE_HOLDER.match(fold(line))


def _is_titled(line: str) -> bool:
    """Whether a line opens with a title that only people bear: Mr, Mme, Lic., Hon."""
    words = fold(line).split()
    return bool(words) and (
        words[0].rstrip(".,") in lexicon().names("titles")
        or " ".join(words[:2]).rstrip(".") in lexicon().names("titles")
    )


def is_bare_office(line: str) -> bool:
    """Whether a line names an office that one person holds, and nobody by name."""
    words = fold(line).replace(",", " ").replace("/", " ").split()
    if not words or not _OFFICE_HOLDER.match(words[0]):
        return False
    if len(words) == 2 and len(words[1]) > 3 and words[1].endswith(("al", "ale", "ario", "ler")):
        return True
    of = {
        "of",
        "for",
        "de",
        "du",
        "des",
        "del",
        "di",
        "do",
        "da",
        "der",
        "für",
        "fur",
        "della",
        "dell'interno",
        "general",
    }
    return any(word in of for word in words[1:]) or all(
        word.rstrip(".") in lexicon().names("offices") for word in words
    )


def is_personal_name(line: str) -> bool:
    """Whether a line looks like the name of a person: a few capitalised words, none of an office or a place."""
    words = line.split()
    if not 1 < len(words) <= 8 or any(char.isdigit() for char in line) or "," in line.rstrip(","):
        return False
    folded = [fold(word).strip(".,") for word in words]
    titled = folded[0] in lexicon().names("honorifics")
    if not all(_NAME_WORD.fullmatch(word.rstrip(",")) for word in words):
        return False
    if titled:
        return not mentions(line)
    plain = lexicon().names("offices") | lexicon().names("places")
    if any(ADDRESS_STEMS.match(word) for word in folded):
        return False
    return len(words) <= 6 and not any(word in plain for word in folded if len(word) > 3) and not mentions(line)
