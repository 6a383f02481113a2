"""Each way to send a letter in a real browser: by the keyboard alone, and on a phone without JavaScript."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from advocacy.app import create_app
from advocacy.config import load
from advocacy.domain.addressee import Role
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow
from tests.browser.conftest import DESKTOP, PHONE, Eyes
from tests.browser.steps import PATIENCE
from tests.conftest import NOON, SECRET
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider
from tests.web.public.people import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MINE = "My grandmother wove for forty years, and I still hear her loom."
REACHED_BY = {
    "post": "By post",
    "email": "By e-mail, from your own mailbox",
    "web_form": "By the form on their website",
    "phone": "By phone",
    "fax": "By fax",
    "social": "In public, on a social network",
}


@dataclass(frozen=True)
class Served:
    """Robin's page for a campaign whose minister is reached in every way."""

    url: str
    number: int

    def way(self, channel: str) -> str:
        return f"way-{self.number}-{channel}"


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path) -> Iterator[Served]:
    copy = shutil.copy(sqlite_template, tmp_path / "advocacy.sqlite")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = load(
        Path(os.devnull),
        advocacy_env="test",
        instance_path=tmp_path,
        database_url=f"sqlite:///{copy}",
        secret_key=SECRET,
        public_url=f"http://localhost:{port}",
        mail_from="actions@lantern.example",
        organisation_name="Lantern",
        organisation_address="1 Harbour Street, Halifax, Canada",
    )
    app = create_app(settings, Gateways(clock=SimulatedClock(NOON), provider=FakeProvider()))
    server = make_server("localhost", port, app, threaded=True)
    with app.app_context():
        path, number = _robins_page()
        db.session.remove()
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield Served(f"http://localhost:{port}{path}", number)
    finally:
        server.shutdown()
        serving.join()
        with app.app_context():
            db.engine.dispose()


def _robins_page() -> tuple[str, int]:
    session = db.session()
    campaign = add_campaign(session)
    minister = campaign.addressees[0]
    minister.emails, minister.phones = ["minister@justice.example"], ["(202) 555-0135 / 555-0136"]
    minister.faxes, minister.web_form = ["+1 202 555 0177"], "https://justice.example/write"
    minister.form_asks, minister.social = ["Your postcode", "Reason for writing"], "@MinisterExample"
    minister.opening_hours = ["Mo-Fr 9:00-12:30, 14:00-17:00"]
    campaign.addressees.append(
        AddresseeRow(
            position=2, role=Role.COPY, name="Embassy of Exampleland", emails=["e@example.org"], for_countries=["KE"]
        )
    )
    robin = add_supporter(session, "robin@example.org", name="Robin Smith")
    subscribe(session, robin, campaign)
    session.commit()
    return pages_of(session, robin, campaign).act, minister.id


def test_every_way_by_the_keyboard_alone(served: Served, browser: Browser, eyes: Eyes) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(PATIENCE)
    page.goto(served.url)
    press(page, page.get_by_label("Why does this matter to you?"))
    page.keyboard.type(MINE)
    expect(page.get_by_text("Not yet in your letter")).to_be_visible()
    expect(page.get_by_role("heading", name="How to send it")).to_be_hidden()
    press(page, page.locator("#compose").get_by_role("button", name="Show my letter"))
    expect(page.locator(".sheet").first).to_contain_text(MINE)
    expect(page.get_by_text("Not yet in your letter")).to_be_hidden()
    for channel in REACHED_BY:
        details = page.locator(f"#{served.way(channel)}")
        if not details.evaluate("each => each.open"):
            press(page, details.locator("summary"))
        expect(details.locator(".steps")).to_be_visible()
        check(page, details, channel, served)
    eyes.look(page, "30-every-way")
    press(page, page.locator("#draft summary"))
    press(page, page.get_by_role("button", name="Keep a draft"))
    expect(page.get_by_text("Your draft is kept")).to_be_visible()
    eyes.look(page, "31-draft")

    for channel in REACHED_BY:
        details = page.locator(f"#{served.way(channel)}")
        if not details.evaluate("each => each.open"):
            press(page, details.locator("summary"))
        press(page, details.get_by_role("button", name="I spoke to somebody" if channel == "phone" else "I sent it"))
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        page.goto(served.url)
        expect(page.locator(".sheet").first).to_contain_text(MINE)
    page.goto(f"{served.url}/thanks")
    press(page, page.get_by_role("button", name="Ask me in three weeks"))
    expect(page.get_by_text("We ask you on Monday 23 March 2026, 10:00")).to_be_visible()
    eyes.look(page, "32-thanks")
    page.goto(f"{served.url}/sent")
    eyes.look(page, "33-sent")
    page.goto(f"{served.url}/reply")
    eyes.look(page, "34-reply")


