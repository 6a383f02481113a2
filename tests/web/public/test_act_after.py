"""Where a mail's "I sent it" leads, and taking a press back."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.supporter import Action
from tests.conftest import NOON
from tests.web.desks import add_organiser, sign_in
from tests.web.public.people import add_robin, text_of


def test_a_mails_link_shows_every_way_and_a_press_tells_one(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    row = campaign.addressees[0]
    row.emails, row.phones = ["minister@justice.example"], ["(202) 555-0135"]
    session.commit()
    client = app.test_client()

    page = text_of(client, f"{pages.act}/sent")
    assert session.scalars(select(Action)).all() == []
    for label in ("By post", "By e-mail, from your own mailbox", "By phone"):
        assert label in page
    assert 'name="outcome" value="voicemail"' in page

    client.post(f"{pages.act}/sent", data={"addressee": row.id, "channel": "email"})
    told = text_of(client, f"{pages.act}/sent")
    assert 'aria-label="I sent it: By e-mail, from your own mailbox"' in page
    assert 'aria-label="I sent it: By e-mail, from your own mailbox"' not in told
    assert "You told us on Monday 2 March 2026" in told


def test_a_press_by_mistake_is_taken_back(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    client = app.test_client()
    way = {"addressee": campaign.addressees[0].id, "channel": "post"}
    client.post(f"{pages.act}/sent", data=way)
    assert f"{pages.act}/sent" in text_of(client, f"{pages.act}/thanks")

    answer = client.post(f"{pages.act}/unsent", data=way)
    client.post(f"{pages.act}/unsent", data=way)

    assert session.scalars(select(Action)).all() == []
    assert "You told us" not in text_of(client, answer.location)


def test_an_answer_is_told_on_the_page_and_read_on_the_desk_without_a_name(app: Flask, session: Session) -> None:
    _robin, campaign, pages = add_robin(session)
    number = campaign.addressees[0].id
    client = app.test_client()
    assert "You have told us of no letter" in text_of(client, f"{pages.act}/reply")
    client.post(f"{pages.act}/sent", data={"addressee": number, "channel": "post"})

    asked = client.post(f"{pages.act}/ask-later")
    assert "We ask you on Monday 23 March 2026, 10:00 (Toronto)" in text_of(client, asked.location)
    gone = client.post(f"{pages.act}/do-not-ask")
    assert "Ask me in three weeks" in text_of(client, gone.location)

    words = {f"kind-{number}": "its_own", f"text-{number}": "They <b>promise</b> to look."}
    kept = client.post(f"{pages.act}/reply", data=words)
    page = text_of(client, kept.location)
    too_long = client.post(f"{pages.act}/reply", data=words | {f"text-{number}": "a" * 2_001}).get_data(as_text=True)
    results = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER)).get(
        f"/desk/campaigns/{campaign.slug}/results"
    )
    viewed = sign_in(app, add_organiser(session, OrganiserRole.VIEWER)).get(f"/desk/campaigns/{campaign.slug}/results")

    assert "Kept, thank you" in page
    assert "They &lt;b&gt;promise&lt;/b&gt; to look." in page
    assert "Use 2000 characters at most." in too_long
    assert "They &lt;b&gt;promise&lt;/b&gt; to look." in results.get_data(as_text=True)
    assert "Robin" not in results.get_data(as_text=True)
    assert "promise" not in viewed.get_data(as_text=True)
    assert "An answer of its own" in viewed.get_data(as_text=True)


def test_a_second_letter_is_filled_from_the_first_and_says_so(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    _robin, campaign, pages = add_robin(session)
    number = campaign.addressees[0].id
    client = app.test_client()
    assert "This is my second letter" not in text_of(client, pages.act)
    client.post(f"{pages.act}/draft", data={"demand": "1", "why": "I weave."})
    client.post(f"{pages.act}/sent", data={"addressee": number, "channel": "post"})
    clock.set(NOON + timedelta(days=21))

    first = text_of(client, pages.act)
    second = text_of(client, f"{pages.act}?second=1")
    back = client.post(pages.act, data={"demand": "1", "second": "yes"}).get_data(as_text=True)
    paper = client.post(f"{pages.act}/letter.pdf?addressee={number}", data={"demand": "1", "second": "yes"})

    assert "This is my second letter" in first
    assert "2 March 2026" not in first.partition('<article class="sheet"')[2].partition("</article>")[0]
    for page in (second, back):
        letter = page.partition('<article class="sheet"')[2].partition("</article>")[0]
        assert "2 March 2026" in letter or "March 2, 2026" in letter
        assert "let their families visit them" in letter
        assert "release the weavers" not in letter
    assert "I weave." in second
    assert paper.status_code == 200
