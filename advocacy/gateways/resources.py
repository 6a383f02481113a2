"""Where our own files are: in the checkout, or inside the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def templates_path() -> Path:
    """Return the folder of templates: `templates/` beside the package in a checkout, inside it in a wheel."""
    return _found("templates")


def procfile_path() -> Path:
    return _found("Procfile")


def migrations_path() -> Path:
    return _PACKAGE / "migrations"


def _found(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name
