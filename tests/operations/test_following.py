"""A second action of a case reaches those who followed the first; a copy is a campaign of its own."""

from datetime import timedelta

from sqlalchemy.orm import Session

from advocacy.domain.supporter import Reminders
from advocacy.operations import campaigns, editing, following, leaving, suppressing
from advocacy.operations.editing import Corrections
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import MORNING, Engine, addresses, launched


def test_the_next_action_goes_to_the_alert_list_and_to_those_on_the_first_who_did_not_leave(running: Engine) -> None:
    session = running.session
    first = launched(running, 2)
    people = {name: add_supporter(session, f"{name}@example.org") for name in ("stays", "left", "stopped", "quiet")}
    for name, person in people.items():
        subscribe(session, person, first, reminders=Reminders.NONE if name == "quiet" else Reminders.ALL)
    running.run()
    leaving.stop_campaign(session, people["left"].id, first.id, source="page", clock=running.clock)
    suppressing.suppress(session, [people["stopped"].id], suppressing.Reason.UNSUBSCRIBED, now=running.clock.now())
    running.provider.taken.clear()

    second = following.copy(session, first, follows=True, now=running.clock.now(), actor="cli")
    deadline = (MORNING + timedelta(days=30)).date()
    editing.correct(session, second, Corrections(deadline=deadline), now=running.clock.now(), actor="cli")
    expected = following.carried(session, second)
    campaigns.launch(session, second, gateways=running.gateways, settings=running.settings, actor="cli")
    running.run()

    assert expected == 2
    assert running.provider.addresses == [*addresses(2), "quiet@example.org", "stays@example.org"]
    assert following.carried(session, second) == 0
    running.check()


def test_a_copy_has_the_words_and_people_and_neither_number_nor_deadline(session: Session) -> None:
    campaign = add_campaign(session, ua_number="31/26")
    subscribe(session, add_supporter(session), campaign)

    copied = following.copy(session, campaign, follows=False, now=NOON, actor="cli")

    assert [row.text for row in copied.demands] == [row.text for row in campaign.demands]
    assert [row.value() for row in copied.addressees] == [row.value() for row in campaign.addressees]
    assert (copied.ua_number, copied.deadline, copied.follows_id) == (None, None, None)
    assert copied.slug != campaign.slug
    assert following.carried(session, copied) == 0
