"""What a command says when it is refused: once, in words, with what it expected."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from advocacy.cli import advocacy


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(advocacy, list(words), obj=lambda: app)


def test_a_file_of_no_known_kind_is_refused_in_one_line(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "junk.pdf").write_bytes(b"\x00\x01\x02binary")

    answer = run(app, "read", str(tmp_path / "junk.pdf"))

    assert answer.exit_code == 1
    assert answer.output.count("is not a text") == 1


@pytest.mark.parametrize("number", ["0", "-3", "2001"])
def test_a_rehearsal_is_for_one_to_two_thousand_people(app: Flask, number: str) -> None:
    answer = run(app, "rehearse", "any", "--supporters", number)

    assert answer.exit_code == 2
    assert "1<=x<=2000" in answer.output


def test_the_help_names_a_date_and_not_its_format_codes(app: Flask) -> None:
    assert "SLUG DATE" in run(app, "campaigns", "deadline", "--help").output
