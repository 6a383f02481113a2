"""What a supporter's page tells before and beside the letter: safety, advice, language, places to mend, how a call went."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.translation import Part, Translation
from advocacy.models import counting
from advocacy.models.campaign import Campaign, CampaignTranslation, Phrasing
from advocacy.models.supporter import Action
from tests.factories import add_campaign_with_embassy, add_supporter
from tests.web.public.people import add_robin, pages_of, text_of


def test_a_safety_notice_stands_before_anything_else(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    campaign.safety_notice = "Do not write if you have family there."
    session.commit()

    for path in (pages.act, f"/a/{campaign.slug}"):
        page = text_of(app.test_client(), path)
        assert page.index("Do not write if you have family there.") < page.index("<h1>")


@pytest.mark.parametrize(("country", "told"), [("US", True), ("CA", False), (None, False)])
def test_whoever_lives_under_the_authority_they_write_to_is_told_first(
    app: Flask, session: Session, country: str | None, *, told: bool
) -> None:
    robin, _campaign, pages = add_robin(session)
    robin.country = country
    session.commit()

    page = text_of(app.test_client(), pages.act)

    assert ("You live in the country whose authorities you write to (United States)" in page) is told
    assert not told or page.index(
        "You live in the country whose authorities you write to (United States)"
    ) < page.index("<h1>")


def test_whoever_chooses_the_country_of_the_authority_on_the_page_is_told_with_the_letter(
    app: Flask, session: Session
) -> None:
    _robin, _campaign, pages = add_robin(session)
    own = {"demand": "0", "country": "US"}

    piece = app.test_client().post(pages.act, data=own, headers={"X-Fragment": "1"}).get_data(as_text=True)

    assert piece.index("You live in the country whose authorities you write to") < piece.index("<h2")


@pytest.mark.parametrize(
    ("country", "said"),
    [("CA", ""), ("KE", "This action lists none in Kenya, so we name none"), (None, "Choose your country to see it.")],
)
def test_a_copy_for_ones_own_country_is_shown_or_said_to_be_unknown(
    app: Flask, session: Session, country: str | None, said: str
) -> None:
    campaign = add_campaign_with_embassy(session)
    supporter = add_supporter(session, country=country)
    session.commit()

    page = text_of(app.test_client(), pages_of(session, supporter, campaign).act)

    assert ("A copy to Embassy of Exampleland" in page) is (country == "CA")
    assert (said in page) if said else ('id="missing-copy"' not in page)


def test_people_with_ties_to_the_country_are_told_before_anything_else(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)

    page = text_of(app.test_client(), pages.act)

    assert page.index("If you live in the country written to (United States) or have ties there") < page.index("<h1>")


def test_the_public_page_tells_people_with_ties_to_the_country(app: Flask, session: Session) -> None:
    _robin, campaign, _pages = add_robin(session)

    page = text_of(app.test_client(), f"/a/{campaign.slug}")

    assert page.index("If you live in the country written to (United States) or have ties there") < page.index("<h1>")


def test_a_letter_is_signed_with_initials_and_town_only(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)
    own = {"demand": "0", "initials": "yes", "name": "Robin Smith", "city": "Halifax", "country": "CA"}

    page = app.test_client().post(pages.act, data=own).get_data(as_text=True)

    letter = page.partition('<article class="sheet"')[2].partition("</article>")[0]
    signature = letter.partition('class="signature">')[2]
    assert "R. S.\nHalifax</p>" in signature
    assert "Smith" not in letter
    assert 'name="initials" value="yes" checked' in page


def test_the_place_to_mend_is_marked_in_the_letter(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)
    own = {"demand": "0", "why": "I am [your <b>name</b>] and I care."}

    page = app.test_client().post(pages.act, data=own).get_data(as_text=True)

    assert '<mark class="mend">[your &lt;b&gt;name&lt;/b&gt;]</mark>' in page
    assert "mailto:" not in page.partition('<div id="letters"')[2].partition("</section>")[0]
    assert "Letter (PDF)" not in page


def test_the_page_says_how_the_letter_comes_about_and_what_would_better_it(app: Flask, session: Session) -> None:
    _robin, _campaign, pages = add_robin(session)

    plain = text_of(app.test_client(), pages.act)
    own = app.test_client().post(pages.act, data={"demand": "0", "why": "I weave.", "name": "Robin"})

    assert "varied by the program" in plain
    assert "It is yours to change" in plain
    assert "What would make it better" in plain
    assert "We have no translation" not in plain
    assert "What would make it better" not in own.get_data(as_text=True)


def test_whoever_reads_another_language_reads_the_letter_in_it_and_what_has_no_translation_is_said(
    app: Flask, session: Session
) -> None:
    robin, campaign, pages = add_robin(session)
    robin.language = "de"
    session.commit()
    client = app.test_client()

    bare = text_of(client, pages.act)
    campaign.translations.append(CampaignTranslation(language="de", parts=german(campaign).as_json()))
    session.commit()
    whole = client.post(pages.act, data={"demand": "1", "why": "Ich webe selbst", "country": "CA"}).get_data(
        as_text=True
    )

    assert "Geschrieben in der Sprache des Briefes (Englisch)" in bare
    assert "Auf Deutsch lesen" in bare
    assert "steht darin auf Englisch" in bare
    reading = bare.partition('class="reading"')[2]
    assert '<span lang="en">' in reading.partition("</article>")[0]
    sheet, _, reading = whole.partition('class="reading"')
    reading = reading.partition("</article>")[0]
    assert "let their families visit them" in sheet.partition('<article class="sheet" lang="en"')[2]
    assert "ihre Familien zu ihnen zu lassen" in reading
    assert "die Weber freizulassen" not in reading
    assert "Ich webe selbst." in reading
    assert "Kanada" in reading
    assert "steht darin auf Englisch" not in whole
    assert "Weber ohne Anklage in Haft</h1>" in whole


def test_an_addressee_is_written_to_in_their_language_once_the_case_is_translated(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    row = campaign.addressees[0]
    row.language, row.salutation, row.emails = "de", "Sehr geehrte Frau Ministerin,", ["ministerin@justiz.example"]
    session.commit()
    client = app.test_client()

    before = text_of(client, pages.act)
    campaign.translations.append(CampaignTranslation(language="de", parts=german(campaign).as_json()))
    session.commit()
    page = text_of(client, pages.act)

    assert '<article class="sheet" lang="en"' in before
    letter = page.partition('<article class="sheet" lang="de"')[2].partition("</article>")[0]
    assert "die Weber freizulassen" in letter
    assert "2. März 2026" in letter
    assert "Read it in English" in page
    assert "release the weavers" in page.partition('class="reading"')[2].partition("</article>")[0]
    assert "die%20Weber%20freizulassen" in page


def german(campaign: Campaign) -> Translation:
    """Return a whole translation of the factory's campaign."""
    original = campaign.original()
    words = {"title": "Weber ohne Anklage in Haft", "summary": "Elf Weber sind seit Januar ohne Anklage in Haft."}
    demands = ("die Weber freizulassen", "ihre Familien zu ihnen zu lassen")
    return Translation(
        "de",
        {name: Part.made(text, original.fields[name]) for name, text in words.items()},
        tuple(Part.made(text, demand) for text, demand in zip(demands, original.demands, strict=True)),
    )


