"""What kind of words a demand is made of, in each language, so that what leads into it fits."""

import re
from dataclasses import dataclass
from functools import lru_cache

from advocacy.domain.appeal.casing import DE_ADJECTIVES, EN_DETERMINERS, decapitalised, elided
from advocacy.domain.appeal.request import Demand, Form
from advocacy.domain.appeal.sentences import several_sentences
from advocacy.domain.appeal.verbs import ENGLISH_VERBS

_BULLET = re.compile(r"^\s*(?:(?:[-–—•*·▪●]|\(?\d{1,2}[.)]|n\s(?=[A-Z]))\s*)?¡?")
_TAIL = re.compile(r"[\s.;,:!]+(?:and|et|y|e|und|sowie)?[\s;,]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Wording:
    """A demand ready to be led into: its words with only bullet, final mark and first capital taken away.

    `lower` begins as in mid-sentence, `upper` as at the start of one. `de` carries French "de" or "d'" before the words, `que` the word
    that begins a clause: "that", "que", "qu'", "dass".
    """

    form: Form
    lower: str
    upper: str
    de: str
    que: str

    def slots(self) -> dict[str, str]:
        return {"demand": self.lower, "Demand": self.upper, "de_demand": self.de, "que_demand": self.que}


def understand(demand: Demand, language: str) -> Wording:
    """Return the demand's words and form in a language (a BCP 47 tag; unknown ones are taken as neutral)."""
    return _understand(demand.text, language.partition("-")[0].lower(), demand.form)


@lru_cache(maxsize=4096)
def _understand(text: str, language: str, given: Form | None) -> Wording:
    core = " ".join(_BULLET.sub("", text).split())
    core = _TAIL.sub("", core) if not re.search(r"\b[A-Z]\.$", core) else core
    form, core = _RULES.get(language, _neutral)(core)
    if given is not None:
        form = given
    elif several_sentences(core, language):
        form = Form.NEUTRAL
    # German writes a whole sentence large even after a colon.
    stays = language == "de" and (
        form is Form.SENTENCE or (form is Form.NEUTRAL and _DE_FINITE.search(core.partition(",")[0]) is not None)
    )
    lower = core if stays else decapitalised(core, language, form)
    return Wording(
        form, lower, core[:1].upper() + core[1:], elided("de", lower, language), elided("que", lower, language)
    )


def _neutral(core: str) -> tuple[Form, str]:
    return Form.NEUTRAL, core


# English

# Only what a letter itself does can follow "I write to you": calling for an inquiry, but not allowing access to a lawyer.
_EN_SPEAKING = {
    "appealing", "asking", "calling", "condemning", "demanding", "deploring", "drawing", "expressing", "insisting", "noting", "pointing",
    "pressing", "raising", "recalling", "reminding", "requesting", "seeking", "stating", "stressing", "urging", "voicing", "welcoming",
}  # fmt: skip
_EN_MODALS = re.compile(r"\b(?:must|should|shall|ought to|needs? to|ha(?:s|ve) to|(?:is|are) to be)\b")
# A verb that no list names is told by the article that follows it: "His health requires a doctor".
_EN_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|will|can|be|requires|deserves|remains|belongs)\b|\b(?!towards|across|besides|versus|regards)"
    r"[a-z]{3,}(?:s|ed)\s+(?:a|an|the|his|her|their|its|every|no|any)\b"
)
_EN_RELATIVE = re.compile(r"\b(?:who|whom|whose|which|that|where|until|when|while|if)\b")
# After a word that can be both, "of" tells a noun: "release of all detainees", but "dispose of".
_EN_VERBS_WITH_OF = {"approve", "dispose", "hear", "learn", "speak"}
_EN_NOUNS_WITH = {"for": {"respect", "support", "help"}, "to": {"end", "halt", "stop"}}
_EN_ADVERBS = re.compile(r"^(?:immediately|promptly|urgently|publicly|fully|unconditionally|\w{3,}ly|also|always)$")


def _english(core: str) -> tuple[Form, str]:
    core = re.sub(r"^(?:please|kindly)\s+", "", core, flags=re.IGNORECASE)
    words = re.findall(r"[\w'’-]+", core.lower())
    if not words:
        return Form.NEUTRAL, core
    if words[0] == "to" and len(words) > 1 and _en_first_verb(words[1:]):
        return Form.INFINITIVE, core[2:].lstrip()
    if words[0] == "that":
        return Form.CLAUSE, core[4:].lstrip()
    if words[:2] == ["do", "not"] or words[0] in {"don't", "don’t", "never"}:
        return Form.IMPERATIVE, core
    if _en_noun_after_all(words):
        return Form.NOUN, core
    if _en_first_verb(words):
        return Form.INFINITIVE, core
    if words[0] in _EN_SPEAKING:
        return Form.PARTICIPLE, core
    noun = words[0] in EN_DETERMINERS
    return _sentence_or_noun(core, _EN_MODALS, _EN_FINITE, _EN_RELATIVE, noun=noun), core


