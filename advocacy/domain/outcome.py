"""The first words of the mail that tells how an action ended, in the campaign's language: a start, not to be sent as it is."""

_NO_BRACES = str.maketrans("{}", "()")
_LONGEST_SUBJECT = 120

_WORDS = {
    "en": (
        "How it ended: {title}",
        "[Write here what became of it: what was decided or said, and how the people concerned are.]",
        "{people} people told us that they wrote. Thank you to each of them.",
        "Thank you to everyone who wrote.",
        "Nothing more is asked of you for this action.",
    ),
    "fr": (
        "Ce qu’il en est advenu : {title}",
        "[Dites ici ce qu’il en est advenu : ce qui a été décidé ou dit, et comment vont les personnes concernées.]",
        "{people} personnes nous ont dit avoir écrit. Merci à chacune d’elles.",
        "Merci à toutes celles et ceux qui ont écrit.",
        "Rien de plus ne vous est demandé pour cette action.",
    ),
    "es": (
        "En qué terminó: {title}",
        "[Escriba aquí en qué terminó: qué se decidió o se dijo, y cómo están las personas afectadas.]",
        "{people} personas nos dijeron que escribieron. Gracias a cada una.",
        "Gracias a quienes escribieron.",
        "No se le pide nada más para esta acción.",
    ),
    "de": (
        "Wie es ausging: {title}",
        "[Schreiben Sie hier, was daraus wurde: was entschieden oder gesagt wurde und wie es den Betroffenen geht.]",
        "{people} Menschen haben uns gesagt, dass sie geschrieben haben. Danke an alle.",
        "Danke an alle, die geschrieben haben.",
        "Für diese Aktion wird nichts weiter von Ihnen erbeten.",
    ),
}


def first_words(title: str, language: str, people: int) -> tuple[str, str]:
    """Return a subject and a text with a gap to fill; `people` told us that they acted. Any other language than ours is English."""
    subject, gap, many, everyone, nothing_more = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    thanks = many.format(people=people) if people > 1 else everyone
    return subject.format(title=plain(title))[:_LONGEST_SUBJECT], f"{gap}\n\n{thanks}\n\n{nothing_more}"


def is_unfinished(text: str) -> bool:
    """Whether the gap is still in a text as it was proposed."""
    return any(gap in text for _subject, gap, *_rest in _WORDS.values())


def plain(text: str) -> str:
    """Return a document's words without braces: they cannot open a merge field of the mail."""
    return text.translate(_NO_BRACES).strip()
