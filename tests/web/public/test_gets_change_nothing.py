"""Scanners and mail programs fetch links: no GET, HEAD or OPTIONS changes a row."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.models.base import Base, keys_of
from advocacy.models.single_mail import SingleMail
from advocacy.operations import joining, privacy
from tests.operations.test_supporters import ROBIN, WORDS
from tests.web.public.people import add_robin


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    session.expire_all()
    found = {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in Base.metadata.sorted_tables
    }
    session.rollback()
    return found


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_fetching_every_link_twenty_times_changes_no_row(app: Flask, session: Session, method: str) -> None:
    robin, campaign, pages = add_robin(session)
    clock = app.extensions["advocacy.gateways"].clock
    joining.join(session, ROBIN, campaign, WORDS, clock=clock)
    privacy.request_data_link(session, robin.id, clock=clock)
    secrets = [
        keys_of(session).open("single_mail.secret", mail.uid, mail.secret_sealed)
        for mail in session.scalars(select(SingleMail).order_by(SingleMail.id))
        if mail.secret_sealed
    ]
    session.commit()
    number = campaign.addressees[0].id
    paths = [
        "/",
        f"/a/{campaign.slug}",
        f"/a/{campaign.slug}.ics",
        f"/a/{campaign.slug}/join",
        "/check-your-mail",
        f"/confirm/{secrets[0]}",
        secrets[1],
        pages.act,
        f"{pages.act}/sent",
        f"{pages.act}/unsent",
        f"{pages.act}/draft",
        f"{pages.act}/thanks",
        f"{pages.act}/reply",
        f"{pages.act}/ask-later",
        f"{pages.act}/letter.pdf?addressee={number}",
        f"{pages.act}/envelope.pdf?addressee={number}",
        pages.unsubscribe,
        f"{pages.unsubscribe}/undo",
        pages.preferences,
        f"{pages.preferences}/data",
    ]
    before = everything(session)

    client = app.test_client()
    statuses = {path: {client.open(path, method=method).status_code for _ in range(20)} for path in paths}

    assert everything(session) == before
    assert all(codes <= {200, 302, 404, 405, 429} for codes in statuses.values()), statuses
