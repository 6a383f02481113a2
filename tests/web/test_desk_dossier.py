"""The dossier says what was asked and how many wrote, and names nobody who did."""

from io import BytesIO

from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.operations import actions, figures
from tests.factories import add_campaign, add_supporter
from tests.web.desks import add_organiser, sign_in


def test_a_dossier_names_what_was_asked_and_no_supporter(app: Flask, session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    for number in range(12):
        person = add_supporter(session, name="Robin Reed", town="Toronto", country="CA" if number else "MX")
        session.commit()
        actions.sent(session, person.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)
    figures.count_due(session, clock=clock)

    viewer = sign_in(app, add_organiser(session, OrganiserRole.VIEWER))
    answer = viewer.get(f"/desk/campaigns/{campaign.slug}/results/dossier.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)

    assert "12 people wrote or called." in text
    assert "release the weavers at once" in text
    assert "Mexico" not in text, "one person there: lumped, and Canada with them"
    assert "Robin" not in text
