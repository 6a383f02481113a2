"""Each way to send a letter, as a supporter's page shows it."""

import re
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from advocacy.models.campaign import AddresseeRow, Campaign, Demand
from tests.web.public.people import add_robin, text_of


def office(session: Session, **values: object) -> tuple[AddresseeRow, str]:
    """Return an addressee with these values in place of those of the factory, and the path of Robin's page."""
    _robin, campaign, pages = add_robin(session)
    row = campaign.addressees[0]
    for name, value in values.items():
        setattr(row, name, value)
    session.commit()
    return row, pages.act


def test_opening_hours_are_told_by_the_clock_of_the_office_and_ones_own(app: Flask, session: Session) -> None:
    row, path = office(
        session, phones=["+49 30 555 0135"], country="DE", opening_hours=["Mo-Fr 9:00-12:30, 14:00-17:00"]
    )
    client = app.test_client()

    open_now = text_of(client, path)  # Monday noon in UTC: 13:00 in Berlin, 7:00 in Toronto
    row.opening_hours = ["We 9:00-12:00"]
    session.commit()
    shut = text_of(client, path)
    row.opening_hours = []
    session.commit()
    unknown = text_of(client, path)

    assert "by the clock of Berlin" in open_now
    assert "Monday to Friday: 09:00–12:30, 14:00–17:00" in open_now
    assert (
        "They answer again on Monday 2 March from 14:00 there: Monday 2 March, 08:00 where you are (Toronto)"
        in open_now
    )
    assert "They answer again on Wednesday 4 March from 09:00 there: Wednesday 4 March, 03:00" in shut
    assert "Their hours are not known to us" in unknown
    assert "It is 13:00 there now (Berlin)" in unknown


def test_a_web_form_comes_with_what_it_asks_and_a_block_for_each_field(app: Flask, session: Session) -> None:
    _row, path = office(session, web_form="https://justice.example/write", form_asks=["Your postcode", "Reason: other"])

    page = text_of(app.test_client(), path)

    way = page.partition('<details class="way" id="way-')[2].partition("By the form on their website")[2]
    assert '<a class="button' in way
    assert 'href="https://justice.example/write"' in way
    assert re.findall(r"<li lang=\"en\">([^<]+)</li>", way.partition("</details>")[0]) == [
        "Your postcode",
        "Reason: other",
    ]
    for field, text in {"name": "Robin Smith", "city": "Toronto", "country": "Canada"}.items():
        assert re.search(rf'id="{field}-\d+-web_form">{text}</p>', way), field


GERMAN, FRENCH = (
    "alle Festgenommenen freizulassen & ihnen – sofort – „Zugang“ zu Anwälten zu geben",
    "libérer l’atelier à 100 % ?",
)


@pytest.mark.parametrize(
    ("language", "demand"),
    [
        ("en", 'release them; "now" + <at once> #1'),
        ("fr", FRENCH),
        ("es", "¿liberar a José Núñez, ya?"),
        ("de", GERMAN),
    ],
)
def test_the_finished_mail_link_says_what_the_page_shows(
    app: Flask, session: Session, language: str, demand: str
) -> None:
    row, path = office(session, emails=["minister@justice.example"])
    _campaign_in(session, row, language, demand)

    page = text_of(app.test_client(), path)

    links = re.findall(r'href="(mailto:[^"]+)"', page.partition('<div id="letters"')[2].partition("<footer")[0])
    assert len(links) == 1
    link = unescape(links[0])
    assert len(link) < 1900
    assert "+" not in link
    assert "%0D%0A" in link
    assert not re.search(r"(?<!%0D)%0A", link)
    parts = urlsplit(link)
    fields = dict(field.split("=", 1) for field in parts.query.split("&"))
    assert unquote(parts.path) == "minister@justice.example"
    assert list(fields) == ["subject", "body"]
    assert unquote(fields["subject"]) == _shown(page, "subject")
    assert unquote(fields["body"]).replace("\r\n", "\n") == _shown(page, "text")
    assert demand.rstrip("?").rstrip()[1:] in _shown(page, "text")


def _campaign_in(session: Session, row: AddresseeRow, language: str, demand: str) -> None:
    campaign = session.get_one(Campaign, row.campaign_id)
    campaign.language = language
    campaign.demands = [Demand(position=1, text=demand)]
    session.commit()


def _shown(page: str, name: str) -> str:
    found = re.search(rf'<p class="copyable(?: line)?" id="{name}-\d+-email">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return unescape(found.group(1))
