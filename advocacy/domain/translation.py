"""What a campaign says, in its own language and in others: which words to use, what is missing, what has gone stale."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

FIELDS = ("title", "summary", "concern", "case_text", "background", "safety_notice")


@dataclass(frozen=True)
class Texts:
    """What a campaign says in one language: its `FIELDS` by name, and its demands in order."""

    language: str
    fields: Mapping[str, str]
    demands: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.fields["title"]

    @property
    def summary(self) -> str:
        return self.fields["summary"]


@dataclass(frozen=True)
class Part:
    """One translated text, and the mark of the original it was made from: when that changes, this is stale."""

    text: str
    of: str

    @classmethod
    def made(cls, text: str, original: str) -> Self:
        return cls(text, mark(original))


@dataclass(frozen=True)
class Translation:
    """A campaign's words in another language. Demands find their originals by mark, so that they may change places."""

    language: str
    fields: Mapping[str, Part]
    demands: tuple[Part, ...]

    @classmethod
    def from_json(cls, language: str, value: Mapping[str, Any] | None) -> Self:
        """Return what `as_json` wrote."""
        given = value or {}
        return cls(
            language,
            {name: Part(**part) for name, part in given.get("fields", {}).items()},
            tuple(Part(**part) for part in given.get("demands", ())),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "fields": {name: {"text": part.text, "of": part.of} for name, part in self.fields.items()},
            "demands": [{"text": part.text, "of": part.of} for part in self.demands],
        }

    def texts(self, original: Texts) -> Texts | None:
        """Return the campaign's words in this language; None while a text of it is missing or stale.

        Half a translation is none: a page or a letter in two languages helps nobody, and a stale demand asks for
        what is not asked any more.
        """
        if self.missing(original):
            return None
        by_mark = {part.of: part.text for part in self.demands}
        fields = {name: self.fields[name].text if text.strip() else "" for name, text in original.fields.items()}
        return Texts(self.language, fields, tuple(by_mark[mark(demand)] for demand in original.demands))

    def missing(self, original: Texts) -> tuple[str, ...]:
        """Return what is not translated as the original stands now: names of fields, "demands[0]" for a demand."""
        names = [name for name, text in original.fields.items() if text.strip() and not self._is_fresh(name, text)]
        there = {part.of for part in self.demands if part.text.strip()}
        names += [f"demands[{n}]" for n, demand in enumerate(original.demands) if mark(demand) not in there]
        return tuple(names)

    def stale(self, original: Texts) -> tuple[str, ...]:
        """Return the names of `missing` that were translated before their original changed."""
        return tuple(name for name in self.missing(original) if self.kept(name, original))

    def kept(self, name: str, original: Texts) -> str:
        """Return the words last kept under a name, fresh or stale; "" for none."""
        if not name.startswith("demands["):
            return self.fields[name].text if name in self.fields else ""
        number = int(name.removeprefix("demands[").rstrip("]"))
        by_mark = {part.of: part.text for part in self.demands}
        found = by_mark.get(mark(original.demands[number]))
        if found is not None:
            return found
        taken = {mark(demand) for demand in original.demands}
        there = self.demands[number] if number < len(self.demands) else None
        return there.text if there is not None and there.of not in taken else ""

    def _is_fresh(self, name: str, original: str) -> bool:
        part = self.fields.get(name)
        return part is not None and bool(part.text.strip()) and part.of == mark(original)


def said_in(language: str, original: Texts, translations: Sequence[Translation]) -> Texts:
    """Return the campaign's words in a language, or in its parent ("pt" for "pt-BR"), else the original."""
    by_language = {each.language: each for each in translations}
    for wanted in (language, language.partition("-")[0]):
        if wanted in {original.language, original.language.partition("-")[0]}:
            return original
        found = by_language[wanted].texts(original) if wanted in by_language else None
        if found is not None:
            return found
    return original


def mark(text: str) -> str:
    """Return a short mark that changes with the text's words, and not with its spaces."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]
