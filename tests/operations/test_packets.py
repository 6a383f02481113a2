"""A supporter's packet holds each letter that goes by post, and names those who are reached another way."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Role
from advocacy.domain.appeal.packet import PacketSheet
from advocacy.domain.appeal.request import OwnWords
from advocacy.domain.appeal.sheets import Envelope, Paper
from advocacy.domain.errors import InvalidError
from advocacy.gateways.phrases import load_pools, paper_words
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.operations.appeals import Wishes, correspondence
from advocacy.operations.packets import packet_sheet
from tests.conftest import NOON
from tests.factories import add_campaign

TODAY = date(2026, 3, 2)


def packet(campaign: Campaign, wishes: Wishes, *, today: date = TODAY, window: Envelope | None = None) -> PacketSheet:
    deadline = campaign.due_by()
    assert deadline is not None
    pools = load_pools()
    letters = correspondence(campaign, wishes, today=today, deadline=deadline, now=NOON + (today - TODAY), pools=pools)
    return packet_sheet(campaign, letters, wishes, paper_words("en"), today=today, pools=pools, window=window)


def with_more(session: Session) -> Campaign:
    campaign = add_campaign(session)
    campaign.addressees += [
        AddresseeRow(
            position=2, role=Role.COPY, name="Embassy of Exampleland", postal_lines=["1 Elm Street", "Ottawa"],
            country="CA", for_countries=["CA"],
        ),
        AddresseeRow(position=3, role=Role.PRIMARY, name="Speaker Jon Ade", emails=["speaker@example.org"]),
    ]  # fmt: skip
    session.flush()
    return campaign


def test_each_letter_by_post_has_its_page_and_its_envelope(session: Session) -> None:
    sheet = packet(with_more(session), Wishes(name="Ana", city="Toronto", country="CA", seed="1:1"))

    assert [letter.recipient[0] for letter in sheet.letters] == ["Minister Ana Example", "Embassy of Exampleland"]
    assert [side.air_mail != "" for side in sheet.envelopes] == [True, False]
    assert sheet.cover.others == ("Speaker Jon Ade: from your page, by e-mail",)
    assert sheet.cover.rows[0] == (
        "Minister Ana Example", "Letter; stamp for a letter abroad", "Friday 20 March",
    )  # fmt: skip
    assert sheet.cover.rows[1][1] == "Copy for information; stamp for a letter within the country"
    assert sheet.cover.paper is Paper.LETTER


def test_an_embassy_for_another_country_is_not_in_it(session: Session) -> None:
    sheet = packet(with_more(session), Wishes(name="Ana", country="DE", seed="1:1"))

    assert [letter.recipient[0] for letter in sheet.letters] == ["Minister Ana Example"]
    assert sheet.cover.paper is Paper.A4


def test_a_letter_that_would_come_too_late_is_marked(session: Session) -> None:
    sheet = packet(add_campaign(session), Wishes(country="CA", seed="1:1"), today=date(2026, 3, 27))

    assert sheet.cover.rows[0][2].startswith("may come too late")


def test_letters_for_window_envelopes_bring_no_envelope(session: Session) -> None:
    sheet = packet(add_campaign(session), Wishes(country="DE", seed="1:1"), window=Envelope.DL)

    assert sheet.envelopes == ()
    assert sheet.letters[0].window is not None


def test_a_letter_with_a_place_to_fill_in_is_not_printed(session: Session) -> None:
    with pytest.raises(InvalidError, match="still has to be filled in"):
        packet(add_campaign(session), Wishes(country="CA", seed="1:1", own=OwnWords(why="I am [your name].")))


def test_a_campaign_without_anybody_to_post_to_has_no_packet(session: Session) -> None:
    campaign = add_campaign(session)
    campaign.addressees = [AddresseeRow(position=1, name="Speaker Jon Ade", emails=["speaker@example.org"])]
    session.flush()

    with pytest.raises(InvalidError, match="by post"):
        packet(campaign, Wishes(country="CA", seed="1:1"))
