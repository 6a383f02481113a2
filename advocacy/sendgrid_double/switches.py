"""What nobody outside knows for sure of the real service, as switches: tests run each both ways."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

YES = {"yes": True, "on": True, "true": True, "1": True, "no": False, "off": False, "false": False, "0": False}


def described(says: str, *, otherwise: Any) -> Any:
    """Return a dataclass field with what it means, as the command line and docs/sendgrid-double.md tell it."""
    return field(default=otherwise, metadata={"says": says})


@dataclass
class Switches:
    """How the unknown is played."""

    duplicates_across: bool = described("one address may stand in two personalizations of one request", otherwise=True)
    unknown_fields: bool = described("top-level fields that do not exist are let pass", otherwise=True)
    unicode_from_name: bool = described("the sender's name may hold letters that are not ASCII", otherwise=True)
    strict_names: bool = described(
        "a name with one of ( ) : < > @ [ ] is dropped, as one with a comma is", otherwise=False
    )
    small_substitutions: bool = described(
        "substitutions over 8,000 bytes are refused, as one user saw", otherwise=False
    )
    own_unsubscribe_kept: bool = described(
        "our List-Unsubscribe is kept where subscription tracking is on", otherwise=True
    )
    gzip: bool = described("the account may send compressed bodies", otherwise=False)
    rate_headers: bool = described("answers carry X-RateLimit headers", otherwise=False)
    requests_per_second: int = described(
        "more mail/send requests a second are answered with 429; 0: no limit", otherwise=0
    )
    logs_per_minute: int = described(
        "more look-ups in the logs a minute are answered with 429; 0: no limit", otherwise=0
    )
    scope_missing_is_403: bool = described("a missing scope is answered with 403, otherwise with 401", otherwise=True)
    senders_readable: bool = described("any key may read the verified senders", otherwise=True)
    valid_despite_records: bool = described(
        "a domain says it is valid although one of its records is not", otherwise=False
    )
    new_event_ids_on_retry: bool = described("an event told again has another sg_event_id", otherwise=True)
    fresh_signature_on_retry: bool = described("a post told again has a new timestamp and signature", otherwise=False)
    webhook_timeout: float = described(
        "how many seconds it waits for the webhook's answer (3 and 10 are claimed)", otherwise=3.0
    )
    html_413: bool = described("a body that is too large is answered with an HTML page", otherwise=False)


def told(kind: type[Any], words: Iterable[str]) -> Any:
    """Return a dataclass of switches from words like `name=value`.

    Raises ValueError for a name it has not, or a value that is no yes or no, whole number or number.
    """
    types = {one.name: type(one.default) for one in fields(kind)}
    given: dict[str, Any] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in types:
            raise ValueError(f"{name!r} is none of: {', '.join(types)}")
        try:
            given[name] = _read(types[name], value.strip().lower())
        except (KeyError, ValueError):
            raise ValueError(f"{word!r}: the value must be {_WORDS[types[name]]}") from None
    return kind(**given)


def _read(type_: type[Any], value: str) -> Any:
    if type_ is bool:
        return YES[value]
    number = type_(value)
    if not 0 <= number < float("inf"):
        raise ValueError
    return number


_WORDS = {bool: "yes or no", int: "a whole number", float: "a number from 0"}
