"""Every command and every setting is documented, and nothing documented is gone."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from advocacy.cli import COMMANDS, advocacy
from advocacy.config import Settings

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTED = README + "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme_or_the_docs(name: str) -> None:
    assert f"advocacy {name}" in DOCUMENTED


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))

    assert named == {name.upper() for name in Settings.model_fields}


def test_the_example_s_defaults_are_the_defaults() -> None:
    given = dict(re.findall(r"^#([A-Z][A-Z_]+)=(\S+)$", EXAMPLE, re.MULTILINE))
    for name in ("PORT", "PROVIDER_TIMEOUT", "QUARANTINE", "WORKER_CONCURRENCY", "TIMEZONE", "SENDGRID_API_URL"):
        assert given[name] == str(Settings.model_fields[name.lower()].default), name


def test_every_command_says_what_it_does() -> None:
    silent = [path for path, command in _commands(advocacy) if not command.get_short_help_str()]

    assert silent == []


def _commands(group: click.Group, path: str = "advocacy") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
