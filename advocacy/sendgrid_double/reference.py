"""docs/sendgrid-double.md, made from the tables of the stand-in; a test holds the file to it."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from advocacy.sendgrid_double.account import ALL_SCOPES
from advocacy.sendgrid_double.contract import GRADES, NOT_PLAYED, RULES
from advocacy.sendgrid_double.disorder import Disorder
from advocacy.sendgrid_double.fates import BY_DOMAIN
from advocacy.sendgrid_double.fates import SAYS as FATES
from advocacy.sendgrid_double.faults import SAYS as FAULTS
from advocacy.sendgrid_double.faults import TAKEN_FIRST
from advocacy.sendgrid_double.switches import Switches

_HEAD = """# The stand-in for SendGrid

This page is made by `advocacy sendgrid-double --reference`; change the tables in `advocacy/sendgrid_double/`, not this file.

`advocacy sendgrid-double --port 8025 --webhook http://localhost:8000/hooks/sendgrid` stands in for SendGrid on this machine:
it takes what SendGrid is documented to take, refuses the rest in its words, writes what it took into a ledger, posts signed
and untidy events, and shows it all at `http://127.0.0.1:8025/`. Point the product at it with `SENDGRID_API_URL` and the
`SENDGRID_WEBHOOK_KEY` it prints. **It is made from documents and from what others saw in public, not from trials against
the real service.** What nobody knows is a switch; tests run each both ways.

    advocacy sendgrid-double --port 8025 --fault 429x20=0.01 --fault 500_after=0.02 --fault-at 3=stall \\
        --fate bounce=0.02 --fate spam=0.001 --events lost_ids=0.1 --events late=0.2 --speed 60 \\
        --switch duplicates_across=no --credits 100 --scope mail.send
"""


def reference() -> str:
    """Return the whole page as Markdown."""
    grades = "; ".join(f"**{grade}** {says}" for grade, says in GRADES.items())
    groups: dict[str, list[tuple[str, ...]]] = {}
    for rule in RULES:
        groups.setdefault(rule.group, []).append((f"`{rule.name}`", rule.says, rule.happens, rule.grade, rule.source))
    rules = "\n".join(
        f"### {group}\n\n{_table(('rule', 'says', 'what happens', 'sure', 'source'), rows)}"
        for group, rows in groups.items()
    )
    faults = [(f"`{one.value}`", says, "yes" if one in TAKEN_FIRST else "no") for one, says in FAULTS.items()]
    by_fate = {fate: [label for label, meant in BY_DOMAIN.items() if meant == fate] for fate in FATES}
    fates = [(f"`{name}`", says, ", ".join(f"`{one}.`" for one in by_fate[name])) for name, says in FATES.items()]
    parts = (
        _HEAD,
        "## Rules\n",
        f"How sure each is: {grades}. Sources are named as SendGrid's documents, its published description (OAS) and the",
        "issues of its libraries are usually shortened (py#291 is an issue of sendgrid-python).\n",
        rules,
        "## Switches\n\n`--switch NAME=VALUE`\n",
        _table(("switch", "otherwise", "says"), _named(Switches)),
        "## Faults\n\n`--fault NAME=SHARE` for a share of all requests, `--fault-at N=NAME` for the Nth; `429x20` is twenty",
        "requests in a row. The page breaks the next request by a button. `--faults FILE` reads the same from JSON",
        '(`{"rates": {"429x20": 0.01}, "script": {"3": "stall"}, "latency": 0.3}`), with `seed`, `stall`, `latency`, `spread`,',
        "`retry_after`, `reset` and `idle`.\n",
        _table(("fault", "what happens", "taken"), faults),
        "## Fates\n\n`--fate NAME=SHARE`; an address whose domain begins with one of the labels always has that fate.\n",
        _table(("fate", "what becomes of the mail", "domains"), fates),
        "## Events\n\n`--events NAME=VALUE`; untidy is what they are anyway, as the real ones. `--speed` shortens every delay.\n",
        _table(("name", "otherwise", "says"), _named(Disorder)),
        "## Scopes\n\nA key has all of them unless `--scope` names some. "
        + ", ".join(f"`{scope}`" for scope in sorted(ALL_SCOPES))
        + ".\n",
        "## Not played\n",
        "\n".join(f"* {one}" for one in NOT_PLAYED) + "\n",
    )
    return "\n".join(parts)


def _named(kind: type[Any]) -> list[tuple[str, ...]]:
    words = {True: "yes", False: "no"}
    return [
        (
            f"`{one.name}`",
            words[one.default] if isinstance(one.default, bool) else f"{one.default:g}",
            one.metadata["says"],
        )
        for one in fields(kind)
    ]


def _table(names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
