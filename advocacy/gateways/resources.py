"""Where our own files are: in the checkout, or inside the installed package."""

import re
import tomllib
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent.parent


def templates_path() -> Path:
    """Return the folder of templates: `templates/` beside the package in a checkout, inside it in a wheel."""
    return _found("templates")


def procfile_path() -> Path:
    return _found("Procfile")


def migrations_path() -> Path:
    return _PACKAGE / "migrations"


def sample() -> dict[str, Any]:
    """Return the sample campaign with its people and its made-up organisation, as its file tells it."""
    return tomllib.loads((_PACKAGE / "operations" / "sample.toml").read_text(encoding="utf-8"))


def _found(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name


def newest_layout() -> str:
    """Return the revision of the newest migration, read from the files' names and first lines without loading them."""
    texts = [path.read_text(encoding="utf-8") for path in (migrations_path() / "versions").glob("*.py")]
    made = {match[1] for text in texts if (match := re.search(r'(?m)^revision(?::.*?)? = ["\'](\S+)["\']', text))}
    followed = {
        match[1] for text in texts if (match := re.search(r'(?m)^down_revision(?::.*?)? = ["\'](\S+)["\']', text))
    }
    (head,) = made - followed
    return head
