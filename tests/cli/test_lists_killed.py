"""Import, export and erasing killed in the middle, as real processes: the same command again ends as if nothing had been."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROWS = 2_500
pytestmark = pytest.mark.slow
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def advocacy(tmp_path: Path) -> Run:
    """Run a command of an installation of its own; `fault` is where it dies."""
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}} | {
        "ADVOCACY_ENV": "test",
        "INSTANCE_PATH": str(tmp_path / "instance"),
    }

    def run(*words: str, fault: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("advocacy")), *words]
        return subprocess.run(
            command,
            env=environment | {"FAULT": fault},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    assert run("migrate").returncode == 0
    return run


def test_import_export_and_erasing_killed_in_the_middle_end_as_if_they_never_had_been(
    advocacy: Run, tmp_path: Path
) -> None:
    lines = [f"p{number:04}@example.org,Person {number}" for number in range(ROWS)]
    (tmp_path / "list.csv").write_text("\n".join(["email,name", *lines, ""]), encoding="utf-8")
    take_in = ("supporters", "import", "list.csv", "--basis", "They signed our list in May.", "--json")

    # Three batches are checked; the fourth is the first that is taken in.
    assert advocacy(*take_in, fault="import.batch:5:kill").returncode == -signal.SIGKILL
    taken = advocacy(*take_in)
    assert taken.returncode == 0, taken.stderr
    assert json.loads(taken.stdout)["new"] == ROWS

    take_out = ("supporters", "export", "out.csv", "--json")
    assert advocacy(*take_out, fault="export.mid:1:kill").returncode == -signal.SIGKILL
    assert not (tmp_path / "out.csv").exists()
    assert json.loads(advocacy(*take_out).stdout)["people"] == ROWS
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").count("\n") == ROWS + 1
    assert list(tmp_path.glob(".*.part")) == []

    erase = ("supporters", "erase", "p0001@example.org", "--yes")
    assert advocacy(*erase, fault="erase.mid:1:kill").returncode == -signal.SIGKILL
    assert json.loads(advocacy("supporters", "dossier", "p0001@example.org").stdout)["name"] == "Person 1"
    assert advocacy(*erase).returncode == 0
    assert "p0001@example.org" not in advocacy("supporters", "dossier", "p0001@example.org").stdout