def _sentence_or_noun(
    core: str, modals: re.Pattern[str], finite: re.Pattern[str], relative: re.Pattern[str], *, noun: bool
) -> Form:
    """Return what words are that begin with no verb; `noun` says that they begin as a noun phrase does.

    A verb after "who" may belong to a noun phrase ("the release of all who must hide") or to a sentence ("all who hide must be
    helped"): such words are neutral.
    """
    if modals.search(relative.split(core, maxsplit=1)[0]):
        return Form.SENTENCE
    spoils = modals.search(core) or finite.search(relative.split(core, maxsplit=1)[0])
    return Form.NOUN if noun and not spoils else Form.NEUTRAL


def _en_noun_after_all(words: list[str]) -> bool:
    first, second = words[0], words[1] if len(words) > 1 else ""
    if second == "of":
        return first in ENGLISH_VERBS - _EN_VERBS_WITH_OF
    return first in _EN_NOUNS_WITH.get(second, set())


def _en_first_verb(words: list[str]) -> bool:
    """Return whether a base verb comes first, adverbs and "and" between them aside ("immediately and unconditionally release")."""
    for word in words:
        if word in ENGLISH_VERBS:
            return True
        if not (_EN_ADVERBS.match(word) or word == "and"):
            return False
    return False


# French

_FR_NOUN_START = re.compile(
    r"^(?:l['’]|la\b|le\b|les\b|un\b|une\b|des\b|leur\b|sa\b|son\b|ses\b|cette\b|ce\b|ces\b)", re.IGNORECASE
)
_FR_NOT_VERBS = {
    "premier", "dernier", "janvier", "février", "hier", "papier", "quartier", "métier", "dossier", "courrier", "foyer", "loyer", "entier",
    "danger", "étranger", "policier", "prisonnier", "calendrier", "chantier", "pouvoir", "devoir", "avenir", "souvenir", "soir", "espoir",
    "désir", "plaisir",
}  # fmt: skip
# Too many nouns and adjectives end in -re ("libre", "lettre") for the ending to tell a verb.
_FR_VERBS_IN_RE = re.compile(
    r"(?:\w*(?:mettre|prendre|rendre|faire|crire|suivre|naître|vivre|pondre|tendre|fendre|pendre|battre|duire|truire|clure|soudre|rompre"
    r"|traindre|treindre|oindre|teindre|craindre|paraître|dire|vendre|perdre|traire|croire)|lire|être)"
)
_FR_CLITICS = re.compile(
    r"^(?:s['’]|se\s+|y\s+|en\s+|ne\s+(?:pas|plus|jamais|rien)\s+|n['’]|(?:leur|lui)\s+|(?:les?|la)\s+(?=(?:libérer|protéger|relâcher"
    r"|remettre|rendre|poursuivre|juger|traduire|indemniser|informer|respecter|abandonner|annuler|abroger|retirer|suspendre)\b))+"
)
_FR_MODALS = re.compile(r"\b(?:doi(?:t|vent)|devrai(?:t|ent)|faut)\b")
_FR_FINITE = re.compile(
    r"\b(?:est|sont|soit|soient|sera|seront|ont)\b|\b(?!comme|toute|contre|entre|outre|pendant|durant|avant|devant|moyennant)"
    r"\w{3,}(?:e|t)\s+(?:une?|son|sa|ses|leurs?|aucune?)\b"
)
_FR_RELATIVE = re.compile(r"\b(?:qui|que|dont|où)\b|\bqu['’]")


