"""A supporter with an old phone and no JavaScript does everything a supporter can do."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Running
from tests.browser.steps import PATIENCE, link_in, sign_up, wait_for_mails

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SAMPLE = "sample-seeking-safety"


def test_a_supporter_without_javascript_signs_up_writes_sends_and_leaves(running: Running, browser: Browser) -> None:
    running.command("sample")
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.set_default_timeout(PATIENCE)

    sign_up(page, running, SAMPLE, "Noor")
    wait_for_mails(page, running, "noor@example.org", 2)

    page.goto(link_in(page, running, "noor@example.org", "/act/"))
    page.get_by_label("Why does this matter to you?").fill("My neighbours came here to be safe.")
    page.get_by_role("button", name="Show my letter").click()
    expect(page.locator(".sheet").first).to_contain_text("My neighbours came here to be safe.")
    page.get_by_role("button", name="I sent it").first.click()
    expect(page).to_have_url(re.compile("/thanks"))
    wait_for_mails(page, running, "noor@example.org", 3)

    page.goto(link_in(page, running, "noor@example.org", "/unsubscribe/"))
    page.get_by_role("button", name="Stop all mail").click()
    expect(page.get_by_role("heading").first).to_be_visible()
    page.screenshot(path="artefacts/screenshots/20-stopped-without-javascript.png", full_page=True)
    running.command("engine", "check")
