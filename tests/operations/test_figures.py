"""Every number on a results page is what the ledger says: recomputed here row by row, in Python, on random data."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.blast import BlastState
from advocacy.domain.call import CallOutcome
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.report import Opened
from advocacy.domain.supporter import ConsentAction
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.figures import figures_of
from advocacy.models.press import Press
from advocacy.models.progress import progress_of
from advocacy.models.supporter import Action, Consent, Supporter
from advocacy.models.tally import Counted, Tally
from advocacy.operations import actions, figures, privacy, reducing
from advocacy.web.desk.sections import sections
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter

PEOPLE = 12
TORONTO = ZoneInfo("America/Toronto")
HOUR = timedelta(hours=1)

OUTCOMES = (None, "processed", "deferred", "delivered", "delivered", "blocked", "bounced", "dropped", "complained")
OPENS = (None, None, Opened.MACHINE, Opened.PERSON)
SKIPS = (None, None, None, None, "acted", "suppressed")
STATES = (*DispatchState, *[DispatchState.ACCEPTED] * 6)


class Ledger:
    """Two campaigns, each with four blasts, and whatever became of their mails."""

    def __init__(self, session: Session, dice: Random) -> None:
        self.session, self.dice = session, dice
        self.campaigns = [add_campaign(session), add_campaign(session)]
        self.people = [add_supporter(session, country=(None, "CA", "MX", "DE")[n % 4]) for n in range(PEOPLE)]
        for campaign in self.campaigns:
            self._second_addressee(campaign)
            blasts = [self._blast(campaign, place) for place in range(4)]
            blasts[1].supersedes = blasts[0].id
            for blast in blasts:
                self._mails(blast)
            self._answers(campaign)
        for _ in range(dice.randrange(10)):
            self._withdrawal(dice.choice(self.people), self._when(), own=dice.random() < 0.8)
        session.commit()

    def _when(self) -> datetime:
        return NOON + HOUR * self.dice.randrange(400)

    def _mails(self, blast: Blast) -> None:
        for no in range(3):
            self._request(blast, no, self.dice.choice(STATES), self._when())
        for person in self.dice.sample(self.people, self.dice.randrange(PEOPLE)):
            row = Delivery(blast_id=blast.id, supporter_id=person.id, dispatch_no=self.dice.randrange(3))
            row.skip_reason, row.outcome = self.dice.choice(SKIPS), self.dice.choice(OUTCOMES)
            row.opened = self.dice.choice(OPENS)
            self.session.add(row)

    def _answers(self, campaign: Campaign) -> None:
        everything = [(p, to, way) for p in self.people for to in campaign.addressees for way in Channel]
        for person, to, way in self.dice.sample(everything, self.dice.randrange(30)):
            at = self._when()
            ids = {"supporter_id": person.id, "campaign_id": campaign.id, "addressee_id": to.id}
            outcome = self.dice.choice(list(CallOutcome)) if way is Channel.PHONE else None
            self.session.add(Action(**ids, channel=way, outcome=outcome, at=at, day=at.date()))
        for person in self.dice.sample(self.people, self.dice.randrange(PEOPLE)):
            self.session.add(Press(campaign_id=campaign.id, supporter_id=person.id, at=NOON))

    def _second_addressee(self, campaign: Campaign) -> None:
        first = campaign.addressees[0]
        campaign.addressees.append(AddresseeRow(position=2, role=first.role, name="Attorney General"))
        self.session.flush()

    def _blast(self, campaign: Campaign, place: int) -> Blast:
        blast = Blast(
            campaign_id=campaign.id,
            rule=("launch", "before-7", "before-3", "last-day")[place],
            occurrence="1",
            state=BlastState.SENDING,
            scheduled_at=NOON + 24 * place * HOUR,
            send_by=NOON + 999 * HOUR,
            created_at=NOON,
        )
        self.session.add(blast)
        self.session.flush()
        return blast

    def _request(self, blast: Blast, no: int, state: DispatchState, at: datetime) -> None:
        self.session.add(
            Dispatch(
                blast_id=blast.id,
                no=no,
                public_id=f"{blast.id}-{no}",
                content_version_id=1,
                due_at=at,
                counts_at=at,
                send_by=at + 99 * HOUR,
                n=1,
                first_supporter_id=1,
                last_supporter_id=1,
                state=state,
                counts_opens=self.dice.random() < 0.5,
                inflight_at=at if state is DispatchState.ACCEPTED else None,
                settled_at=at,
            )
        )

    def _withdrawal(self, person: Supporter, at: datetime, *, own: bool) -> None:
        line = {"purpose": "all", "wording": "", "version": "", "language": "en", "source": "page"}
        actor = "supporter" if own else "organiser:1"
        self.session.add(Consent(supporter_id=person.id, action=ConsentAction.WITHDRAWN, at=at, actor=actor, **line))


def shown(session: Session, campaign: Campaign) -> dict[str, dict[str, list[int]]]:
    """The numbers of the page: by section and row, its whole numbers in order."""
    return {
        section.key: {str(row[0]): [cell for cell in row[1:] if isinstance(cell, int)] for row in section.rows}
        for section in sections(campaign, figures_of(session, campaign), each_country=True)
        if section.rows
    }


GOOD, BACK = {"delivered", "complained"}, {"blocked", "bounced", "dropped"}
NAMES = {
    "launch": "The action itself",
    "before-7": "Reminder, 7 days before the deadline",
    "before-3": "Reminder, 3 days before the deadline",
    "last-day": "Morning of the last day",
}
WAYS = {
    Channel.POST: "post",
    Channel.EMAIL: "e-mail",
    Channel.WEB_FORM: "web form",
    Channel.PHONE: "phone",
    Channel.FAX: "fax",
    Channel.SOCIAL: "social media",
}
CALLS = {CallOutcome.REACHED: "Spoke to somebody", CallOutcome.VOICEMAIL: "Left a message", CallOutcome.BUSY: "busy"}
COUNTRIES = {None: "not said", "CA": "Canada", "MX": "Mexico", "DE": "Germany"}


class Reader:
    """The same numbers from the rows themselves, one by one."""

    def __init__(self, session: Session, campaign: Campaign) -> None:
        self.requests = {(row.blast_id, row.no): row for row in session.scalars(select(Dispatch))}
        rows = session.scalars(select(Blast).where(Blast.campaign_id == campaign.id).order_by(Blast.id))
        self.blasts = {row.id: row for row in rows}
        self.everyone = session.scalars(select(Delivery)).all()
        self.mails = [row for row in self.everyone if row.blast_id in self.blasts]
        self.sent = [row for row in self.mails if self.taken(row)]
        acts = session.scalars(select(Action).where(Action.campaign_id == campaign.id)).all()
        self.acts = sorted(acts, key=lambda act: act.at)
        self.first = {act.supporter_id: act.at for act in reversed(self.acts)}
        pressed = session.scalars(select(Press.supporter_id).where(Press.campaign_id == campaign.id))
        self.pressed = set(pressed) | set(self.first)
        self.left = session.scalars(select(Consent).where(Consent.actor == "supporter")).all()
        self.countries = {row.id: row.country for row in session.scalars(select(Supporter))}
        moved = (self.last_before(self.mails, person, at) for person, at in self.first.items())
        self.moved = Counter(moved)

    def page(self) -> dict[str, dict[str, list[int]]]:
        made = {
            "people": self.people(),
            "days": self.by_day(),
            "mails": self.by_mail(),
            "trouble": self.trouble(),
            "opens": self.opens(),
            "channels": {way: [*number, 0] for way, number in self.by(lambda act: WAYS[act.channel]).items()},
            "calls": self.by(lambda act: CALLS[act.outcome] if act.outcome else ""),
            "countries": self.by(lambda act: COUNTRIES[self.countries[act.supporter_id]]),
        }
        return {key: rows for key, rows in made.items() if rows}

    def taken(self, row: Delivery) -> bool:
        return row.skip_reason is None and self.request(row).state is DispatchState.ACCEPTED

    def request(self, row: Delivery) -> Dispatch:
        return self.requests[row.blast_id, row.dispatch_no or 0]

    def last_before(self, rows: Iterable[Delivery], person: int, at: datetime) -> int | None:
        own = [row for row in rows if row.supporter_id == person and self.taken(row)]
        begun = [(self.request(row).inflight_at or NOON, row.blast_id) for row in own]
        return max((each for each in begun if each[0] <= at), default=(NOON, None))[1]

    def people(self) -> dict[str, list[int]]:
        got = {row.supporter_id for row in self.sent}
        steps = {
            "Planned for": {row.supporter_id for row in self.mails},
            "Mail taken by the provider": got,
            "Mail delivered": {row.supporter_id for row in self.sent if row.outcome in GOOD},
            "Pressed a button on their page": got & self.pressed,
            "Told us they acted": got & set(self.first),
        }
        if not any(row.outcome for row in self.sent):
            del steps["Mail delivered"]
        return {step: [len(people)] for step, people in steps.items()} if self.mails else {}

    def by(self, name: Callable[[Action], str]) -> dict[str, list[int]]:
        pairs = {(name(act), act.supporter_id) for act in self.acts}
        return {each: [number] for each, number in Counter(each for each, _ in pairs).items() if each}

    def by_day(self) -> dict[str, list[int]]:
        sent = {row.blast_id for row in self.sent}
        planned = [blast for blast in self.blasts.values() if blast.id in sent]
        empty = {f"{blast.scheduled_at.astimezone(TORONTO):%A %-d %B %Y}": [0] for blast in planned}
        acted = self.by(lambda act: f"{act.day:%A %-d %B %Y}")
        return empty | acted if acted else {}

    def by_mail(self) -> dict[str, list[int]]:
        replaced = {row.supersedes for row in self.blasts.values()}
        found = {"Before any mail": [self.moved[None]]} if self.moved[None] else {}
        for blast in self.blasts.values():
            own = [row for row in self.mails if row.blast_id == blast.id]
            off = [row for row in own if row.skip_reason is None and self.request(row).state is DispatchState.CANCELLED]
            sent = [row for row in own if self.taken(row)]
            told = [len([row for row in sent if row.outcome in GOOD])] if any(row.outcome for row in sent) else []
            planned = len(own) - (len(off) if blast.id in replaced else 0)
            if planned:
                found[NAMES[blast.rule]] = [planned, len(sent), *told, self.moved[blast.id]]
        return found

    def opens(self) -> dict[str, list[int]]:
        found = {}
        for blast in self.blasts.values():
            asked = [row for row in self.sent if row.blast_id == blast.id and self.request(row).counts_opens]
            by = Counter(row.opened for row in asked)
            if asked:
                found[NAMES[blast.rule]] = [len(asked), by["person"], by["machine"]]
        return found

    def trouble(self) -> dict[str, list[int]]:
        after = {(self.last_before(self.everyone, line.supporter_id, line.at), line.supporter_id) for line in self.left}
        found = {"Left after a mail": [len([blast_id for blast_id, _ in after if blast_id in self.blasts])]}
        if any(row.outcome for row in self.sent):
            found["Came back"] = [len([row for row in self.sent if row.outcome in BACK])]
            found["Reported as spam"] = [len([row for row in self.sent if row.outcome == "complained"])]
        return found if self.sent else {}


@settings(
    max_examples=300 if os.environ.get("ADVOCACY_PROVE") else 6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 2**32))
def test_every_number_on_a_results_page_is_what_the_ledger_says(app: Flask, session: Session, seed: int) -> None:
    ledger = Ledger(session, Random(seed))  # noqa: S311 - dice, no secrets
    clock = SimulatedClock(NOON)

    figures.recount(session, clock=clock)

    with app.test_request_context("/"):
        for campaign in ledger.campaigns:
            assert shown(session, campaign) == Reader(session, campaign).page()
    clear(session)


def clear(session: Session) -> None:
    for table in (Action, Press, Consent, Delivery, Dispatch, Tally, Counted):
        session.execute(delete(table))
    session.execute(update(Blast).values(supersedes=None))
    session.execute(delete(Blast))
    session.commit()


@settings(
    max_examples=100 if os.environ.get("ADVOCACY_PROVE") else 4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 2**32))
def test_no_number_changes_once_who_got_which_mail_is_no_longer_kept(app: Flask, session: Session, seed: int) -> None:
    ledger = Ledger(session, Random(seed))  # noqa: S311 - dice, no secrets
    clock = SimulatedClock(NOON)
    closed, running = ledger.campaigns
    ended(session, closed)
    figures.recount(session, clock=clock)

    def told() -> list[object]:
        ids = list(session.scalars(select(Blast.id).order_by(Blast.id)))
        with app.test_request_context("/"):
            return [progress_of(session, ids), *(shown(session, each) for each in (closed, running))]

    before = told()
    assert reducing.old(session, before=NOON + 999 * HOUR, now=NOON + 999 * HOUR) >= 0
    assert told() == before
    figures.recount(session, clock=clock)
    assert told() == before
    rows = session.scalars(
        select(Delivery).join(Blast, Blast.id == Delivery.blast_id).where(Blast.campaign_id == closed.id)
    )
    left = set(session.scalars(select(Consent.supporter_id).where(Consent.actor == "supporter")))
    assert all(row.supporter_id in left and row.outcome is None and row.opened is None for row in rows)
    clear(session)


def ended(session: Session, campaign: Campaign) -> None:
    campaign.state, campaign.closed_at = CampaignState.CLOSED, NOON
    ids = select(Blast.id).where(Blast.campaign_id == campaign.id)
    moving = Dispatch.state.in_(
        [DispatchState.PLANNED, DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS]
    )
    session.execute(update(Dispatch).where(Dispatch.blast_id.in_(ids), moving).values(state=DispatchState.CANCELLED))
    session.execute(update(Blast).where(Blast.campaign_id == campaign.id).values(state=BlastState.COMPLETED))
    session.commit()


def test_the_engine_counts_what_changed_and_rests_between(session: Session) -> None:
    campaign, quiet = add_campaign(session), add_campaign(session)
    person, clock = add_supporter(session), SimulatedClock(NOON)
    session.commit()
    assert figures.count_due(session, clock=clock) == 2, "the first time, all of them"

    clock.set(NOON + HOUR)
    assert figures.count_due(session, clock=clock) == 2, "once more, for what was committed while it was counted"
    clock.set(NOON + 2 * HOUR)
    assert figures.count_due(session, clock=clock) == 0
    actions.sent(session, person.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock, chosen=[1])

    assert figures.count_due(session, clock=clock) == 1
    assert figures.count_due(session, clock=clock) == 0, "not twice within five seconds"
    found = figures_of(session, campaign)
    assert (found.acted, found.letters) == (1, 1)
    assert found.by_demand == [("release the weavers at once", 0), ("let their families visit them", 1)]
    assert figures_of(session, quiet).acted == 0


def test_an_erased_person_is_counted_no_more(session: Session) -> None:
    campaign, person, clock = add_campaign(session), add_supporter(session), SimulatedClock(NOON)
    session.commit()
    actions.sent(session, person.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)
    actions.pressed(session, person.id, campaign, NOON)
    figures.count_due(session, clock=clock)
    assert figures_of(session, campaign).acted == 1

    clock.set(NOON + 24 * HOUR)
    privacy.erase(session, person, now=clock.now(), actor="ana")
    figures.count_due(session, clock=clock)

    assert figures_of(session, campaign).acted == 0
    assert session.scalars(select(Press)).all() == []
