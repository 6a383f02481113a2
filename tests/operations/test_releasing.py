"""From a draft to the last press: kept, proposed to a second person, undone in time, two subjects tried."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from advocacy.domain.addressee import Channel
from advocacy.domain.blast import BlastState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.preferences import Preferences
from advocacy.domain.selection import Selection
from advocacy.gateways.mails import Mails
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.models.organiser import Organiser, Role
from advocacy.models.press import Press
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Action, Supporter
from advocacy.operations import approving, campaigns, manuscripts, outcomes, preferences, releasing, single, trying
from advocacy.operations.blasts import Draft
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import MORNING, Engine

ANA, BO = "organiser:1", "organiser:2"
LATER = MORNING + timedelta(days=2)
DRAFT = Draft("Until {{ campaign.deadline }}", "Write: {{ act_url }}")
TRIAL = Draft("First", "Write.", other_subject="Second", share=50, wait=timedelta(hours=2))


def quiet(running: Engine, people: int) -> Campaign:
    """A campaign that so many people had two days ago, with nothing else due now."""
    running.clock.set(MORNING)
    campaign = add_campaign(running.session)
    for number in range(people):
        person = add_supporter(running.session, f"p{number:04}@example.org", uid=uuid4().hex)
        subscribe(running.session, person, campaign)
    running.launch(campaign)
    running.run()
    running.provider.taken.clear()
    running.clock.set(LATER)
    return campaign


def rules(running: Engine, **values: int) -> None:
    preferences.change(running.session, Preferences(**values), now=running.clock.now(), actor="cli")


def kept(running: Engine, campaign: Campaign, draft: Draft = DRAFT) -> Blast:
    return manuscripts.keep(
        running.session, campaign, draft, gateways=running.gateways, settings=running.settings, actor=ANA
    )


def sent(running: Engine, blast: Blast, typed: int = 0, actor: str = ANA) -> Blast:
    return releasing.send(
        running.session, blast.id, typed=typed, gateways=running.gateways, settings=running.settings, actor=actor
    )


def approved(running: Engine, blast: Blast, actor: str, typed: int = 0) -> Blast:
    return releasing.approve(
        running.session, blast.id, typed=typed, gateways=running.gateways, settings=running.settings, actor=actor
    )


def test_a_draft_is_kept_as_it_was_written_and_sends_nothing(running: Engine) -> None:
    campaign = quiet(running, 3)
    draft = Draft(
        "Until {{ campaign.deadline }}",
        "Write: {{ act_url }}",
        at=datetime(2026, 3, 9, 18, 0),  # noqa: DTZ001 - a wall time
        selection=Selection(countries=("CA",), acted=False),
        preheader="Two minutes are enough.",
    )

    blast = kept(running, campaign, draft)
    running.at(LATER + timedelta(days=1))

    assert blast.state is BlastState.DRAFT
    assert manuscripts.draft_of(*manuscripts.find(running.session, blast.id)[:2]) == draft
    assert running.provider.taken == []


def test_nothing_leaves_before_a_minute_is_over_and_until_then_it_can_be_undone(running: Engine) -> None:
    blast = sent(running, kept(running, quiet(running, 3)))

    running.at(LATER + timedelta(seconds=59))
    assert running.provider.taken == []
    assert blast.state is BlastState.SENDING
    draft = releasing.undo(running.session, blast.id, now=running.clock.now(), actor=ANA)
    running.at(LATER + timedelta(minutes=5))

    assert running.provider.taken == []
    assert (blast.state, blast.state_reason) == (BlastState.CANCELLED, releasing.UNDONE)
    assert manuscripts.draft_of(*manuscripts.find(running.session, draft.id)[:2]) == DRAFT
    again = sent(running, draft)
    running.at(LATER + timedelta(minutes=6, seconds=1))
    assert len(running.provider.taken) == 3
    with pytest.raises(ConflictError, match="begun to leave"):
        releasing.undo(running.session, again.id, now=running.clock.now(), actor=ANA)
    running.check()


def test_each_persons_own_hour_keeps_the_minute_too(running: Engine) -> None:
    wall = (LATER - timedelta(hours=5)).replace(tzinfo=None)  # This very hour in Toronto.
    sent(running, kept(running, quiet(running, 1), Draft("Now", "Write.", at=wall)))

    running.at(LATER + timedelta(seconds=59))
    assert running.provider.taken == []
    running.at(LATER + timedelta(seconds=61))
    assert len(running.provider.taken) == 1


def test_a_mail_to_many_asks_for_their_number(running: Engine) -> None:
    blast = kept(running, quiet(running, 3))
    rules(running, type_from=3)

    with pytest.raises(InvalidError, match="3 people"):
        sent(running, blast, typed=4)

    running.session.rollback()
    assert sent(running, blast, typed=3).state is BlastState.SCHEDULED


def test_a_mail_to_more_waits_for_somebody_else(running: Engine) -> None:
    blast = kept(running, quiet(running, 3))
    rules(running, approve_from=2)

    assert sent(running, blast).state is BlastState.PROPOSED
    running.at(LATER + timedelta(hours=1))
    assert running.provider.taken == []
    with pytest.raises(ConflictError, match="somebody else"):
        approved(running, blast, ANA)
    running.session.rollback()
    with pytest.raises(ConflictError, match="proposed by now"):
        sent(running, blast, actor=BO)
    running.session.rollback()

    assert approved(running, blast, BO).state is BlastState.SCHEDULED
    running.at(LATER + timedelta(hours=1, minutes=2))
    assert len(running.provider.taken) == 3
    running.check()


def team(running: Engine) -> dict[str, Organiser]:
    """Ana and Bo, who may send, Cleo, who may only read, and Dora, who may not enter any more."""
    roles = {"ana": OrganiserRole.OWNER, "bo": OrganiserRole.ORGANISER, "cleo": OrganiserRole.VIEWER}
    made = {}
    for number, name in enumerate(("ana", "bo", "cleo", "dora"), start=1):
        named = roles.get(name, OrganiserRole.OWNER).value
        role = running.session.scalar(select(Role).where(Role.name == named)) or Role(name=named)
        made[name] = Organiser(
            id=number, email=f"{name}@lantern.example", created_at=MORNING, roles=[role], active=name != "dora"
        )
        running.session.add(made[name])
        running.session.flush()
    running.session.commit()
    return made


def asked_by_mail(running: Engine) -> list[SingleMail]:
    query = select(SingleMail).where(SingleMail.kind == SingleKind.APPROVAL).order_by(SingleMail.id)
    return list(running.session.scalars(query))


def test_everybody_else_who_may_say_yes_gets_a_mail_that_names_no_supporter(running: Engine) -> None:
    blast = kept(running, quiet(running, 3))
    team(running)
    rules(running, approve_from=2)

    sent(running, blast)

    (mail,) = asked_by_mail(running)
    assert mail.organiser_id == 2
    assert mail.facts == {
        "people": 3,
        "subject": DRAFT.subject,
        "grew": False,
        "link": f"http://advocacy.test/desk/blasts/{blast.id}/check",
    }
    running.gateways = replace(running.gateways, mails=Mails())
    single.hand_over_due(running.session, gateways=running.gateways, settings=running.settings)
    taken = running.provider.taken[-1]
    assert (taken.address, taken.request.subject) == ("bo@lantern.example", "A mail to 3 people waits for your yes")
    assert f"/desk/blasts/{blast.id}/check" in taken.request.text


def tagged(running: Engine, people: list[int], tag: str = "press") -> None:
    for person in running.session.scalars(select(Supporter).order_by(Supporter.id)):
        person.tags = [tag] if person.id in people else []
    running.session.commit()


PRESS = replace(DRAFT, selection=Selection(tags=("press",)))


def test_who_is_tagged_after_the_press_cannot_walk_around_the_second_person(running: Engine) -> None:
    campaign = quiet(running, 6)
    ids = list(running.session.scalars(select(Supporter.id).order_by(Supporter.id)))
    tagged(running, ids[:2])
    team(running)
    rules(running, approve_from=4)
    blast = sent(running, kept(running, campaign, PRESS))
    assert blast.state is BlastState.SCHEDULED
    tagged(running, ids)

    running.at(LATER + timedelta(minutes=2))

    assert (blast.state, blast.state_reason) == (BlastState.PROPOSED, approving.GREW)
    assert [taken for taken in running.provider.taken if "lantern" not in taken.address] == []
    assert [(mail.organiser_id, mail.facts["people"], mail.facts["grew"]) for mail in asked_by_mail(running)] == [
        (2, 6, True)
    ]
    with pytest.raises(ConflictError, match="somebody else"):
        approved(running, blast, ANA)
    running.session.rollback()
    assert approved(running, blast, BO).state is BlastState.SCHEDULED
    running.at(LATER + timedelta(minutes=4))
    assert len([taken for taken in running.provider.taken if "lantern" not in taken.address]) == 6
    running.check()


def test_a_yes_holds_for_a_tenth_more_and_for_no_more_than_that(running: Engine) -> None:
    campaign = quiet(running, 12)
    ids = list(running.session.scalars(select(Supporter.id).order_by(Supporter.id)))
    rules(running, approve_from=4)
    tagged(running, ids[:10])
    blast = approved(running, sent(running, kept(running, campaign, PRESS)), BO)
    tagged(running, ids[:11])
    running.at(LATER + timedelta(seconds=5))
    assert blast.state is BlastState.SENDING
    tagged(running, ids)

    running.at(LATER + timedelta(minutes=2))
    running.at(LATER + timedelta(hours=3))

    assert len(running.provider.taken) == 11, "who is tagged while it is sent stays out"
    assert blast.state is BlastState.COMPLETED
    running.check()


def test_the_rest_of_a_trial_is_counted_with_the_trial(running: Engine) -> None:
    campaign = quiet(running, 60)
    ids = list(running.session.scalars(select(Supporter.id).order_by(Supporter.id)))
    tagged(running, ids[:30])
    rules(running, approve_from=40)
    running.gateways = replace(running.gateways, mails=Mails())
    sent(running, kept(running, campaign, replace(TRIAL, selection=PRESS.selection)))
    running.at(LATER + timedelta(minutes=2))
    got = running.provider.addresses
    tagged(running, ids)

    running.at(LATER + timedelta(hours=2, minutes=10))

    rest = running.session.scalars(select(Blast).order_by(Blast.id.desc())).first()
    assert rest is not None
    assert (rest.state, rest.state_reason) == (BlastState.PROPOSED, approving.GREW)
    assert running.provider.addresses == got
    approved(running, rest, BO)
    running.at(LATER + timedelta(hours=2, minutes=20))
    assert running.provider.addresses == [f"p{number:04}@example.org" for number in range(60)]
    running.check()


def test_what_was_proposed_comes_back_with_a_note(running: Engine) -> None:
    blast = kept(running, quiet(running, 3))
    rules(running, approve_from=2)
    sent(running, blast)

    releasing.give_back(running.session, blast.id, "The date is wrong.", now=running.clock.now(), actor=BO)

    manuscript = running.session.get_one(Manuscript, blast.id)
    assert (blast.state, manuscript.note) == (BlastState.DRAFT, "The date is wrong.")
    with pytest.raises(ConflictError):
        approved(running, blast, BO)


def test_the_command_line_keeps_the_same_rule(running: Engine) -> None:
    campaign = quiet(running, 3)
    rules(running, approve_from=2)

    blast = releasing.schedule(
        running.session, campaign, DRAFT, gateways=running.gateways, settings=running.settings, actor="cli"
    )

    assert blast.state is BlastState.PROPOSED


def test_a_draft_can_be_thrown_away(running: Engine) -> None:
    blast = kept(running, quiet(running, 1))

    manuscripts.throw_away(running.session, blast.id, now=running.clock.now(), actor=ANA)

    assert running.session.scalars(select(Blast.id).where(Blast.rule == "manual")).all() == []


def test_a_copy_leaves_out_who_got_the_first_one(running: Engine) -> None:
    campaign = quiet(running, 2)
    blast = sent(running, kept(running, campaign))
    running.at(LATER + timedelta(minutes=2))
    late = add_supporter(running.session, "late@example.org")
    subscribe(running.session, late, campaign, joined_at=running.clock.now())
    running.session.commit()

    source = manuscripts.find(running.session, blast.id)
    running.at(LATER + timedelta(days=1))
    now = LATER + timedelta(days=3)
    running.clock.set(now)
    made = manuscripts.copy(running.session, *source, now=now, actor=ANA, without_those=True)
    sent(running, made)
    running.provider.taken.clear()
    running.at(now + timedelta(minutes=2))

    assert running.provider.addresses == ["late@example.org"]


def acts(running: Engine, campaign: Campaign, addresses: list[str]) -> None:
    ids = dict(running.session.execute(select(Supporter.email_key, Supporter.id)).all())
    keys = running.session.info["keys"]
    for address in addresses:
        running.session.add(
            Action(
                supporter_id=ids[keys.email_keys(address)[0]],
                campaign_id=campaign.id,
                addressee_id=campaign.addressees[0].id,
                channel=Channel.POST,
                at=running.clock.now() + timedelta(minutes=10),
                day=running.clock.now().date(),
            )
        )
    running.session.commit()


def trial(running: Engine, people: int) -> tuple[Campaign, Blast, dict[str, list[str]]]:
    """Return who got which subject, when all of the trial has left."""
    campaign = quiet(running, people)
    running.gateways = replace(running.gateways, mails=Mails())
    blast = sent(running, kept(running, campaign, TRIAL))
    running.at(LATER + timedelta(minutes=2))
    return campaign, blast, by_subject(running)


def by_subject(running: Engine) -> dict[str, list[str]]:
    got: dict[str, list[str]] = {"First": [], "Second": []}
    for taken in running.provider.taken:
        got[taken.request.subject].append(taken.address)
    return got


def test_two_subjects_are_tried_and_the_better_one_goes_to_the_rest_once(running: Engine) -> None:
    campaign, blast, got = trial(running, 200)
    assert 25 < len(got["First"]) < 75
    assert 25 < len(got["Second"]) < 75
    acts(running, campaign, got["First"][:2] + got["Second"][:20])

    running.at(LATER + timedelta(hours=1, minutes=59))
    assert len(running.provider.taken) == len(got["First"]) + len(got["Second"])
    running.at(LATER + timedelta(hours=2, minutes=10))

    late = by_subject(running)
    assert late["First"] == got["First"]
    assert running.provider.addresses == [f"p{number:04}@example.org" for number in range(200)]
    manuscript = running.session.get_one(Manuscript, blast.id)
    assert manuscript.chosen == "b"
    running.at(LATER + timedelta(hours=5))
    assert len(running.provider.taken) == 200
    running.check()


def test_who_presses_a_button_after_a_subject_is_told_beside_who_acts_and_decides_nothing(running: Engine) -> None:
    campaign, blast, got = trial(running, 60)
    ids = dict(running.session.execute(select(Supporter.email_key, Supporter.id)).all())
    keys = running.session.info["keys"]
    first, second = ([ids[keys.email_keys(each)[0]] for each in got[name]] for name in ("First", "Second"))
    presses = [(person, running.clock.now() + timedelta(minutes=10)) for person in first[:3]] + [(second[0], MORNING)]
    running.session.add_all(Press(campaign_id=campaign.id, supporter_id=person, at=at) for person, at in presses)
    acts(running, campaign, got["Second"][1:2])

    found = trying.trial(running.session, blast, running.session.get_one(Manuscript, blast.id))

    assert (found.first.pressed, found.second.pressed) == (3, 0)
    assert (found.first.acted, found.second.acted) == (0, 1)
    assert found.verdict.arm == "b"


def test_a_stopped_trial_sends_nothing_to_the_rest(running: Engine) -> None:
    _campaign, blast, got = trial(running, 60)
    assert blast.state is BlastState.COMPLETED
    running.session.get_one(Manuscript, blast.id).decided_at = None
    blast.state = BlastState.CANCELLED
    running.session.commit()

    running.at(LATER + timedelta(hours=3))

    assert len(running.provider.taken) == len(got["First"]) + len(got["Second"])


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(TRIAL, other_subject="First"), "other_subject"),
        (replace(TRIAL, other_subject="{{ campaign.titel }}"), "other_subject"),
        (replace(TRIAL, at=datetime(2026, 3, 9, 18, 0)), "when"),  # noqa: DTZ001 - a wall time
        (replace(TRIAL, share=1), "share"),
        (replace(TRIAL, wait=timedelta()), "wait"),
    ],
    ids=["the same", "a field that is none", "each person's hour", "too few", "no wait"],
)
def test_a_trial_that_cannot_be_is_refused(running: Engine, draft: Draft, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        kept(running, quiet(running, 1), draft)

    assert field in refused.value.faults


def test_an_outcome_mail_to_many_waits_for_a_second_person(running: Engine) -> None:
    campaign = quiet(running, 3)
    rules(running, approve_from=3, type_from=3)
    bundle = {"gateways": running.gateways, "settings": running.settings}
    campaigns.close(running.session, campaign, **bundle, actor=ANA)
    blast = outcomes.waiting(running.session, campaign)
    assert blast is not None
    with pytest.raises(InvalidError, match="Fill the gap"):
        sent(running, blast, typed=3)
    running.session.rollback()
    outcomes.save(running.session, blast.id, "Free", "All came home.", **bundle, actor=ANA)
    with pytest.raises(InvalidError, match="Type that number"):
        sent(running, blast, typed=2)
    running.session.rollback()

    assert sent(running, blast, typed=3).state is BlastState.PROPOSED
    running.run()
    assert running.provider.taken == []
    with pytest.raises(ConflictError, match="somebody else"):
        approved(running, blast, ANA, typed=3)
    running.session.rollback()
    approved(running, blast, BO, typed=3)
    running.at(LATER + timedelta(seconds=59))
    assert running.provider.taken == []
    running.at(LATER + timedelta(minutes=2))

    assert len(running.provider.taken) == 3
    running.check()


def test_an_outcome_mail_whose_audience_grew_waits_for_a_second_person(running: Engine) -> None:
    campaign = quiet(running, 3)
    rules(running, approve_from=4, undo_seconds=600)
    bundle = {"gateways": running.gateways, "settings": running.settings}
    campaigns.close(running.session, campaign, **bundle, actor=ANA)
    blast = outcomes.waiting(running.session, campaign)
    assert blast is not None
    outcomes.save(running.session, blast.id, "Free", "All came home.", **bundle, actor=ANA)
    assert sent(running, blast).state is BlastState.SCHEDULED
    subscribe(running.session, add_supporter(running.session, "late@example.org", uid=uuid4().hex), campaign)
    running.session.commit()

    running.at(LATER + timedelta(minutes=11))

    assert blast.state is BlastState.PROPOSED
    assert running.provider.taken == []
    approved(running, blast, BO)
    running.at(LATER + timedelta(minutes=30))
    assert len(running.provider.taken) == 4
    running.check()
