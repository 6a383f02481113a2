"""The review in a real browser: from the upload to the launch check with the mouse alone, and the source beside it."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, Eyes, Running
from tests.browser.steps import PATIENCE, enter

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DOCUMENT = """Harbour Lamp Network, Canadian Section (English Branch), 9 Quay Lane, Halifax NS B3H 1A1
Phone: (902) 555-0101  desk@harbourlamp.example
First UA: 47/26 Index: EXA 18/4520/2026 Exampleland of {issued:%B} {issued.day}, {issued.year}

EXAMPLELAND FERRY CREWS FACE TRIAL FOR RESCUE AT SEA

The harbour court of Exampleland has charged fourteen members of ferry crews who took people out of the water last autumn. Their licences are withdrawn, and their boats are chained to the quay.

Write to the Minister urging him to:

- drop all charges against the ferry crews
- give the crews their licences and boats back
- say in public that rescue at sea is no crime.

Write to:

Minister Tomas Example
Ministry of the Sea
4 Pier Square
20100 Port Example, Exampleland
Fax: +1 902 555 0177
Salutation: Dear Minister,

And copy:

Ambassador Lena Example
Embassy of Exampleland
77 Rideau Street
Ottawa, ON K1N 5W8
Phone: (613) 555-0155

ADDITIONAL INFORMATION

The ferries have run between the islands for ninety years. A decree of last summer lets only the navy take people aboard who are not passengers.

Please take action as soon as possible until {deadline:%B} {deadline.day}, {deadline.year}!
"""


def test_from_the_upload_to_the_launch_check_with_the_mouse_alone(
    running: Running, browser: Browser, eyes: Eyes
) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(PATIENCE)
    enter(page, running)
    today = date.today()  # noqa: DTZ011, TID251 - the server runs on the real clock
    document = DOCUMENT.format(issued=today, deadline=today + timedelta(days=30))
    file = running.folder / "ferry-crews.txt"
    file.write_text(document, encoding="utf-8")

    page.goto(f"{running.base}/desk/campaigns/new")
    with page.expect_file_chooser() as chooser:
        page.locator("#file").click()
    chooser.value.set_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page).to_have_url(re.compile("/review$"))
    eyes.look(page, "20-review")

    page.locator("#title input").first.click()
    expect(page.locator("mark.in-focus")).to_have_text("EXAMPLELAND FERRY CREWS FACE TRIAL FOR RESCUE AT SEA")
    page.locator("#demand-1").click()
    expect(page.locator("mark.in-focus")).to_contain_text("give the crews their licences")
    page.locator("#addressee-1-name").click()
    expect(page.locator("mark.in-focus")).to_contain_text("Lena Example")
    _tick_all(page)

    page.get_by_role("button", name="Save and say all is checked").click()
    expect(page).to_have_url(re.compile("/desk/campaigns/[^/]+$"))
    page.get_by_role("link", name="Check and launch").click()
    expect(page).to_have_url(re.compile("/check$"))
    expect(page.get_by_role("button", name=re.compile("^Launch"))).to_be_visible()
    eyes.look(page, "21-check")

    page.get_by_role("button", name=re.compile("^Launch")).click()
    page.goto(f"{running.base}/desk/campaigns/new")
    with page.expect_file_chooser() as chooser:
        page.locator("#file").click()
    file.write_text(_update(document, today + timedelta(days=45)), encoding="utf-8")
    chooser.value.set_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page).to_have_url(re.compile("/update$"))
    eyes.look(page, "22-update")
    page.get_by_role("button", name="Update the campaign").click()
    expect(page).to_have_url(re.compile("/mails$"))
    running.command("engine", "check")


def _tick_all(page: Page) -> None:
    """Each tick takes one off the count."""
    boxes = page.locator("input[name=checked]")
    number = boxes.count()
    assert number > 0
    for left in range(number - 1, -1, -1):
        boxes.nth(left).click()
        expect(page.locator("[data-left]")).to_have_text(f"{left} left to check.")


def _update(document: str, deadline: date) -> str:
    later = re.sub(r"until .*!", f"until {deadline:%B} {deadline.day}, {deadline.year}!", document)
    return later.replace("First UA: 47/26", "Second UA: 47/26").replace("drop all charges", "end the trial")
