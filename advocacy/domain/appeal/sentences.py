"""Whether a demand's words are one sentence: a stop after an abbreviation or a German ordinal ends none."""

import re

_ENDS = re.compile(r"[.!?]\s+[A-ZÀ-ÝÄÖÜ¿¡]")
_ABBREVIATED = re.compile(
    r"(?<!\.)\b(?:Dr|Dra|Prof|Mr|Mrs|Ms|St|Sr|Sra|Srta|Mme|Mlle|Hr|Fr|Nr|Art|Abs|bzw|[A-Z])\.(?=\s)"
)
_DE_ORDINAL = re.compile(r"\b\d{1,2}\.(?=\s)")  # "am 9. Dezember"


def several_sentences(words: str, language: str) -> bool:
    """Return whether one sentence ends within the words and another begins."""
    bare = _ABBREVIATED.sub("", words)
    return _ENDS.search(_DE_ORDINAL.sub("", bare) if language == "de" else bare) is not None
