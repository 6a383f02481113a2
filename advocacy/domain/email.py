"""The words of a mail before they are addressed to anyone, and the merge fields they may use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MERGE_FIELDS = ("greeting", "act_url", "unsubscribe_url", "preferences_url")
"""What each person's mail of a blast is filled with; written `{{ act_url }}` in finished words."""


@dataclass(frozen=True)
class Words:
    """A finished mail: subject, plain text and HTML, with merge fields still open."""

    subject: str
    text: str
    html: str


class Writer(Protocol):
    """Writes mails from the folders in `templates/email/`: `name` is the folder, `facts` what its templates print."""

    def write(self, name: str, language: str, facts: Mapping[str, Any]) -> Words: ...


_GREETINGS = {
    "en": ("Dear {name},", "Hello,"),
    "fr": ("Bonjour {name},", "Bonjour,"),
    "es": ("Hola, {name}:", "Hola:"),
    "de": ("Guten Tag {name},", "Guten Tag,"),
}


def greeting(language: str, name: str) -> str:
    """Return the line a mail begins with, in a language (BCP 47; English where we have none), with the name if any."""
    return greetings(language, [name])[0]


def greetings(language: str, names: Sequence[str]) -> list[str]:
    """Return the `greeting` of each of these people."""
    named, nameless = _GREETINGS.get(language.partition("-")[0].lower(), _GREETINGS["en"])
    before, _, after = named.partition("{name}")
    plain = [" ".join(name.split()) for name in names]
    return [f"{before}{name}{after}" if name else nameless for name in plain]
