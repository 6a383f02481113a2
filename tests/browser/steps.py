"""Steps that several stories take: signing up, and reading what came to the local mailbox."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Eyes, Running

PATIENCE = 45_000
expect.set_options(timeout=PATIENCE)


def sign_up(page: Page, running: Running, slug: str, name: str, *, eyes: Eyes | None = None) -> None:
    """Sign up on the campaign's page and confirm; `eyes` look at each page on the way."""
    address = f"{name.lower()}@example.org"
    page.goto(f"{running.base}/a/{slug}")
    if eyes:
        eyes.look(page, "08-campaign")
    page.locator("#email").fill(address)
    page.locator("#name").fill(name)
    page.locator("#city").fill("Toronto")
    page.locator("#country").select_option("CA")
    page.locator("#timezone").select_option("America/Toronto")
    page.locator("#consent").check()
    page.wait_for_timeout(3000)  # A form that comes back faster than a person types is a robot's.
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(re.compile("check-your-mail"))
    wait_for_mails(page, running, address, 1)
    open_newest(page, running, address)
    if eyes:
        eyes.look(page, "09-confirmation-mail")
    page.goto(link_in(page, running, address, "/confirm/"))
    if eyes:
        eyes.look(page, "10-confirm")
    page.get_by_role("button", name="Yes, confirm").click()
    page.wait_for_load_state()
    if eyes:
        eyes.look(page, "11-confirmed")


def mails_to(page: Page, running: Running, address: str) -> list[tuple[str, str]]:
    """Return (subject, link) of each mail to an address, the newest first."""
    page.goto(f"{running.base}/mailbox?find={address}")
    rows = page.get_by_role("main").locator("a[href^='/mailbox/']:not([href$=empty])")
    return [(row.inner_text(), row.get_attribute("href") or "") for row in rows.all()]


def wait_for_mails(page: Page, running: Running, address: str, number: int) -> str:
    """Wait until that many mails have come, and not one more; return the newest one's subject."""
    found: list[tuple[str, str]] = []
    for _ in range(90):
        found = mails_to(page, running, address)
        if len(found) >= number:
            break
        page.wait_for_timeout(500)
    assert len(found) == number, f"{address}: {[subject for subject, _ in found]}"
    return found[0][0]


def open_newest(page: Page, running: Running, address: str) -> None:
    page.goto(running.base + mails_to(page, running, address)[0][1])


def link_in(page: Page, running: Running, address: str, part: str) -> str:
    """Return the newest link with `part` in its path that a mail to this address carries."""
    for _, where in mails_to(page, running, address):
        page.goto(f"{running.base}{where}/html")
        links = [link.get_attribute("href") or "" for link in page.locator("a").all()]
        for link in links:
            if part in link:
                return link
    raise AssertionError(f"no mail to {address} has a link with {part}")


def enter(page: Page, running: Running) -> None:
    """Add an owner and sign in as them."""
    told = running.command("organisers", "add", "ana@example.org", "--role", "owner")
    link = re.search(r"http://\S+/desk/enter/\S+", told)
    assert link is not None, told
    page.goto(link.group(0))
    set_password(page)


def set_password(page: Page) -> None:
    """Set it on the page that an invitation leads to; one is signed in then."""
    page.get_by_label("Password", exact=False).first.fill("seven quiet herons at dusk")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
