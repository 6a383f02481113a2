"""How a demand's first word looks inside a sentence: small or large, and with "de" or "que" shortened before it."""

import re

from advocacy.domain.appeal.request import Form
from advocacy.domain.appeal.verbs import ENGLISH_VERBS

EN_DETERMINERS = {
    "the", "a", "an", "all", "any", "no", "immediate", "prompt", "full", "their", "his", "her", "its", "this", "these", "those",
    "effective", "independent", "justice", "respect", "protection", "accountability", "freedom", "access", "unconditional",
    "adequate", "alternative", "fair", "genuine", "humane", "impartial", "meaningful", "regular", "safe", "thorough", "transparent",
    "unhindered", "unimpeded", "unrestricted",
}  # fmt: skip
# With the endings that "Ich bitte um" asks for: "faire", "fairen", "faires", but not "fairer".
DE_ADJECTIVES = (
    r"(?:sofortig|umgehend|unverzüglich|bedingungslos|vollständig|unabhängig|gerecht|fair|angemessen|frei|menschlich|regelmäßig|sicher"
    r"|uneingeschränkt|ungehindert|unparteiisch|wirksam)e[ns]?"
)
_DE_BEGINS_SMALL = re.compile(DE_ADJECTIVES)

# First words that are written small inside a sentence although a demand began with them; any other capital stays.
_SMALL_INSIDE = {
    "en": EN_DETERMINERS | ENGLISH_VERBS | {
        "not", "nobody", "everyone", "everybody", "anyone", "each", "every", "they", "it", "there", "after", "as", "at", "before", "by",
        "during", "for", "from", "if", "in", "on", "pending", "prior", "since", "through", "to", "under", "unless", "until", "when",
        "where", "while", "with", "without", "authorities", "children", "detainees", "families", "officials", "people", "police",
        "prisoners", "victims", "women", "clean", "compensation", "equal", "food", "housing", "legal", "medical", "medicine", "reparation",
        "reparations", "shelter", "water",
    },
    "fr": {"le", "la", "les", "un", "une", "des", "leur", "leurs", "sa", "son", "ses", "cette", "ce", "ces", "tous", "toutes", "toute", "tout", "ne", "se", "il", "ils",
        "elle", "elles", "personne", "nul", "nulle", "aucun", "aucune", "chaque", "libre", "plein", "pleine",},
    "es": {"el", "la", "los", "las", "un", "una", "su", "sus", "este", "esta", "todos", "todas", "todo", "toda", "nadie", "ningún",
        "ninguna", "ninguno", "cada", "quien", "quienes", "nunca", "no", "es", "acceso"},
    "de": {
        "die", "der", "das", "den", "dem", "ein", "eine", "einen", "einem", "einer", "alle", "allen", "ihre", "seine", "ihren", "seinen",
        "keine", "keinen", "niemand", "niemanden", "jede", "jeden", "sich", "dafür", "sämtliche", "unverzüglich", "umgehend", "sofort",
        "öffentlich", "in", "auf", "für", "mit", "von", "bei", "zu", "bedingungslos",
    },
}  # fmt: skip


def decapitalised(core: str, language: str, form: Form) -> str:
    """Write the first letter small unless it may be a name or an abbreviation; a demand is never altered beyond that."""
    first = re.match(r"[\w'’-]+", core)
    if first is None or (len(first.group()) > 1 and first.group()[1].isupper()):
        return core
    word = first.group().lower()
    is_verb = form in {Form.INFINITIVE, Form.IMPERATIVE, Form.PARTICIPLE} and language != "de"
    is_german_command = form is Form.IMPERATIVE and language == "de"
    article = re.match(r"^[ldns]['’]", word) is not None and language == "fr"
    adjective = language == "de" and _DE_BEGINS_SMALL.fullmatch(word) is not None
    if is_verb or is_german_command or article or word in _SMALL_INSIDE.get(language, set()) or adjective:
        return core[0].lower() + core[1:]
    return core


_OTHER_PARTICLES = {"en": {"de": "", "que": "that "}, "de": {"de": "", "que": "dass "}}
_FR_ASPIRATED = {"hausser", "hâter", "haïr", "harceler", "heurter", "hisser", "hurler", "handicaper", "hors"}


def elided(particle: str, lower: str, language: str) -> str:
    """Return `particle` before the words, shortened before a French vowel or silent h ("d'abandonner", "qu'ils")."""
    if language in _OTHER_PARTICLES:
        return _OTHER_PARTICLES[language][particle] + lower
    first = lower.split(maxsplit=1)[0].lower() if lower else ""
    silent = (
        re.match(r"[aeiouyhàâéèêëîïôûù]", first) is not None
        and first not in _FR_ASPIRATED
        and not first.startswith(("onz", "oui", "yé"))
    )
    if language == "fr" and silent:
        return f"{particle[:-1]}'{lower}"
    return f"{particle} {lower}"
