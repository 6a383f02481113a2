"""The words of a mail before they are addressed to anyone, and the merge fields they may use."""

from collections.abc import Mapping
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
