"""What no file of the project may hold."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if listed.returncode != 0:
        pytest.skip("this is no checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_every_dependency_is_locked_with_its_hash_and_no_index_is_named() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        packages = re.findall(r"(?m)^[a-z0-9].*==.*$", text)
        assert packages
        assert "://" not in text
        assert "--index" not in text
        assert all(line.rstrip().endswith("\\") for line in packages), "each package is followed by its hashes"


def test_both_locks_agree(tracked: list[Path]) -> None:
    versions = [
        dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^ ;]+)", (ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.lock", "requirements-test.lock")
    ]

    assert versions[0].items() <= versions[1].items()


def test_no_file_names_somebody_s_own_machine(tracked: list[Path]) -> None:
    personal = re.compile(rb"/home/[a-z]+/|/Users/[A-Za-z]+/|/root/")
    found = [
        str(path)
        for path in tracked
        if path.suffix in {".py", ".md", ".toml", ".html", ".txt"}
        and personal.search(path.read_bytes())
        and path != Path(__file__)
    ]

    assert found == []


def test_names_of_files_are_one_word(tracked: list[Path]) -> None:
    assert [str(path) for path in tracked if re.search(r"\s", path.relative_to(ROOT).as_posix())] == []


def test_no_secret_is_kept_in_the_project(tracked: list[Path]) -> None:
    names = [path.name for path in tracked]

    assert ".env" not in names
    assert "secret_key" not in names
