"""A messy list in a real browser: handed in, looked at, taken in, found again, taken out, undone."""

import csv
import io
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, Eyes, Running
from tests.browser.steps import enter
from tests.messy import Messy, messy

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.timeout(900)]

ROWS = 50_000 if os.environ.get("ADVOCACY_PROVE") else 400
PATIENCE = 300_000 if ROWS > 1_000 else 60_000


def test_a_messy_list_is_taken_in_found_again_taken_out_and_undone(
    running: Running, browser: Browser, eyes: Eyes
) -> None:
    made = messy(ROWS)
    file = running.folder / "liste du marché.csv"
    file.write_bytes(made.raw)
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(PATIENCE)
    enter(page, running)
    page.goto(f"{running.base}/desk/supporters")
    eyes.look(page, "40-supporters-empty")

    page.get_by_role("link", name="Take in a list").first.click()
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("#column-0")).to_have_value("email")
    expect(page.get_by_role("row", name="Prénom")).to_be_visible()
    eyes.look(page, "41-columns")
    page.get_by_role("button", name="Check all rows").click()
    _finished(page)

    _counts(page, made)
    assert page.locator("td.faulty .error").count() > 3
    eyes.look(page, "42-checked")
    page.get_by_label("Where, when and to what").fill("yes")
    page.get_by_role("button", name=f"Add {made.new:,} people, update 0").click()
    expect(page.get_by_role("alert")).to_contain_text("Write in a sentence or two")
    page.get_by_label("Where, when and to what").fill("They signed our paper list at the market in May.")
    page.get_by_role("button", name=f"Add {made.new:,} people, update 0").click()
    _finished(page)
    _counts(page, made)
    with page.expect_download() as refused:
        page.get_by_role("link", name=re.compile("Download the refused rows")).click()
    assert len(_rows(refused.value.path())) == made.refused + 1
    imported = page.url

    page.goto(f"{running.base}/desk/supporters?country=FR")
    eyes.look(page, "43-supporters")
    page.get_by_role("link", name=re.compile(r"^No\.")).first.click()
    expect(page.get_by_role("main")).to_contain_text("They signed our paper list at the market in May.")
    eyes.look(page, "44-supporter")
    _take_out(page, running, made, eyes)

    page.goto(imported)
    page.get_by_role("link", name="Undo this import").click()
    page.get_by_role("button", name=f"Remove {made.new:,} people").click()
    _finished(page)
    expect(page.get_by_role("main")).to_contain_text("undone")
    page.goto(f"{running.base}/desk/supporters")
    expect(page.get_by_role("main")).to_contain_text("Nobody has signed up yet")


def _take_out(page: Page, running: Running, made: Messy, eyes: Eyes) -> None:
    page.goto(f"{running.base}/desk/supporters")
    page.get_by_role("link", name="Take these out as a file").click()
    page.get_by_role("button", name=re.compile("^Make the file of")).click()
    page.get_by_role("link", name="Download it").wait_for()
    eyes.look(page, "45-export")
    with page.expect_download() as file:
        page.get_by_role("link", name="Download it").click()
    rows = _rows(file.value.path())
    assert len(rows) == made.new + 1
    assert not [row for row in rows if any(cell.startswith("=") for cell in row)]


def _counts(page: Page, made: Messy) -> None:
    """The page says what the file was made of."""
    for label, number in (
        ("New supporters", made.new),
        ("An address that stands in the file before", made.again),
        ("Refused", made.refused),
    ):
        expect(page.get_by_role("row", name=re.compile(f"^{label}")).get_by_role("cell").last).to_have_text(
            f"{number:,}"
        )


def _finished(page: Page) -> None:
    page.get_by_role("link", name="It is finished").click(timeout=PATIENCE)


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
