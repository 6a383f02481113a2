"""Whether a demand leans on words before it: "an inquiry into their arrest" needs somebody to have been named."""

import re
from functools import lru_cache

# Words that point to one person, and to several.
_ONE = {
    "en": {"he", "him", "his", "she", "her", "hers"},
    "fr": {"il", "elle", "lui", "son", "sa", "ses"},
    "es": {"él", "ella", "su", "sus"},
    "de": {"er", "ihm", "ihn", "sein", "seine", "seinen", "seiner", "seinem", "seines"},
}
_SEVERAL = {
    "en": {"they", "them", "their", "theirs", "these", "those"},
    "fr": {"ils", "elles", "eux", "leur", "leurs"},
    "es": {"ellos", "ellas"},
    "de": {"sie", "ihr", "ihre", "ihren", "ihrer", "ihrem", "ihres", "ihnen"},
}
_EACH = {"each", "cada", "chacun", "chacune"}  # "each of the six ... their own doctor"
_DE_POLITE = {"Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrer", "Ihrem", "Ihres"}  # the addressee, not people spoken of
_DE_NOT_PEOPLE = (
    "ung", "ungen", "heit", "heiten", "keit", "keiten", "nis", "nisse", "tz", "ion", "ionen", "ang", "Ende", "klagen", "griffe", "fahren",
    "urteile", "strafen", "würfe", "rechte",
)  # fmt: skip
_NOT_PEOPLE = {  # words that end as plurals do
    "sans", "dans", "tras", "faites", "dites", "plus", "sous", "vers", "après", "depuis", "jamais", "alors", "además", "antes", "después",
    "tous", "toutes", "todos", "todas",
    "pris", "prises", "retenus", "retenues", "portées", "prononcées", "engagées", "lancés", "émis",
    "presentados", "presentadas", "formulados", "formuladas", "dictados", "dictadas", "impuestas", "iniciados",
}  # fmt: skip
# What is done to people, in the plural: "drop the charges against them" has named nobody.
_DONE_TO_PEOPLE = {
    "abuses", "allegations", "arrests", "attacks", "charges", "convictions", "deportations", "expulsions", "orders", "plans", "proceedings",
    "raids", "reports", "reprisals", "restrictions", "sentences", "threats", "accusations", "attaques", "inculpations",
    "arrêtés", "condamnations", "mandats", "mesures", "peines", "plaintes", "procédures", "sanctions", "violences",
    "menaces", "poursuites", "acusaciones", "agresiones", "amenazas", "ataques", "cargos", "condenas", "denuncias", "expulsiones", "medidas",
    "órdenes", "procesos", "represalias", "sanciones", "sentencias",
}  # fmt: skip
_SAYS_WHICH = {
    "who", "whose", "whom", "responsible", "held", "detained", "arrested", "imprisoned", "affected", "concerned", "suspected", "accused",
    "displaced", "injured", "in", "at", "on", "still", "most", "behind", "fleeing", "seeking", "wishing", "living",
}  # fmt: skip
_MANY = {
    "people", "everyone", "anyone", "nobody", "everybody", "person", "children", "women", "men", "child", "individual", "someone",
    "one", "personne", "quiconque", "nul", "nadie", "cualquiera", "persona", "alguien", "all",
}  # fmt: skip


# A pronoun joined to the verb that a demand begins with: "Libérez-les", "les libérer", "Libérelo", "liberarlos", "no los expulse".
_JOINED = {
    "fr": re.compile(
        r"(?:\w+ez|faites|dites)-(?:les?|la|lui|leur)\b|(?:de\s+|d['’])?(?:ne\s+(?:pas|plus)\s+)?"
        r"(?:(?:les?|la)\s+|l['’])\w*(?:[ei]r|mettre|rendre|poursuivre|traduire)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"(?!(?:carl[ao]s?|karla|perlas?|charlas?)\b)\w*(?:[áéíóú]\w*[ae]n?|[aeií]r)l[aeo]s?\b|no\s+l[aeo]s?\s",
        re.IGNORECASE,
    ),
}


@lru_cache(maxsize=4096)
def leans(text: str, language: str) -> bool:
    """Return whether a demand has a pronoun whose person is not named earlier in the same demand.

    A guess that errs towards True: then the demands merely keep the campaign's order.
    """
    short = language.partition("-")[0].lower()
    words = re.findall(r"[\w-]+", text)
    if short in _JOINED and _JOINED[short].match(text.lstrip(" -–—•*·")):
        return True
    for at, word in enumerate(words):
        before = words[1 if short == "de" else 0 : at]
        if word.lower() in _ONE.get(short, set()) and not _names_one(before, at_start=at):
            return True
        if _points_elsewhere(word, words[at + 1 : at + 2], short, at_start=not at):
            continue
        if word.lower() in _SEVERAL.get(short, set()) and not _names_several(before, short, word.lower()):
            return True
    return False


def _points_elsewhere(word: str, after: list[str], language: str, *, at_start: bool) -> bool:
    """Return whether a word only looks like a pronoun for people named before: "Sie" to the addressee, "those who must hide"."""
    if language == "de":
        return not at_start and word in _DE_POLITE
    return word.lower() == "those" and after[:1] != [] and after[0].lower() in _SAYS_WHICH


def _names_one(before: list[str], *, at_start: int) -> bool:
    named = any(word[0].isupper() for word in before[1:])
    return named or (at_start > 1 and any(word.lower() in _MANY | _EACH for word in before))


def _names_several(before: list[str], language: str, pronoun: str) -> bool:
    if language == "de":
        # Every German noun is large; "Schutz ihrer Familie" or "Untersuchung ihres Todes" has named nobody.
        named = before[:-1] if pronoun in {"ihrer", "ihres"} else before
        return any(word[0].isupper() and not word.endswith(_DE_NOT_PEOPLE) for word in named)
    small = [word.lower() for word in before]
    people = [
        word for word, after in zip(small, [*small[1:], ""], strict=False) if after not in _DONE_TO_PEOPLE
    ]  # not "all charges"
    return any(
        word in _MANY
        or word == "those"
        or (len(word) > 3 and word[-1] in "sx" and word not in _NOT_PEOPLE | _DONE_TO_PEOPLE)
        for word in people
    )