@pytest.mark.parametrize(("outcome", "counted"), [("reached", 1), ("voicemail", 1), ("busy", 0)])
def test_a_call_counts_unless_nobody_answered(app: Flask, session: Session, outcome: str, counted: int) -> None:
    _robin, campaign, pages = add_robin(session)
    campaign.addressees[0].phones = ["(202) 555-0135"]
    session.commit()
    client = app.test_client()
    fields = {"addressee": campaign.addressees[0].id, "channel": "phone", "outcome": outcome}

    before = text_of(client, pages.act)
    answer = client.post(f"{pages.act}/sent", data=fields)
    after = text_of(client, answer.location)

    assert f'name="outcome" value="{outcome}"' in before
    assert '<ol class="copyable script"' in before
    assert [(row.channel, row.outcome) for row in session.scalars(select(Action))] == [
        (Channel.PHONE, outcome)
    ] * counted
    counts = {key: number for what, _blast, key, number in counting.count(session, campaign.id) if what == "called"}
    assert counts == ({outcome: 1} if counted else {})
    assert ("Nothing was counted" in after) == (counted == 0)


def test_a_model_letter_says_what_choosing_demands_is_still_for(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    campaign.phrasings.append(Phrasing(language="en", model_letter="The weavers must be free. I ask you to see to it."))
    session.commit()

    page = app.test_client().get(pages.act).text

    assert "The weavers must be free. I ask you to see to it." in page
    assert "counts for calls, short posts and copies" in page
