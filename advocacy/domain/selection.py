"""Which of a campaign's people a mail written by hand is for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from advocacy.domain.errors import InvalidError

_LISTS = ("countries", "languages", "zones", "tags")
_WORDS = {"country": "countries", "language": "languages", "zone": "zones", "tag": "tags"}
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class Selection:
    """Empty lists mean everyone. `countries` are alpha-2, `acted` None means whether or not they did.

    `local` is the wall time (naive) at which each person gets it, None when all get it at one instant.
    """

    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    acted: bool | None = None
    local: datetime | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> Self:
        """Read what `as_json` wrote into `blast.audience`."""
        given = dict(value or {})
        local = given.get("local")
        return cls(
            **{name: tuple(given.get(name, ())) for name in _LISTS},
            acted=given.get("acted"),
            local=datetime.fromisoformat(local) if local else None,
        )

    def as_json(self) -> dict[str, Any]:
        kept: dict[str, Any] = {name: list(getattr(self, name)) for name in _LISTS if getattr(self, name)}
        if self.acted is not None:
            kept["acted"] = self.acted
        if self.local is not None:
            kept["local"] = self.local.isoformat(timespec="minutes")
        return kept

    @classmethod
    def parse(cls, text: str, *, local: datetime | None = None) -> Self:
        """Read an expression such as "country=CA,GB language=fr acted=no". Raises InvalidError."""
        lists: dict[str, tuple[str, ...]] = {}
        acted = None
        for part in text.split():
            word, equals, value = part.partition("=")
            if word == "acted" and value in _YES_NO:
                acted = _YES_NO[value]
            elif word in _WORDS and equals and value:
                lists[_WORDS[word]] = tuple(item for item in value.split(",") if item)
            else:
                raise InvalidError(
                    f"“{part}” is no part of an audience. Write for example: country=CA,GB language=fr tag=press acted=no",
                    faults={"audience": f"“{part}” is not understood."},
                )
        return cls(**lists, acted=acted, local=local)