def _french(core: str) -> tuple[Form, str]:
    core = re.sub(r"^(?:veuillez\s+|merci\s+(?=de\s|d['’]))", "", core, flags=re.IGNORECASE)
    core = _after_de(core) if _fr_infinitive(_after_de(core)) else core
    first = core.split(maxsplit=1)[0].lower() if core else ""
    if first in {"que", "qu"} or re.match(r"^qu['’]", core, re.IGNORECASE):
        return Form.CLAUSE, re.sub(r"^(?:que\s+|qu['’])", "", core, flags=re.IGNORECASE)
    if _fr_infinitive(core):
        # "s'assurer" speaks of a third person: "je vous demande de s'assurer" would be wrong.
        return (Form.NEUTRAL if re.match(r"^s(?:['’]|e\s)", core, re.IGNORECASE) else Form.INFINITIVE), core
    if re.match(r"^(?:ne\s+|n['’])?(?:\w+ez|faites|dites)\b", core, re.IGNORECASE) and first not in {"chez", "assez"}:
        return Form.IMPERATIVE, core
    noun = _FR_NOUN_START.match(core) is not None
    return _sentence_or_noun(core, _FR_MODALS, _FR_FINITE, _FR_RELATIVE, noun=noun), core


def _after_de(core: str) -> str:
    return re.sub(r"^(?:de\s+|d['’])", "", core, flags=re.IGNORECASE)


def _fr_infinitive(core: str) -> bool:
    """Return whether an infinitive comes first: "libérer", "ne pas renvoyer", "immédiatement mettre", "s'assurer", "y mettre"."""
    words = _FR_CLITICS.sub("", core.lower()).split()
    while words and (words[0].endswith("ment") or (words[0] == "et" and len(words) > 1 and words[1].endswith("ment"))):
        words = words[1:]
    first = re.match(r"\w*", words[0]) if words else None
    if first is None or first.group() in _FR_NOT_VERBS:
        return False
    return re.fullmatch(r"\w+[ei]r", first.group()) is not None or _FR_VERBS_IN_RE.fullmatch(first.group()) is not None


# Spanish

_ES_INFINITIVE = re.compile(
    r"^(?:no\s+)?(?:\w+mente\s+(?:e\s+\w+mente\s+|y\s+\w+mente\s+)?)?\w+(?:ar|er|ir|ír)(?:se|l[aeo]s?|les?)?$"
)
_ES_NOUN_START = re.compile(r"^(?:el|la|los|las|un|una|su|sus|este|esta)\b", re.IGNORECASE)
_ES_IMPERATIVES = frozenset(
    """
    abra acabe acate adopte anule apoye asegure ayude cese cierre condene conmute cumpla deje derogue detenga elimine emprenda evite
    facilite garantice haga impida impulse inicie investigue invite libere lleve ofrezca ordene permita ponga prohíba promueva proteja
    publique ratifique reconozca reforme renuncie respete restituya retire revele revise revoque suspenda tome vele
    absuelva anuncie apruebe archive asuma autorice busque cancele castigue colabore conceda consulte dé desista devuelva dialogue
    encuentre entregue esclarezca escuche exija facilite frene indemnice informe inste interceda intervenga juzgue localice mantenga
    modifique otorgue paralice pida procese ratifique reabra reanude rechace repare responda restablezca traslade use utilice
    """.split()  # noqa: SIM905
)
_ES_CLITIC_IMPERATIVE = re.compile(r"^\w*[áéíóú]\w*[ea]n?(?:se|l[aeo]s?|les?)$")  # "asegúrese", "libérelos"
_ES_MODALS = re.compile(r"\b(?:debe|deben|debería|deberían|ha de|han de|tienen? que)\b")
_ES_FINITE = re.compile(
    r"\b(?:es|son|sea|sean|está|están|esté|estén|será|serán|ha|han)\b|\b(?!entre|sobre|durante|contra|desde|para|hacia|mediante|ante|hasta)"
    r"\w{3,}[ae]n?\s+(?:una?|su|sus|ningun[oa]?)\b"
)
_ES_RELATIVE = re.compile(r"(?<!tiene )(?<!tienen )\bque\b|\b(?:quien|quienes|cuyo|cuya|cuyos|cuyas|donde)\b")
_ES_NOT_VERBS = {
    "mujer",
    "mujeres",
    "lugar",
    "hogar",
    "poder",
    "ayer",
    "cualquier",
    "militar",
    "militares",
    "primer",
    "tercer",
}


def _spanish(core: str) -> tuple[Form, str]:
    core = re.sub(r"^por favor,?\s+", "", core, flags=re.IGNORECASE)
    core = re.sub(r"^a\s+(?=(?:no\s+)?\w+[aeií]r(?:se)?\b)", "", core, flags=re.IGNORECASE)
    first = core.split(maxsplit=1)[0].lower() if core else ""
    if first == "que":
        return Form.CLAUSE, core[3:].lstrip()
    if _es_infinitive(core):
        return Form.INFINITIVE, core
    if _es_imperative(core.lower().split()):
        return Form.IMPERATIVE, core
    noun = _ES_NOUN_START.match(core) is not None
    return _sentence_or_noun(core, _ES_MODALS, _ES_FINITE, _ES_RELATIVE, noun=noun), core


