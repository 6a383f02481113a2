"""The wheel built from the checkout works elsewhere, with its templates, static files, migrations and Procfile."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[[str], str]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a program in an environment that has the wheel and its dependencies, outside the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    site = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "ADVOCACY_ENV": "test"}

    def run(program: str) -> str:
        done = subprocess.run(
            [python, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_it_is_not_the_checkout_that_runs(elsewhere: Run) -> None:
    assert str(ROOT) not in elsewhere("import advocacy, workers; print(advocacy.__file__, workers.__file__)")


def test_the_command_is_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith("entry_points.txt"))
        assert "advocacy = advocacy.app:main" in archive.read(name).decode()


def test_it_makes_its_database_loads_the_sample_and_serves_pages(elsewhere: Run) -> None:
    loaded = elsewhere("import sys; sys.argv[1:] = ['sample']; from advocacy.app import main; main()")
    assert "/a/sample-seeking-safety" in loaded

    served = elsewhere(
        "from advocacy.app import create_app\n"
        "client = create_app().test_client()\n"
        "print([client.get(path).status_code for path in ('/', '/static/app.css', '/mailbox', '/a/sample-seeking-safety')])"
    )
    assert served.strip() == "[200, 200, 200, 200]"


def test_it_brings_its_procfile_and_all_that_is_no_code(elsewhere: Run, wheel: Path) -> None:
    told = elsewhere("from advocacy.gateways.resources import procfile_path; print(procfile_path().read_text())")
    assert "release: advocacy migrate" in told

    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for folder in ("advocacy", "templates"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in {".py", ".pyc", ".po", ".pot"}:
                name = path.relative_to(ROOT).as_posix()
                assert (name if folder == "advocacy" else f"advocacy/{name}") in packed, name


def test_it_brings_neither_tests_nor_anyone_s_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        strange = [name for name in archive.namelist() if name.split("/")[0] not in {"advocacy", "workers"}]

    assert all(".dist-info/" in name for name in strange)
    assert not [name for name in strange if "instance" in name or name.startswith("tests")]
