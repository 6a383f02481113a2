"""The main job in a real browser: from a document to "I sent it", and to the last reminder."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, Eyes, Running
from tests.browser.steps import PATIENCE, link_in, mails_to, sign_up, wait_for_mails

pytestmark = [pytest.mark.browser, pytest.mark.timeout(540)]

TORONTO = ZoneInfo("America/Toronto")

DOCUMENT = """Harbour Lamp Network, Urgent Action Desk, 9 Quay Lane, Halifax NS B3H 1A1  Phone: (902) 555-0101  desk@harbourlamp.example
First UA: 31/26 Index: EXA 12/4471/2026 Exampleland of {issued:%B} {issued.day}, {issued.year}

EXAMPLELAND ELEVEN WEAVERS HELD WITHOUT CHARGE

Eleven weavers from the town of Port Example have been in custody since the second week of the year. They were taken from their workshop after they had asked in public for unpaid wages. No court has seen them, and their families wait at the gate each Thursday in vain. We call on the Minister to end their detention.

Write to the Minister of Justice urging her to:

- release the eleven weavers at once and without conditions
- let their families and lawyers visit them every day
- open an independent inquiry into how they were treated in custody

Write to:

Minister Ana Example
Ministry of Justice
1 Square of the Republic
10400 Port Example, Exampleland
Email: minister@justice.example
Salutation: Dear Minister,

ADDITIONAL INFORMATION

Weaving has been the trade of the town for two hundred years. A law of last spring makes every public request for wages a matter for the police.

Please take action until {deadline:%B} {deadline.day}, {deadline.year}."""


def test_from_a_document_to_i_sent_it_and_to_the_last_reminder(running: Running, browser: Browser, eyes: Eyes) -> None:
    today = datetime.now(TORONTO)  # noqa: TID251 - the story runs on the real clock, moved forward
    running.move((at_ten(today, days=1) - today).total_seconds())
    begins = at_ten(today, days=1)
    deadline = (begins + timedelta(days=20)).date()
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(PATIENCE)

    sign_in(page, running, eyes)
    slug = import_and_launch(page, running, eyes, DOCUMENT.format(issued=begins, deadline=deadline))

    for name in ("Maria", "Noor"):
        sign_up(page, running, slug, name, eyes=eyes if name == "Maria" else None)
    wait_for_mails(page, running, "maria@example.org", 2)
    wait_for_mails(page, running, "noor@example.org", 2)

    act(page, running, eyes)
    assert wait_for_mails(page, running, "maria@example.org", 3).startswith("Thank")

    expected = 2
    for days_before in (14, 7, 3, 1):
        running.move_to(at_ten(begins, days=20 - days_before) + timedelta(hours=1))
        expected += 1
        wait_for_mails(page, running, "noor@example.org", expected)
    running.move_to(at_ten(begins, days=20))
    wait_for_mails(page, running, "noor@example.org", expected + 1)
    assert len(mails_to(page, running, "maria@example.org")) == 3

    running.move_to(at_ten(begins, days=22))
    page.goto(f"{running.base}/a/{slug}")
    expect(page.get_by_text("has ended").or_(page.get_by_text("is over")).first).to_be_visible()
    eyes.look(page, "17-closed")
    running.command("engine", "check")


def at_ten(day: datetime, *, days: int) -> datetime:
    return (day + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)


def sign_in(page: Page, running: Running, eyes: Eyes) -> None:
    told = running.command("organisers", "add", "ana@example.org", "--role", "owner")
    link = re.search(r"http://\S+/desk/enter/\S+", told)
    assert link is not None, told
    page.goto(link.group(0))
    eyes.look(page, "01-invitation")
    page.get_by_label("Password", exact=False).first.fill("seven quiet herons at dusk")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    eyes.look(page, "02-today-empty")


def import_and_launch(page: Page, running: Running, eyes: Eyes, document: str) -> str:
    page.goto(f"{running.base}/desk/campaigns")
    eyes.look(page, "03-campaigns-empty")
    page.goto(f"{running.base}/desk/campaigns/new")
    eyes.look(page, "04-new")
    page.locator("textarea[name=text]").fill(document)
    page.get_by_role("button", name="Read it").click()
    expect(page).to_have_url(re.compile("/review"))
    eyes.look(page, "05-review")
    page.locator("button[name=done]").click()
    page.wait_for_url(re.compile(r"/desk/campaigns/[^/]+(/check)?$"))
    slug = page.url.split("/desk/campaigns/")[1].split("/")[0]
    page.goto(f"{running.base}/desk/campaigns/{slug}/check")
    eyes.look(page, "06-check")
    page.get_by_role("button", name=re.compile("^Launch")).click()
    expect(page.get_by_text("live").first).to_be_visible()
    eyes.look(page, "07-launched")
    return slug


def act(page: Page, running: Running, eyes: Eyes) -> None:
    page.goto(link_in(page, running, "maria@example.org", "/act/"))
    eyes.look(page, "12-act")
    page.get_by_label("Why does this matter to you?").fill("My grandmother wove for forty years.")
    expect(page.get_by_role("button", name="I sent it")).to_have_count(0)  # hidden until the letter has these words
    page.locator("#compose").get_by_role("button", name="Show my letter").click()
    expect(page.locator(".sheet").first).to_contain_text("My grandmother wove for forty years.")
    page.get_by_text("release the eleven weavers", exact=False).first.click()
    expect(page.locator(".sheet").first).not_to_contain_text("release the eleven weavers")
    eyes.look(page, "13-act-mine")
    with page.expect_download() as printed:
        page.get_by_role("button", name="Letter (PDF)").first.click()
    assert printed.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="I sent it").first.click()
    expect(page).to_have_url(re.compile("/thanks"))
    eyes.look(page, "14-thanks")
