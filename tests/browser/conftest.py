"""A real server, worker and beat in a folder of their own, a clock that can be moved, and a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.proving import FULL

ARTEFACTS = Path("artefacts/screenshots")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
Look = tuple[Literal["light", "dark"], ViewportSize]
ALL_LOOKS: tuple[Look, ...] = (("light", DESKTOP), ("light", PHONE), ("dark", DESKTOP), ("dark", PHONE))
LOOKS = ALL_LOOKS if FULL else (("light", DESKTOP), ("dark", PHONE))
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Running:
    """Advocacy, up. `move` sets its clock forward by so many seconds from now on."""

    base: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    moved: float = 0.0
    log: Path = field(default_factory=Path)

    def command(self, *words: str) -> str:
        """Run `advocacy WORDS` beside it and return what it printed."""
        done = subprocess.run(
            [_advocacy(), *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"advocacy {' '.join(words)}: {done.stderr}"
        return done.stdout

    def move_to(self, instant: datetime) -> None:
        """Set its clock to this instant."""
        self.move(instant.timestamp() - time.time() - self.moved)

    def move(self, seconds: float) -> None:
        self.moved += seconds
        target = self.folder / "offset"
        draft = self.folder / "offset.new"
        draft.write_text(str(self.moved), encoding="ascii")
        draft.rename(target)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}} | {
        "ADVOCACY_ENV": "test",
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "INSTANCE_PATH": str(tmp_path / "instance"),
        "CLOCK_OFFSET_FILE": str(tmp_path / "offset"),
        "MAIL_FROM": "actions@lantern.example",
        "ORGANISATION_NAME": "Lantern",
        "ORGANISATION_ADDRESS": "1 Harbour Street, Halifax, Canada",
        "TIMEZONE": "America/Toronto",
    }
    log = tmp_path / "up.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [_advocacy(), "up"], cwd=tmp_path, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        up = Running(f"http://localhost:{port}", tmp_path, environment, process, log=log)
        try:
            _wait_for(up)
            yield up
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            ARTEFACTS.mkdir(parents=True, exist_ok=True)
            shutil.copy(log, ARTEFACTS.parent / "up.log")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = _chromium()
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no Chromium: set CHROMIUM or install it")
        pytest.skip("NO CHROMIUM HERE: the browser stories did not run. Set CHROMIUM or install chromium.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(_QUIET))
        yield launched
        launched.close()


@dataclass
class Eyes:
    """Looks at pages: keeps a picture at both widths and lets axe judge it. `faults` collects what it found."""

    faults: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str, looks: Sequence[Look] = LOOKS, *, keep: bool = True) -> None:
        """Judge a page at each of `looks`; `keep` a picture of each but the wide dark one."""
        for scheme, size in looks:
            width = size["width"]
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            self._judge(page, f"{name} at {width}, {scheme}")
            if keep and (scheme == "light" or size is PHONE):
                picture = ARTEFACTS / f"{name}-{width}-{scheme}.png"
                picture.parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=picture, full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)

    def _judge(self, page: Page, where: str) -> None:
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        for violation in results.response["violations"]:
            targets = [node["target"] for node in violation["nodes"]][:3]
            self.faults.append(f"{where}: {violation['id']}: {violation['help']} {targets}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.faults.append(f"{where}: scrolls sideways by {wide} px")


@pytest.fixture
def eyes() -> Iterator[Eyes]:
    seen = Eyes()
    yield seen
    assert not seen.faults, "\n".join(seen.faults)


def _advocacy() -> str:
    return str(Path(sys.executable).parent / "advocacy")


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def _wait_for(up: Running) -> None:
    for _ in range(300):
        if up.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{up.base}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"it did not come up:\n{up.log.read_text(errors='replace')}")
