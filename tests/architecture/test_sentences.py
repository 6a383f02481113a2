"""What is said to people is said in sentences that pages can translate: a template written out, its facts beside it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_translations import CATALOGUES, wanted

ROOT = Path(__file__).resolve().parents[2] / "advocacy"
ERRORS = {"InvalidError", "ConflictError", "NotFoundError"}
TEMPLATES = {**dict.fromkeys(ERRORS | {"Sentence"}, 1), "counted": 2}
"""The calls that take a template, and how many."""

SPOKEN_ELSEWHERE = {
    "domain/appeal/guard.py": "pages word a problem by its kind (web/public/telling.py)",
    "domain/appeal/paper_words.py": "a fault in the files that ship",
    "domain/appeal/pools.py": "a fault in the files that ship",
    "domain/channels.py": "pages word a way by its key (web/public/ways.py)",
    "domain/provider_account.py": "`advocacy doctor`, on the command line only",
    "operations/checkup.py": "`advocacy doctor`, on the command line only",
    "operations/invariants.py": "`advocacy engine check`, on the command line only",
    "domain/outcome.py": "the first words of a mail, in the campaign's language",
    "operations/outcomes.py": "the first words of a mail, for an organiser to change",
    "operations/readiness.py": "/readyz, for machines",
    "operations/sample.py": "the sample campaign, which is in English",
}
"""Modules whose English no page prints, each with why."""

_READS_AS_A_SENTENCE = re.compile(r"[A-Z“–][^\n]*[a-z]{2,} [^\n]*[.!?]")


def _modules(*layers: str) -> Iterator[tuple[str, ast.Module]]:
    for layer in layers:
        for path in sorted((ROOT / layer).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _templates(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            for template in call.args[: TEMPLATES.get(name, 0)]:
                yield call, template


def test_no_sentence_is_put_together_before_it_is_said() -> None:
    for name, tree in _modules("domain", "operations"):
        for call, template in _templates(tree) if name not in SPOKEN_ELSEWHERE else ():
            made = isinstance(template, ast.JoinedStr | ast.BinOp)
            assert not made, (
                f"{name}:{call.lineno} hands over words that no catalogue can hold: give a template and facts"
            )


def test_every_template_is_found_by_the_catalogues() -> None:
    known = {text for domain in {domain for domain, _ in CATALOGUES} for text in wanted(domain)}
    texts = {each for text in known for each in (text if isinstance(text, tuple) else (text,))}

    for name, tree in _modules("domain", "operations"):
        for call, template in _templates(tree):
            if isinstance(template, ast.Constant):
                assert template.value in texts, (
                    f"{name}:{call.lineno} is not extracted: see templates/translations/*.cfg"
                )


@pytest.mark.parametrize("layer", ["domain", "operations"])
def test_what_reads_as_a_sentence_is_one(layer: str) -> None:
    for name, tree in _modules(layer):
        if name in SPOKEN_ELSEWHERE:
            continue
        said = {id(each) for _, template in _templates(tree) for each in ast.walk(template)}
        said |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        said |= {id(each) for node in ast.walk(tree) if _is_for_programmers(node) for each in ast.walk(node)}
        for node in ast.walk(tree):
            text = _text(node) if id(node) not in said else ""
            reads = _READS_AS_A_SENTENCE.fullmatch(text)
            assert not reads, f"{name}:{node.lineno} says “{text}” in English only: make it a Sentence"


def _text(node: ast.AST) -> str:
    """The words of a literal, with a dash for what an f-string fills in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) or "–" for value in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_for_programmers(node: ast.AST) -> bool:
    """Logs, and errors that only a fault of ours can raise."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return getattr(node.exc.func, "id", "") in {"AssertionError", "RuntimeError", "TypeError", "ValueError"}
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and "log" in ast.unparse(node.func.value)


def test_each_exception_names_a_module_that_is_there() -> None:
    assert [name for name in SPOKEN_ELSEWHERE if not (ROOT / name).is_file()] == []
