"""Compare readings with what a careful reader takes from the same documents."""

from collections.abc import Iterable
from typing import Any

from advocacy.domain.reading.page import fold
from advocacy.domain.reading.values import first_words

SINGLE = ("title", "index", "ua_number", "issued", "deadline", "language")
NEVER_INVENTED = ("index", "ua_number", "issued", "deadline", "email", "phone", "fax")
_CONTACTS = ("email", "phone", "fax")
_OUTCOMES = ("right", "wrong", "missed", "invented")
_HALF = 0.5


def measure(pairs: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    """Return per key how often a reading was right, wrong, missed something or invented it, and the totals.

    `pairs` are (reading, expected), both in the keys of expected readings.

    A single value (title, index, ua_number, issued, deadline, language) is right when both are equal with case and
    white space folded, both None included; wrong when both have a value and they differ; missed when only the expected
    reading has one; invented when only ours has.
    Countries, demands and targets count each item: right when it has its partner, missed when an expected item has
    none, invented when one of ours has none. Demands are partners when their first eight words are the same. A target
    is partner of one whose name or office is the same and half or more of whose printed lines (postal lines and
    contacts) match. `email`, `phone` and `fax` are those of partner targets; a value of a target without partner is
    invented unless it stands anywhere in the expected reading. `precision`, `recall` and `f1` are given for items.
    `facts` is the share right of index, ua_number, issued, deadline and language together.
    """
    counts = {key: dict.fromkeys(_OUTCOMES, 0) for key in (*SINGLE, "countries", "demands", "targets", *_CONTACTS)}
    documents = 0
    for ours, expected in pairs:
        documents += 1
        for key in SINGLE:
            counts[key][outcome(ours.get(key), expected.get(key))] += 1
        _count_items(
            counts["countries"], [same(c) for c in ours["countries"]], [same(c) for c in expected["countries"]]
        )
        _count_items(
            counts["demands"],
            [same(first_words(d)) for d in ours["demands"]],
            [same(first_words(d)) for d in expected["demands"]],
        )
        _count_targets(counts, ours["targets"], expected["targets"])
    keys: dict[str, Any] = {
        key: {**count, **(_scores(count) if key in {"countries", "demands", "targets"} else {})}
        for key, count in counts.items()
    }
    facts = [counts[key] for key in SINGLE if key != "title"]
    total = sum(sum(count.values()) for count in facts)
    return {
        "documents": documents,
        "keys": keys,
        "facts": round(sum(count["right"] for count in facts) / total, 4) if total else None,
        "invented": {key: counts[key]["invented"] for key in NEVER_INVENTED},
        "totals": {name: sum(count[name] for count in counts.values()) for name in _OUTCOMES},
    }


def outcome(ours: str | None, expected: str | None) -> str:
    """Return right, wrong, missed or invented for one value."""
    if same(ours or "") == same(expected or ""):
        return "right"
    if not expected:
        return "invented"
    return "wrong" if ours else "missed"


def same(text: str) -> str:
    """Return a text with case and white space folded."""
    return " ".join(text.casefold().split())


def is_right(ours: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether a target is right: name or office the same, and half or more of the expected lines found."""
    names = {_bare(expected["name"]), *map(_bare, expected["postal_lines"][:1])}
    if _bare(ours["name"]) not in names and _bare(expected["name"]) not in {
        _bare(line) for line in ours["postal_lines"][:1]
    }:
        return False
    wanted = _printed(expected)
    have = set(_printed(ours))
    return not wanted or sum(line in have for line in wanted) >= _HALF * len(wanted)


def _printed(target: dict[str, Any]) -> list[str]:
    lines = [*target["postal_lines"], *(target[kind] for kind in _CONTACTS if target[kind])]
    return [_bare(line) for line in lines]


def _bare(text: str) -> str:
    return " ".join(fold(text).replace(",", " ").split())


def _count_items(count: dict[str, int], ours: list[str], expected: list[str]) -> None:
    left = list(ours)
    for item in expected:
        if item in left:
            left.remove(item)
            count["right"] += 1
        else:
            count["missed"] += 1
    count["invented"] += len(left)


def _count_targets(
    counts: dict[str, dict[str, int]], ours: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    left = list(ours)
    for wanted in expected:
        partner = next((one for one in left if is_right(one, wanted)), None)
        if partner is None:
            counts["targets"]["missed"] += 1
            for kind in _CONTACTS:
                counts[kind]["missed"] += bool(wanted[kind])
            continue
        left.remove(partner)
        counts["targets"]["right"] += 1
        for kind in _CONTACTS:
            counts[kind][outcome(partner[kind], wanted[kind])] += 1
    counts["targets"]["invented"] += len(left)
    printed = {same(wanted[kind]) for wanted in expected for kind in _CONTACTS if wanted[kind]}
    for one in left:
        for kind in _CONTACTS:
            counts[kind]["invented"] += bool(one[kind]) and same(one[kind]) not in printed


def _scores(count: dict[str, int]) -> dict[str, float]:
    found, wanted = count["right"] + count["invented"], count["right"] + count["missed"]
    precision = count["right"] / found if found else 1.0
    recall = count["right"] / wanted if wanted else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
