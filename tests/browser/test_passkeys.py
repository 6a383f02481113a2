"""A passkey is added, signs in without a password, and is removed, in a real browser with a key made by software."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Eyes, Running

pytestmark = pytest.mark.browser


def test_an_organiser_signs_in_with_a_passkey(running: Running, browser: Browser, eyes: Eyes) -> None:
    link = running.command("organisers", "add", "ana@example.org", "--role", "owner")
    page = browser.new_context(base_url=running.base).new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = key | {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    entrance = re.search(r"/desk/enter/\S+", link)
    assert entrance

    page.goto(entrance.group())
    page.locator("#password").fill("four lanterns on the quay")
    page.get_by_role("main").get_by_role("button").first.click()
    page.goto("/desk/settings/passkeys")
    eyes.look(page, "60-passkeys-none")
    page.locator("#name").fill("the blue key")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("rowheader", name="the blue key")).to_be_visible()
    eyes.look(page, "61-passkeys")

    page.get_by_role("button", name="Sign out everywhere").click()
    page.goto("/desk/campaigns")
    page.get_by_role("link", name="Sign in with a passkey").click()
    eyes.look(page, "62-passkey-sign-in")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page).to_have_url(re.compile(r"/desk/"))
    expect(page.get_by_text("You are ana@example.org (owner)")).to_be_visible()

    page.goto("/desk/settings/passkeys")
    page.get_by_role("button", name="Remove “the blue key”").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