def test_every_way_on_a_phone_without_javascript(served: Served, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(served.url)
    page.get_by_label("Why does this matter to you?").fill(MINE)
    page.locator("#compose").get_by_role("button", name="Show my letter").click()
    expect(page.locator(".sheet").first).to_contain_text(MINE)
    for channel in REACHED_BY:
        details = page.locator(f"#{served.way(channel)}")
        if not details.locator(".steps").is_visible():
            details.locator("summary").click()
        check(page, details, channel, served)
    page.get_by_text("Change the wording yourself").first.click()
    page.get_by_label("The letter between salutation and closing").first.fill(
        f"{MINE}\n\nPlease release the weavers at once."
    )
    page.locator(".edit").first.get_by_role("button", name="Show my letter").click()
    expect(page.get_by_text("no longer asks for this")).to_be_visible()
    page.screenshot(path="artefacts/screenshots/35-rewritten-without-javascript.png", full_page=True)
    for channel in REACHED_BY:
        page.goto(f"{served.url}/sent")
        form = page.locator("form.told", has_text=REACHED_BY[channel])
        form.get_by_role("button").first.click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def check(page: Page, details: Locator, channel: str, served: Served) -> None:
    """Check one way, opened: what it shows, and that its links and files carry the letter."""
    if channel in {"post", "fax"}:
        with page.expect_download() as printed:
            details.get_by_role("button", name="Letter (PDF)" if channel == "post" else "Fax page (PDF)").press("Enter")
        assert printed.value.path().read_bytes().startswith(b"%PDF")
    elif channel == "email":
        link = details.get_by_role("link", name="Open in my mail program").get_attribute("href") or ""
        fields = dict(field.split("=", 1) for field in urlsplit(link).query.split("&"))
        shown = details.locator(f"#text-{served.number}-email").text_content() or ""
        assert unquote(fields["body"]).replace("\r\n", "\n") == shown
        assert MINE in shown
        names = ["Gmail", "Outlook.com", "Outlook (work or school)", "Yahoo Mail"]
        for name in names:
            expect(details.get_by_role("link", name=name, exact=True)).to_have_attribute("target", "_blank")
    elif channel == "web_form":
        expect(details.get_by_role("link", name="Open their form")).to_have_attribute(
            "href", "https://justice.example/write"
        )
        expect(details.get_by_text("Your postcode")).to_be_visible()
        expect(details.locator(f"#name-{served.number}-web_form")).to_have_text("Robin Smith")
        expect(details.locator(f"#text-{served.number}-web_form")).to_contain_text(MINE)
    elif channel == "phone":
        numbers = details.get_by_role("link")
        assert [each.get_attribute("href") for each in numbers.all()] == ["tel:+1-202-555-0135", "tel:+1-202-555-0136"]
        expect(details.get_by_text("Monday to Friday: 09:00–12:30, 14:00–17:00")).to_be_visible()
        assert details.locator("ol.script li").count() >= 3
    else:
        assert len(details.locator(f"#text-{served.number}-social").text_content() or "") <= 280


def press(page: Page, target: Locator) -> None:
    """Reach a control with Tab from where the focus is, going round once, and press it; a field is only entered."""
    wanted = target.element_handle()
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("each => document.activeElement === each", wanted):
            break
    else:
        raise AssertionError(f"Tab never comes to {target}")
    if page.evaluate("each => !each.matches('input, textarea, select')", wanted):
        page.keyboard.press("Enter")
