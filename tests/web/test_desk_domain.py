"""The page of the sending domain: what was seen, what is wanted, a word to look again."""

from flask import Flask
from sqlalchemy.orm import Session

from advocacy.config import MailTransport
from advocacy.domain.permissions import OrganiserRole
from advocacy.operations import sending_domain
from tests.conftest import NOON
from tests.web.desks import add_organiser, sign_in

PAGE = "/desk/settings/domain"


def test_what_is_missing_is_shown_with_what_to_add(app: Flask, session: Session) -> None:
    client = sign_in(app, add_organiser(session, OrganiserRole.OWNER))
    assert "Mail stays on this machine" in client.get(PAGE).text
    values = {"mail_transport": MailTransport.SENDGRID, "mail_from": "actions@lantern.example"}
    settings = app.extensions["advocacy.settings"] = app.extensions["advocacy.settings"].model_copy(update=values)

    assert "Nobody has looked at the records yet" in client.get(PAGE).text
    client.post(PAGE, data={"selector": "k2"})
    waiting = sending_domain.standing(session, settings)
    sending_domain.look(session, settings, texts=lambda _: [], now=NOON)

    page = client.get(PAGE).text
    assert (waiting.waiting, waiting.selector) == (True, "k2")
    assert "k2._domainkey.lantern.example" in page
    assert "v=DMARC1; p=none; rua=mailto:postmaster@lantern.example" in page
    assert client.post(PAGE, data={"selector": "two words"}).status_code == 422
