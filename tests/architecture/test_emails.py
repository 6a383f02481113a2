"""An e-mail is a folder of three files, and none names a field nobody fills."""

from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
EMAILS = sorted(
    path for path in (ROOT / "templates" / "email").glob("*") if path.is_dir() and not path.name.startswith("_")
)


@pytest.mark.parametrize("folder", EMAILS, ids=lambda path: path.name)
def test_an_email_is_a_folder_of_subject_text_and_html(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["body.html", "body.txt", "subject.txt"]


def test_there_are_emails() -> None:
    assert EMAILS


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_template_switches_escaping_off(path: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.do"], autoescape=True).parse(path.read_text(encoding="utf-8"))

    assert not [node for node in tree.find_all(nodes.Filter) if node.name == "safe"]
    assert "autoescape false" not in path.read_text(encoding="utf-8")