def _es_imperative(words: list[str]) -> bool:
    """Return whether a command to "usted" comes first: "libere", "asegúrese", "no devuelva", "no los expulse"."""
    if words[:1] == ["no"]:
        rest = words[2:] if words[1:2] and words[1] in {"lo", "la", "los", "las", "le", "les", "se"} else words[1:]
        return bool(rest) and re.search(r"[ea]n?$", rest[0]) is not None
    return bool(words) and (
        words[0].removesuffix("n") in _ES_IMPERATIVES or _ES_CLITIC_IMPERATIVE.match(words[0]) is not None
    )


def _es_infinitive(core: str) -> bool:
    words = core.lower().split()
    while words and (words[0].endswith("mente") or words[0] in {"no", "e", "y"}):
        words = words[1:]
    return bool(words) and words[0] not in _ES_NOT_VERBS and _ES_INFINITIVE.match(words[0]) is not None


# German

_DE_VERB = r"(?:zu\s+(?!(?:allen|den|seinen|ihren|einen|keinen|diesen|jenen|meinen|unseren)\b)[a-zäöüß]+n|[a-zäöüß]{2,}zu[a-zäöüß]{2,}n)"
# The infinitive with "zu" ends its clause; "Zugang zu medizinischen Leistungen" goes on with a noun.
_DE_ZU = re.compile(
    rf"\b{_DE_VERB}(?=$|,|\s+(?:für|gegen|mit|bei|von|aus|in|auf|an|über)\b|\s+(?:und|oder|sowie)\b.*\b[a-zäöüß]+n$)"
)
# "ihr Recht zu bleiben" is a noun with what it is a right to, and asks nobody to stay.
_DE_RIGHT_TO = re.compile(
    r"\b\w*(?:[Rr]echts\s+zu\s+\w+n|(?:[Rr]echte?|[Ff]reiheit|[Mm]öglichkeit|[Ee]rlaubnis|[Gg]elegenheit)\s+zu\s+"
    r"(?:bleiben|leben|gehen|reisen|arbeiten|demonstrieren|protestieren|schweigen|streiken|wählen|sprechen|heiraten|fliehen))$"
)
_DE_NOUN_START = re.compile(rf"^(?:die|das|eine|einen|alle|ihre|seine|den|keine|{DE_ADJECTIVES})\b", re.IGNORECASE)
_DE_MODALS = re.compile(r"\b(?:muss|müssen|soll|sollen|sollte|sollten|hat zu|haben zu)\b")
_DE_AFTER_RELATIVE = re.compile(
    rf"^[^,]+,\s+(?:die|der|das)\b[^,]*,\s+{_DE_MODALS.pattern}"
)  # "alle, die krank sind, müssen ..."
_DE_FINITE = re.compile(
    r"\b(?:ist|sind|wird|werden|darf|dürfen|hat|haben|kann|können)\b|\b(?!nicht|seit|statt|samt|damit|sofort)"
    r"[a-zäöüß]{3,}t\s+(?:(?:k?ein|sein|ihr)(?:e[nmrs]?)?|den|dem)\b"
)


def _german(core: str) -> tuple[Form, str]:
    core = re.sub(r"^bitte\s+", "", core, flags=re.IGNORECASE)
    head = re.split(r",\s+(?:dass|damit|die|der|das|wenn|ob|bis|um)\b", core, maxsplit=1)[0]
    if re.match(r"^(?:dass|daß)\b", core, re.IGNORECASE):
        return Form.CLAUSE, re.sub(r"^da(?:ss|ß)\s+", "", core, flags=re.IGNORECASE)
    if re.match(r"^\w+n\s+Sie\b", core):
        return Form.IMPERATIVE, core[:1].upper() + core[1:]
    if _DE_MODALS.search(head) or _DE_AFTER_RELATIVE.search(core):
        return Form.SENTENCE, core
    if _DE_ZU.search(head) and not _DE_RIGHT_TO.search(head):
        return Form.INFINITIVE, core
    spoils = re.search(r"\b[a-zäöüß]+e?n$", head) or _DE_FINITE.search(head) or _DE_MODALS.search(core)
    return (Form.NOUN if _DE_NOUN_START.match(core) and not spoils else Form.NEUTRAL), core


_RULES = {"en": _english, "fr": _french, "es": _spanish, "de": _german}
