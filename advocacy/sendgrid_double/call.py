"""A call to one of the service's other addresses, and an answer in JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from advocacy.sendgrid_double.taking import Desk, Reply


@dataclass(frozen=True)
class Call:
    """One call: `parts` are what stands in the variable places of its path, `given` is its parsed body."""

    desk: Desk
    parts: tuple[str, ...]
    query: dict[str, str]
    given: dict[str, Any]
    scopes: set[str]
    now: float


Route = Callable[[Call], Reply]


def as_json(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())
