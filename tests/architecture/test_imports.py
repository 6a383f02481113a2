"""Imports point inwards, and the domain is pure even where a contract on imports cannot see it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = sorted((ROOT / "advocacy" / "domain").rglob("*.py"))
IMPURE = ("flask", "sqlalchemy", "celery", "redis", "kombu", "urllib.request", "urllib3", "requests")


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_importing_the_whole_domain_loads_no_framework() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in DOMAIN]
    program = f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\nprint(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert "advocacy.domain.cadence" in loaded
    assert [name for name in loaded if name in IMPURE or name.startswith(tuple(f"{each}." for each in IMPURE))] == []


def test_the_top_package_imports_nothing() -> None:
    tree = ast.parse((ROOT / "advocacy" / "__init__.py").read_text(encoding="utf-8"))

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("package", ["advocacy/web", "advocacy/cli"])
def test_web_and_commands_never_speak_to_celery(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        assert "celery" not in _imported(path), path


def test_every_module_opens_with_its_purpose() -> None:
    modules = [path for folder in ("advocacy", "workers") for path in (ROOT / folder).rglob("*.py")]
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if "versions" not in path.parts
        and path.read_text(encoding="utf-8").strip()
        and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]

    assert silent == []


def test_only_the_clocks_read_the_time() -> None:
    """The linter bans the names it knows; this finds the others."""
    banned = ("time.time()", "datetime.now(", "date.today(", "utcnow(")
    allowed = {"gateways/clock.py"}
    found = [
        f"{path.relative_to(ROOT / 'advocacy')}: {name}"
        for path in (ROOT / "advocacy").rglob("*.py")
        for name in banned
        if name in path.read_text(encoding="utf-8")
        and str(path.relative_to(ROOT / "advocacy")) not in allowed
        and "sendgrid_double" not in path.parts
    ]

    assert found == []


def test_no_module_is_a_junk_drawer() -> None:
    drawers = {"utils.py", "helpers.py", "constants.py", "common.py", "misc.py"}

    assert [
        str(path)
        for folder in ("advocacy", "workers")
        for path in (ROOT / folder).rglob("*.py")
        if path.name in drawers
    ] == []


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return {
        each.split(".")[0]
        for each in plain | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    }
