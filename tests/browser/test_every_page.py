"""Every page there is, taken from the app's own list of routes, in a large and in an empty organisation.

axe judges each, and nothing scrolls sideways: dark on a phone here; in `make prove` both themes and widths, the other end
of what stands for each part of an address too, and a picture of each kept in artefacts/screenshots/every.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from advocacy.cli.bench import addresses, organisation
from advocacy.domain.campaign import CampaignState
from advocacy.gateways import current
from tests.browser.conftest import ALL_LOOKS, DESKTOP, PHONE, Eyes, Look
from tests.browser.steps import set_password
from tests.conftest import named, on_server
from tests.factories import add_campaign
from tests.proving import FULL
from tests.workers.house import House

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.timeout(1800), pytest.mark.xdist_group("workers")]

SUPPORTERS, DELIVERIES, CAMPAIGNS = 20_000, 40_000, 20
LOOKS: tuple[Look, ...] = ALL_LOOKS if FULL else (("dark", PHONE),)
SIGNED_OUT = (
    "/desk/sign-in",
    "/desk/sign-in/passkey",
    "/desk/sign-in/recovery",
    "/desk/enter/spent",
    "/a/nothing-of-that-name",
)
SIGNED_IN = ("/mailbox", "/desk/nothing-of-that-name")


@pytest.fixture
def house(tmp_path: Path, postgresql_server: str) -> Iterator[House]:
    name = f"t{uuid4().hex}"
    on_server(postgresql_server, f"CREATE DATABASE {name}")
    house = House(tmp_path, named(postgresql_server, name))
    yield house
    house.close()
    on_server(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


def test_every_page_of_a_large_organisation_is_accessible(house: House, browser: Browser, eyes: Eyes) -> None:
    with house.session() as session:
        clock = current().clock
        organisation.fill(session, supporters=SUPPORTERS, deliveries=DELIVERIES, campaigns=CAMPAIGNS, clock=clock)
        values = addresses.values(house.app, session, SUPPORTERS)
    page = _signed_in(house, browser)

    seen = 0
    for rule in addresses.rules(house.app):
        paths = addresses.addresses(house.app, rule, values)
        for path in dict.fromkeys((paths[:1] + paths[-1:]) if FULL else paths[:1]):
            seen += _look(page, house, path, f"full{path}", eyes)
    for path in SIGNED_IN:
        seen += _look(page, house, path, f"full{path}", eyes)

    assert seen > 60


def test_every_page_of_an_empty_organisation_is_accessible(house: House, browser: Browser, eyes: Eyes) -> None:
    with house.session() as session:
        add_campaign(session, state=CampaignState.DRAFT, launched_at=None, slug="bare")
    page = _signed_in(house, browser)

    seen = 0
    for rule in addresses.rules(house.app):
        for path in addresses.addresses(house.app, rule, {"slug": ["bare"], "language": ["fr"], "rule": ["launch"]}):
            seen += _look(page, house, path, f"empty{rule.rule}", eyes)
    stranger = browser.new_page(viewport=DESKTOP)
    for path in SIGNED_OUT:
        seen += _look(stranger, house, path, f"empty{path}", eyes)

    assert seen > 40


def _look(page: Page, house: House, path: str, name: str, eyes: Eyes) -> bool:
    """Let it be judged if it is a whole page; say so."""
    answer = page.context.request.get(f"{_base(house)}{path}")
    if not answer.headers.get("content-type", "").startswith("text/html") or "<html" not in answer.text():
        assert answer.ok, f"{path}: {answer.status}"
        return False
    if "sandbox" in answer.headers.get("content-security-policy", ""):
        page.goto("about:blank")
        page.set_content(answer.text())  # A mail: where it is shown no script runs, so axe would wait for ever.
    else:
        page.goto(f"{_base(house)}{path}")
    if answer.status >= 500:
        eyes.faults.append(f"{path}: {answer.status}")
    eyes.look(page, "every/" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"), LOOKS, keep=FULL)
    return True


def _signed_in(house: House, browser: Browser) -> Page:
    house.broker.start()
    house.start("web")
    link = re.search(
        r"http://\S+(/desk/enter/\S+)", house.command("organisers", "add", "ana@example.org", "--role", "owner")
    )
    assert link is not None
    page = browser.new_page(viewport=DESKTOP)
    house.until(house.serves, "the web process")
    page.goto(_base(house) + link[1])
    set_password(page)
    return page


def _base(house: House) -> str:
    return f"http://localhost:{house.port}"
