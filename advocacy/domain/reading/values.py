"""What a reading holds: each field with its value, how sure we are, and where it stood in the source."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from advocacy.domain.addressee import Addressee, Role
from advocacy.domain.reading.page import Span
from advocacy.domain.sentence import Sentence, kept

T = TypeVar("T")
SURE = 0.8
"""Fields below this confidence are to be checked first."""


@dataclass(frozen=True)
class Field(Generic[T]):
    """A value with how sure we are (0 to 1), where it stood in the source text, and what is doubtful about it."""

    value: T
    confidence: float = 0.0
    span: Span | None = None
    note: Sentence | None = None


@dataclass(frozen=True)
class Target:
    """Someone to write to, as printed. `country` and `for_countries` are alpha-2 codes.

    `email` may hold two addresses joined by a comma and a blank.
    """

    name: str
    role: str
    salutation: str | None = None
    postal_lines: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    fax: str | None = None
    office: str | None = None
    country: str | None = None
    web_form: str | None = None
    social: str | None = None
    for_countries: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the keys that expected readings have."""
        return {
            "name": self.name,
            "role": self.role,
            "salutation": self.salutation,
            "postal_lines": list(self.postal_lines),
            "email": self.email,
            "phone": self.phone,
            "fax": self.fax,
        }


@dataclass(frozen=True)
class Person:
    """Someone at risk. `gender` is "m", "f" or None, `age` in years or None."""

    name: str
    gender: str | None = None
    age: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether the text is an urgent action, and the reason in words."""

    is_action: bool
    reason: Sentence


@dataclass(frozen=True)
class Reading:
    """What was understood of a document. Spans are places in `source`; languages are BCP 47 tags."""

    source: str
    verdict: Verdict
    title: Field[str | None]
    index: Field[str | None]
    ua_number: Field[str | None]
    issued: Field[date | None]
    deadline: Field[date | None]
    language: Field[str | None]
    countries: tuple[Field[str], ...] = ()
    country_codes: tuple[str, ...] = ()
    demands: tuple[Field[str], ...] = ()
    targets: tuple[Field[Target], ...] = ()
    summary: Field[str | None] = Field(None)
    background: Field[str | None] = Field(None)
    model_letter: Field[str | None] = Field(None)
    people: tuple[Field[Person], ...] = ()
    write_languages: tuple[Field[str], ...] = ()
    links: tuple[Field[str], ...] = ()
    follows: Field[str | None] = Field(None)
    no_further_action: Field[bool] = Field(value=False)
    do_not_write_after: Field[date | None] = Field(None)
    cases: tuple[Field[str], ...] = ()

    @property
    def is_action(self) -> bool:
        return self.verdict.is_action

    def addressees(self) -> tuple[Addressee, ...]:
        """Return the targets as the product's addressees."""
        return tuple(_addressee(field.value) for field in self.targets)

    def doubts(self) -> tuple[str, ...]:
        """Return the names of the fields left to check, the least sure first."""
        doubtful = [
            (field.confidence, name) for name, field in self._checked() if field.confidence < SURE or field.note
        ]
        missing = [] if self.demands else [(0.0, "demands")]
        missing += [] if self.targets else [(0.0, "targets")]
        return tuple(name for _, name in sorted(doubtful + missing, key=lambda pair: pair[0]))

    def as_json(self) -> dict[str, Any]:
        """Return the reading in the keys of an expected reading, and `fields` and others of our own beside them."""
        return {
            "title": self.title.value,
            "index": self.index.value,
            "ua_number": self.ua_number.value,
            "issued": _iso(self.issued.value),
            "deadline": _iso(self.deadline.value),
            "language": self.language.value,
            "countries": [field.value for field in self.countries],
            "demands": [first_words(field.value) for field in self.demands],
            "targets": [field.value.as_json() for field in self.targets],
            "source_url": None,
            "is_action": self.verdict.is_action,
            "reason": self.verdict.reason,
            "fields": self._fields(),
            "doubts": list(self.doubts()),
        }

    def _checked(self) -> list[tuple[str, Field[Any]]]:
        named: list[tuple[str, Field[Any]]] = [
            ("title", self.title), ("issued", self.issued), ("deadline", self.deadline), ("language", self.language),
        ]  # fmt: skip
        if self.index.value or self.ua_number.value:
            named += [("index", self.index), ("ua_number", self.ua_number)]
        named += [(f"demands[{number}]", field) for number, field in enumerate(self.demands)]
        named += [(f"targets[{number}]", field) for number, field in enumerate(self.targets)]
        return named + [(f"countries[{number}]", field) for number, field in enumerate(self.countries)]

    def _fields(self) -> dict[str, Any]:
        single = (
            "title", "index", "ua_number", "issued", "deadline", "language", "summary", "background", "model_letter", "follows",
            "no_further_action", "do_not_write_after",
        )  # fmt: skip
        many = ("countries", "demands", "people", "write_languages", "links", "cases")
        fields: dict[str, Any] = {name: _field_json(getattr(self, name)) for name in single}
        fields |= {name: [_field_json(field) for field in getattr(self, name)] for name in many}
        fields["targets"] = [_target_json(field) for field in self.targets]
        fields["country_codes"] = list(self.country_codes)
        return fields


def first_words(text: str, count: int = 8) -> str:
    """Return the first words of a text, verbatim."""
    return " ".join(text.split()[:count])


def checked(field: Field[T], value: T) -> Field[T]:
    """Return the field as a person left it: corrected or confirmed, and no longer in doubt."""
    return replace(field, value=value, confidence=1.0, note=None)


def _addressee(target: Target) -> Addressee:
    return Addressee(
        name=target.name,
        role=Role(target.role),
        office=target.office,
        salutation=target.salutation,
        postal_lines=target.postal_lines,
        country=target.country,
        emails=tuple(target.email.split(", ")) if target.email else (),
        phones=(target.phone,) if target.phone else (),
        faxes=(target.fax,) if target.fax else (),
        web_form=target.web_form,
        social=target.social,
        for_countries=target.for_countries,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _field_json(field: Field[Any]) -> dict[str, Any]:
    value = field.value
    if isinstance(value, date):
        value = value.isoformat()
    elif isinstance(value, Person):
        value = {"name": value.name, "gender": value.gender, "age": value.age}
    elif isinstance(value, Target):
        value = value.as_json()
    return {
        "value": value,
        "confidence": round(field.confidence, 2),
        "span": list(field.span) if field.span else None,
        "note": kept(field.note) if field.note else None,
    }


def _target_json(field: Field[Target]) -> dict[str, Any]:
    target = field.value
    own = {
        "office": target.office,
        "country": target.country,
        "web_form": target.web_form,
        "social": target.social,
        "for_countries": list(target.for_countries),
    }
    place = {key: value for key, value in _field_json(field).items() if key != "value"}
    return {**target.as_json(), **own, **place}
