"""Opens: nobody is watched unless an owner asked for it, the mail says so, and nobody is warned for their safety."""

import pytest
from sqlalchemy import select

from advocacy.config import MailTransport
from advocacy.domain.addressee import Channel
from advocacy.domain.errors import ConflictError
from advocacy.domain.report import ReportType, Told
from advocacy.gateways.mails import Mails
from advocacy.models.blast import Delivery
from advocacy.models.campaign import Campaign
from advocacy.models.figures import figures_of
from advocacy.models.installation import AuditEntry
from advocacy.models.supporter import Supporter
from advocacy.operations import actions, figures, opens, privacy, reports, single
from tests.running import MORNING, Engine, launched

SAID = "A small picture in this mail tells us"


@pytest.fixture
def running(running: Engine) -> Engine:
    running.gateways = type(running.gateways)(clock=running.clock, provider=running.provider, mails=Mails())
    running.settings = running.settings.model_copy(update={"mail_transport": MailTransport.SENDGRID})
    return running


def asked(running: Engine, campaign: Campaign) -> None:
    opens.ask(running.session, campaign, settings=running.settings, now=MORNING, actor="organiser:1")


def tell(running: Engine, *types: ReportType) -> None:
    for request in running.provider.asked:
        told = [
            Told(type_, MORNING, f"{request.public_id} {type_}", request.public_id, request.people[0].ref)
            for type_ in types
        ]
        reports.keep(running.session, told, now=MORNING)
    reports.apply(running.session, clock=running.clock)


def counted(running: Engine, campaign: Campaign) -> tuple[int, int, int]:
    figures.recount(running.session, clock=running.clock)
    (mail,) = figures_of(running.session, campaign).mails
    return mail.opens_asked, mail.opened, mail.machine_opened


def test_nothing_is_counted_unless_somebody_asked(running: Engine) -> None:
    campaign = launched(running, 3)
    running.run()
    tell(running, ReportType.OPENED, ReportType.OPENED_BY_MACHINE)

    assert not any(request.count_opens or SAID in request.text + request.html for request in running.provider.asked)
    assert set(running.session.scalars(select(Delivery.opened))) == {None}
    assert counted(running, campaign) == (0, 0, 0)


def test_what_was_asked_for_is_counted_written_in_the_mail_and_in_the_audit_log(running: Engine) -> None:
    campaign = launched(running, 3)
    asked(running, campaign)
    running.run()
    tell(running, ReportType.OPENED, ReportType.OPENED_BY_MACHINE)

    assert all(request.count_opens for request in running.provider.asked)
    assert all(SAID in request.text and SAID in request.html for request in running.provider.asked)
    assert counted(running, campaign) == (3, len(running.provider.asked), 0), "a person outweighs a machine"
    entry = running.session.scalars(select(AuditEntry).where(AuditEntry.what == "campaign.opens_asked")).one()
    assert (entry.actor, entry.object) == ("organiser:1", f"campaign:{campaign.id}")


def test_machines_are_counted_apart(running: Engine) -> None:
    campaign = launched(running, 1, counts_opens=True)
    running.run()
    tell(running, ReportType.OPENED_BY_MACHINE)

    assert counted(running, campaign) == (1, 0, 1)


def test_a_stop_holds_from_the_next_request_on_though_the_words_were_written_before(running: Engine) -> None:
    campaign = launched(running, 2, counts_opens=True)
    running.tick()
    opens.stop(running.session, campaign, now=MORNING, actor="organiser:1")

    running.run()

    assert running.provider.asked
    assert not any(request.count_opens for request in running.provider.asked)


def test_no_mail_is_counted_whose_words_do_not_say_so(running: Engine) -> None:
    campaign = launched(running, 2)
    running.tick()
    asked(running, campaign)

    running.run()

    assert running.provider.asked
    assert not any(request.count_opens for request in running.provider.asked)


def test_a_campaign_that_warns_for_safety_counts_nobody(running: Engine) -> None:
    campaign = launched(running, 1, safety_notice="Do not write from inside the country.")
    with pytest.raises(ConflictError):
        asked(running, campaign)


def test_a_warning_that_comes_later_ends_the_counting(running: Engine) -> None:
    campaign = launched(running, 1, counts_opens=True)
    campaign.safety_notice = "Do not write from inside the country."
    running.session.commit()
    running.run()

    assert running.provider.asked
    assert not any(request.count_opens for request in running.provider.asked)


def test_where_the_provider_reports_none_they_cannot_be_asked_for(running: Engine) -> None:
    running.settings = running.settings.model_copy(update={"mail_transport": MailTransport.SMTP})
    campaign = launched(running, 1)

    with pytest.raises(ConflictError):
        asked(running, campaign)


def test_a_mail_to_one_person_is_never_counted(running: Engine) -> None:
    campaign = launched(running, 1, counts_opens=True)
    person = running.session.scalars(select(Supporter)).one()
    running.run()
    actions.sent(running.session, person.id, campaign, campaign.addressees[0].id, Channel.POST, clock=running.clock)

    single.hand_over_due(running.session, gateways=running.gateways, settings=running.settings)

    (thanks,) = [request for request in running.provider.asked if not request.count_opens]
    assert SAID not in thanks.text + thanks.html


def test_an_open_goes_with_the_person_and_does_not_come_back(running: Engine) -> None:
    campaign = launched(running, 1, counts_opens=True)
    running.run()
    tell(running, ReportType.OPENED_BY_MACHINE)
    person = running.session.scalars(select(Supporter)).one()
    assert privacy.my_data(running.session, person.id)["mails opened"] == [
        {"campaign": campaign.title, "mail": "launch", "opened by": "machine"}
    ]

    privacy.erase(running.session, person, now=MORNING, actor="ana")
    tell(running, ReportType.OPENED)

    assert counted(running, campaign) == (1, 0, 0)
