"""A mail written by hand to many, from the desk in a real browser: a test, the check, undone, sent, paused; a worker killed
and the broker emptied meanwhile; resumed, missed, and approved by somebody else. The judge is the provider's ledger.

Six hundred people on SQLite; `make prove` writes to a hundred thousand on PostgreSQL with two workers.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from advocacy.cli.bench import crowd
from advocacy.domain.blast import BlastState
from advocacy.domain.cadence import Cadence
from advocacy.domain.preferences import Preferences
from advocacy.gateways.clock import OffsetClock
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind
from advocacy.operations import audit, preferences
from advocacy.operations.ordering import order
from advocacy.sendgrid_double.ledger import read
from tests.browser.conftest import DESKTOP, Eyes
from tests.browser.steps import PATIENCE, set_password
from tests.factories import add_campaign
from tests.workers.house import ROOT, House, free_port

PROVES = bool(os.environ.get("ADVOCACY_PROVE"))
PEOPLE = 100_000 if PROVES else 600
WORKERS = ("worker", "worker:2") if PROVES else ("worker",)
LONG = 900 if PROVES else 120

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3000 if PROVES else 540), pytest.mark.xdist_group("workers")]


class Staged:
    """An installation whose provider is the stand-in, with its ledger; `clock` is moved for all of them at once."""

    def __init__(self, folder: Path, url: str) -> None:
        self.house = House(folder, url)
        self.ledger, self.offset = folder / "ledger.jsonl", folder / "offset"
        self._moved = 0.0
        self.move(timedelta())
        self.clock = OffsetClock(self.offset)
        port = free_port()
        self.base = f"http://localhost:{port}"
        self._double, told = _double(folder, self.ledger, self.offset, f"{self.base}/hooks/sendgrid")
        self.house.environment |= told | {
            "PORT": str(port),
            "PUBLIC_URL": self.base,
            "CLOCK_OFFSET_FILE": str(self.offset),
            "MAIL_TRANSPORT": "sendgrid",
            "MAIL_FROM": "actions@example.org",
            "ORGANISATION_NAME": "Lantern",
            "ORGANISATION_ADDRESS": "1 Harbour Street, Halifax, Canada",
            "SENDGRID_API_KEY": "SG.double",
            "PROVIDER_TIMEOUT": "5",
            "QUARANTINE": "20",
        }

    def move(self, more: timedelta) -> None:
        self._moved += more.total_seconds()
        draft = self.offset.with_suffix(".draft")
        draft.write_text(str(self._moved), encoding="ascii")
        draft.rename(self.offset)

    def start(self) -> None:
        self.house.broker.start()
        self.house.start("web", *WORKERS, "beat")
        self.house.until(self.house.serves, "the web process")

    @property
    def received(self) -> Counter[str]:
        """How many mails the provider took for each supporter."""
        if not self.ledger.exists():
            return Counter()
        taken = (address for entry in read(self.ledger) for address, _ in entry.people)
        return Counter(address for address in taken if address.startswith("supporter"))

    def close(self) -> None:
        self.house.close()
        self._double.terminate()
        self._double.wait(timeout=20)


@pytest.fixture
def staged(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Staged]:
    url = f"{request.getfixturevalue('postgresql_server')}" if PROVES else ""
    staged = Staged(tmp_path, url)
    try:
        yield staged
    finally:
        staged.close()


def test_a_mail_to_many_from_its_first_words_to_the_last_person(staged: Staged, browser: Browser, eyes: Eyes) -> None:
    slug = _gather(staged)
    staged.start()
    page = _sign_in(staged, browser, "ana@example.org")

    _write(page, staged, slug)
    eyes.look(page, "30-write")
    page.get_by_role("button", name="Send a test to me").click()
    expect(page.get_by_text("A test is on its way to ana@example.org.")).to_be_visible()
    page.get_by_role("button", name="Check and send").click()
    eyes.look(page, "31-check-mail")
    _send(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: nobody got it.")).to_be_visible()
    page.get_by_role("button", name="Check and send").click()
    blast = _send(page)
    assert staged.received == Counter()
    staged.move(timedelta(seconds=61))

    _moving(page, staged, blast)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused. No further request of it begins.")).to_be_visible()
    staged.house.kill(WORKERS[-1])
    with closing(redis.Redis.from_url(staged.house.broker.place.url.replace("redis+socket", "unix"))) as broker:
        broker.flushall()
    time.sleep(3)  # What had begun before the pause comes to its end.
    before = staged.received.total()
    staged.house.start(WORKERS[-1])
    time.sleep(5)
    assert staged.received.total() == before, "something left while it was paused"
    assert 0 < before < PEOPLE
    page.reload()
    eyes.look(page, "32-paused")
    page.get_by_role("button", name=re.compile("Resume: .* still to go")).click()
    _everyone(staged, blast, 1)
    page.reload()
    expect(page.get_by_text(f"{PEOPLE:,} / {PEOPLE:,}")).to_be_visible()
    own = [address for entry in read(staged.ledger) for address, _ in entry.people if address == "ana@example.org"]
    assert len(own) == 2, "her invitation and her test"
    staged.house.command("engine", "check")

    _missed(page, staged, slug)
    _approved(page, staged, slug, browser, eyes)
    staged.house.command("engine", "check")


def _missed(page: Page, staged: Staged, slug: str) -> None:
    """Nothing ran when it was due: a person decides, and it reaches everyone once."""
    for name in (*WORKERS, "beat"):
        staged.house.kill(name)
    _write(page, staged, slug)
    page.get_by_role("button", name="Check and send").click()
    blast = _send(page)
    staged.move(timedelta(hours=7))
    staged.house.start(*WORKERS, "beat")
    _until(staged, blast, BlastState.MISSED)
    assert staged.received.total() == PEOPLE
    page.reload()
    page.get_by_role("button", name="Send it to those who did not get it").click()
    _everyone(staged, int(page.url.rpartition("/")[2]), 2)


def _approved(page: Page, staged: Staged, slug: str, browser: Browser, eyes: Eyes) -> None:
    """It waits until somebody else has looked at the same check."""
    with staged.house.session() as session:
        rules = Preferences(type_from=100, approve_from=100)
        preferences.change(session, rules, now=staged.clock.now(), actor="test")
    _write(page, staged, slug)
    page.get_by_role("button", name="Check and send").click()
    page.get_by_label("How many people get it?").fill(str(PEOPLE))
    page.get_by_role("button", name=re.compile("^Ask for approval to send to")).click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
    colleague = _sign_in(staged, browser, "bo@example.org")
    colleague.get_by_role("link", name="Look at it and decide").click()
    expect(colleague.get_by_text("ana@example.org asks you to look at it")).to_be_visible()
    eyes.look(colleague, "33-approve")
    colleague.get_by_label("How many people get it?").fill(str(PEOPLE))
    colleague.get_by_role("button", name=re.compile("^Approve and send to")).click()
    blast = int(colleague.url.rpartition("/")[2])
    staged.move(timedelta(seconds=61))
    _everyone(staged, blast, 3)


def _write(page: Page, staged: Staged, slug: str) -> None:
    page.goto(f"{staged.base}/desk/campaigns/{slug}/write")
    page.get_by_label("Subject", exact=True).fill("Write by {{ campaign.deadline }}")
    page.get_by_label("Preview text").fill("One letter, two minutes.")
    page.get_by_label("Text", exact=True).fill("Please write: {{ act_url }}")
    page.get_by_label("either").check()
    page.get_by_label("as soon as you send it").check()
    page.get_by_role("button", name="Save and look at it").click()
    expect(page.frame_locator("iframe").get_by_text("Please write:")).to_be_visible()
    widths = "one => one.getBoundingClientRect().width"
    assert page.locator("#preview iframe").evaluate(widths) > page.locator("#preview").evaluate(widths) * 0.9
    page.get_by_label("Text", exact=True).press_sequentially("Do it today. ")
    expect(page.frame_locator("iframe").get_by_text("Do it today.")).to_be_visible()
    expect(page.locator("#kept")).to_contain_text(f"this reaches {PEOPLE:,} people")


def _send(page: Page) -> int:
    """Press the last button; return the number of the blast."""
    expect(page.get_by_role("heading", name="Check and send")).to_be_visible()  # Only then is it known what it asks.
    count = page.get_by_label("How many people get it?")
    if count.count():
        count.fill(str(PEOPLE))
    page.get_by_role("button", name=f"Send to {PEOPLE:,} people").click()
    expect(page.get_by_text("Nothing has left yet")).to_be_visible()
    return int(page.url.rpartition("/")[2])


def _moving(page: Page, staged: Staged, blast: int) -> None:
    """Wait until some have it, and see that the page says so."""
    staged.house.until(lambda: staged.received.total() > 0, "the first people", LONG)
    for _ in range(60):
        page.reload()
        bar = page.locator("progress")
        if bar.count() and int(float(bar.first.get_attribute("value") or 0)) > 0:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"blast {blast} shows no progress")


def _everyone(staged: Staged, blast: int, times: int) -> None:
    """Wait until the blast is over: each person has had so many mails. What is in doubt is settled by later mails."""
    ends, round_ = time.monotonic() + LONG, 0
    while _state(staged, blast) is not BlastState.COMPLETED:
        assert time.monotonic() < ends, f"{_state(staged, blast)} after {staged.received.total()} mails"
        time.sleep(0.5)
        round_ += 1
        if round_ % 40 == 0:
            _later_mail(staged)
    received = staged.received
    assert len(received) == PEOPLE
    assert set(received.values()) == {times}


def _later_mail(staged: Staged) -> None:
    with staged.house.session() as session:
        now = staged.clock.now()
        order(session, SingleKind.ALERT, uuid4().hex, now=now, address="desk@example.org", facts=_ALERT)


_ALERT = {"subject": "All is well", "words": "All is well."}


def _until(staged: Staged, blast: int, state: BlastState) -> None:
    staged.house.until(lambda: _state(staged, blast) is state, f"blast {blast} to be {state}", LONG)


def _state(staged: Staged, blast: int) -> BlastState | None:
    with staged.house.session() as session:
        session.expire_all()
        return session.scalar(select(Blast.state).where(Blast.id == blast))


def _gather(staged: Staged) -> str:
    """A campaign that everybody had three days ago, and of which they may get several mails in a day."""
    now = staged.clock.now()
    with staged.house.session() as session:
        crowd.gather(session, PEOPLE, now=now)
        launched = now - timedelta(days=3)
        campaign: Campaign = add_campaign(
            session,
            launched_at=launched,
            deadline=(now + timedelta(days=30)).date(),
            cadence=Cadence(cap=timedelta()).as_json(),
        )
        blast = Blast(
            campaign_id=campaign.id,
            rule="launch",
            occurrence=str(campaign.generation),
            state=BlastState.COMPLETED,
            scheduled_at=launched,
            send_by=now,
            created_at=launched,
            ended_at=launched,
        )
        session.add(blast)
        session.flush()
        details = {"from": None, "to": "completed", "why": "before the story"}
        audit.record(session, actor="test", what="blast.state", object_=f"blast:{blast.id}", now=now, details=details)
        return campaign.slug


def _sign_in(staged: Staged, browser: Browser, email: str) -> Page:
    told = staged.house.command(
        "organisers", "add", email, "--role", "owner", MAIL_TRANSPORT="mailbox"
    )  # Shows the link.
    link = re.search(r"http://\S+/desk/enter/\S+", told)
    assert link is not None, told
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(link.group(0))
    set_password(page)
    return page


def _double(folder: Path, ledger: Path, offset: Path, webhook: str) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Start the stand-in; each request takes a moment, so that there is a middle in which things can go wrong."""
    faults, said = folder / "faults.json", folder / "double.log"
    faults.write_text(json.dumps({"latency": 0.3 if PROVES else 1.5}))
    command = [
        *(str(Path(sys.executable).with_name("advocacy")), "sendgrid-double", "--port", "0", "--speed", "10"),
        *("--ledger", str(ledger), "--faults", str(faults), "--checks", "sample" if PROVES else "all"),
        *("--webhook", webhook, "--clock-offset-file", str(offset)),
    ]
    with said.open("wb") as file:
        process = subprocess.Popen(command, stderr=file, stdout=file, cwd=ROOT)
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        words = said.read_text(encoding="utf-8")
        url, key = re.search(r"listens: (\S+)\n", words), re.search(r"WEBHOOK_KEY=(\S+)\n", words)
        if url and key:
            return process, {"SENDGRID_API_URL": url[1].rstrip("/"), "SENDGRID_WEBHOOK_KEY": key[1]}
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"the stand-in did not start: {said.read_text(encoding='utf-8')}")
