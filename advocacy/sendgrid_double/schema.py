"""A small validator for the published request schema: the keywords it uses, and no others."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SPEC = Path(__file__).with_name("spec") / "mail_send.json"
_HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
_EMAIL = re.compile(r"[^@\s<>(),;:\"\[\]]+@[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?\.[0-9A-Za-z-]{2,}")


@dataclass(frozen=True)
class Problem:
    """One complaint. `field` is written as SendGrid does: `personalizations.1.to`, None for the whole request."""

    message: str
    field: str | None = None
    status: int = 400
    rule: str = "schema"

    def as_error(self) -> dict[str, str | None]:
        section = re.sub(r"\.\d+", "", self.field) if self.field else None
        return {"message": self.message, "field": self.field, "help": _HELP + section if section else None}


BAD_REQUEST = Problem("Bad Request", None, rule="strings_only")
"""All that the service says when a value that must be a string is not (contract.md 1.8)."""

Check = Callable[[Any, str], Iterator[Problem]]
_KNOWN = {
    "type", "required", "properties", "additionalProperties", "items", "minItems", "maxItems", "uniqueItems",
    "minLength", "maxLength", "maxProperties", "minProperties", "minimum", "enum", "format", "$ref", "default",
}  # fmt: skip


def load() -> Check:
    """Return the check of a whole request. Raises ValueError for a keyword nobody here understands."""
    spec = json.loads(_SPEC.read_text(encoding="utf-8"))
    return _compile(spec["components"]["schemas"]["PostMailSend"], spec)


def is_address(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _compile(node: dict[str, Any], spec: dict[str, Any]) -> Check:
    if unknown := set(node) - _KNOWN:
        raise ValueError(f"the schema uses what this validator does not know: {sorted(unknown)}")
    if "$ref" in node:
        return _compile(_resolve(node["$ref"], spec), spec)
    checks = [*_simple(node)]
    if "properties" in node or "additionalProperties" in node or "required" in node:
        checks.append(_object(node, spec))
    if "items" in node:
        checks.append(_items(_compile(node["items"], spec)))
    type_ = _type(node.get("type"))

    def check(value: Any, path: str) -> Iterator[Problem]:
        wrong = next(type_(value, path), None)
        if wrong is not None:
            yield wrong
            return
        for one in checks:
            yield from one(value, path)

    return check


def _resolve(ref: str, spec: dict[str, Any]) -> dict[str, Any]:
    node: Any = spec
    for part in ref.removeprefix("#/").split("/"):
        node = node[part]
    found: dict[str, Any] = node
    return found


_PYTHON = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def _type(name: str | None) -> Check:
    wanted = _PYTHON[name] if name else object

    def check(value: Any, path: str) -> Iterator[Problem]:
        wrong = not isinstance(value, wanted) or (name == "integer" and isinstance(value, bool))
        if wrong and name == "string" and re.search(r"(custom_args|substitutions)\.", path):
            yield BAD_REQUEST
        elif wrong:
            yield Problem(f"The {_last(path)} parameter must be of the type {name}.", path or None)

    return check


def _simple(node: dict[str, Any]) -> Iterator[Check]:
    """Compile the keywords that look at one value's size or form."""
    limits: list[tuple[str, type, Callable[[Any, int], bool], str]] = [
        ("minItems", list, lambda value, n: len(value) >= n, "must have at least {n} entries"),
        ("maxItems", list, lambda value, n: len(value) <= n, "is limited to {n} entries"),
        ("minLength", str, lambda value, n: len(value) >= n, "must have at least {n} character"),
        ("maxLength", str, lambda value, n: len(value) <= n, "is limited to {n} characters"),
        ("minProperties", dict, lambda value, n: len(value) >= n, "must not be empty"),
        ("maxProperties", dict, lambda value, n: len(value) <= n, "is limited to {n} entries"),
        ("minimum", int, lambda value, n: value >= n, "must be at least {n}"),
    ]
    for keyword, of, good, words in limits:
        if keyword in node:
            yield _limit(of, good, node[keyword], words)
    if node.get("uniqueItems"):
        yield _unique
    if "enum" in node:
        yield _enum(node["enum"])
    if node.get("format") == "email":
        yield _email


def _limit(of: type, good: Callable[[Any, int], bool], n: int, words: str) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if isinstance(value, of) and not good(value, n):
            yield Problem(f"The {_last(path)} parameter {words.format(n=n)}.", path or None)

    return check


def _unique(value: Any, path: str) -> Iterator[Problem]:
    if len({json.dumps(one, sort_keys=True) for one in value}) < len(value):
        yield Problem(f"The {_last(path)} parameter must not hold an entry twice.", path)


def _enum(allowed: list[Any]) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(f"The {_last(path)} parameter must be one of {allowed}.", path)

    return check


def _email(value: Any, path: str) -> Iterator[Problem]:
    if not is_address(value):
        yield Problem("Does not contain a valid address.", path)


def _object(node: dict[str, Any], spec: dict[str, Any]) -> Check:
    inside = {name: _compile(one, spec) for name, one in node.get("properties", {}).items()}
    required = node.get("required", [])
    extra = node.get("additionalProperties")
    others = _compile(extra, spec) if isinstance(extra, dict) else None

    def check(value: Any, path: str) -> Iterator[Problem]:
        for name in required:
            if name not in value:
                yield Problem(_missing(path, name), f"{path}.{name}".strip("."))
        for name, one in value.items():
            known = inside.get(name, others)
            if known is not None:
                yield from known(one, f"{path}.{name}" if path else name)

    return check


def _missing(path: str, name: str) -> str:
    where = re.sub(r"\.\d+", "", path).rpartition(".")[2]
    return f"The {where} {name} parameter is required." if where else f"The {name} parameter is required."


def _items(check_one: Check) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        for number, one in enumerate(value):
            yield from check_one(one, f"{path}.{number}")

    return check


def _last(path: str) -> str:
    return re.sub(r"\.\d+$", "", path).rpartition(".")[2] or "request"
