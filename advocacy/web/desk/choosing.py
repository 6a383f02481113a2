"""Which supporters an address asks for: the filters of the list, the same in its pages, its file and its tags."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.web.desk.forms import a_day

_LISTS = {"country": "countries", "language": "languages", "zone": "zones", "tag": "tags", "state": "states"}
_DAYS = {"from": "joined_from", "until": "joined_until"}
_LONGEST = 64


def selection_of(args: MultiDict[str, str]) -> Selection:
    """Read the filters; what cannot be one filters nothing."""
    values: dict[str, Any] = {
        field: tuple(dict.fromkeys(each for each in args.getlist(name) if each and len(each) <= _LONGEST))
        for name, field in _LISTS.items()
    }
    values["states"] = tuple(each for each in values["states"] if each in set(SupporterState))
    values |= {field: a_day(args.get(name, "")) for name, field in _DAYS.items()}
    return Selection(**values)


def args_of(wanted: Selection) -> dict[str, Any]:
    """Return the filters as an address carries them."""
    named: Mapping[str, str] = _LISTS | _DAYS
    found = {name: getattr(wanted, field) for name, field in named.items()}
    return {
        name: list(value) if isinstance(value, tuple) else value.isoformat() for name, value in found.items() if value
    }
