"""The desk's pages on the post between countries and on embassies."""

from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.permissions import OrganiserRole
from advocacy.models.blast import Blast
from advocacy.models.posting import Embassy, PostingEntry
from advocacy.operations import planning
from tests.conftest import NOON
from tests.web.desks import add_organiser, set_scene, sign_in

ENTRY = {"from_country": "CA", "to_country": "US", "working_days": "11", "source": "Canada Post, service alert", "dated": "2026-03-01", "why": "Strike"}  # fmt: skip


def test_an_entry_holds_is_taken_back_and_put_back(app: Flask, session: Session) -> None:
    client = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    page = "/desk/settings/post"

    assert client.post(page, data=ENTRY).status_code == 302

    row = session.scalars(select(PostingEntry)).one()
    assert (row.dated, row.why, row.actor[:10]) == (date(2026, 3, 1), "Strike", "organiser:")
    session.commit()
    assert "11 working days" in client.get(f"{page}?from=CA&to=US").text
    assert client.post(f"{page}/{row.id}/back").status_code == 302
    assert "6 working days, stamp for a letter abroad" in client.get(f"{page}?from=CA&to=US").text
    assert client.post(f"{page}/{row.id}/again").status_code == 302
    assert "11 working days, stamp for a letter abroad" in client.get(f"{page}?from=CA&to=US").text


def test_what_cannot_hold_is_refused_and_kept_on_the_form(app: Flask, session: Session) -> None:
    client = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))

    for wrong, said in (
        ({"working_days": ""}, "Say how many working days"),
        ({"working_days": "900"}, "Enter a number from 1 to 90."),
        ({"from_country": "", "to_country": ""}, "Say from where or to where"),
        ({"source": " "}, "Say who says so."),
        ({"dated": "2031-01-01"}, "today at the latest"),
    ):
        answer = client.post("/desk/settings/post", data=ENTRY | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="Strike"' in answer.text
    assert session.scalars(select(PostingEntry)).all() == []


def test_slower_post_plans_the_last_posting_day_anew(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.OWNER))
    planning.derive(
        session, scene.live, now=NOON, writer=app.extensions["advocacy.gateways"].mails, settings=app.extensions["advocacy.settings"]
    )  # fmt: skip
    session.commit()
    last_post = select(Blast.scheduled_at).where(Blast.campaign_id == scene.live.id, Blast.rule == "last-post")
    before = session.scalars(last_post).one()
    session.commit()

    assert client.post("/desk/settings/post", data=ENTRY).status_code == 302

    after = session.scalars(last_post.order_by(Blast.id.desc())).first()
    assert after is not None
    assert (before.date(), after.date()) == (date(2026, 3, 16), date(2026, 3, 13))


def test_embassies_are_added_changed_taken_off_and_put_back(app: Flask, session: Session) -> None:
    client = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    pages = "/desk/settings/embassies"
    typed = {
        "of_country": "US",
        "country": "CA",
        "for_countries": "ca, bs",
        "name": "Embassy <b>",
        "postal_lines": "1 Elm",
    }

    refused = client.post(f"{pages}/new", data=typed | {"for_countries": "us"})
    assert refused.status_code == 422
    assert "have no embassy of United States" in refused.text
    assert client.post(f"{pages}/new", data=typed).status_code == 302
    row = session.scalars(select(Embassy)).one()
    assert row.for_countries == ["BS", "CA"]
    session.commit()
    assert "Embassy &lt;b&gt;" in client.get(pages).text
    assert client.post(f"{pages}/{row.id}", data=typed | {"name": "Consulate"}).status_code == 302
    assert "Undo the last change" in client.get(pages).text
    assert client.post(f"{pages}/{row.id}/undo").status_code == 302
    assert "Consulate" not in client.get(pages).text.replace("Undone", "")
    assert client.post(f"{pages}/{row.id}/off").status_code == 302
    assert "Put back" in client.get(pages).text
    assert client.post(f"{pages}/{row.id}/undo").status_code == 302
    assert "Put back" not in client.get(pages).text
    assert client.get(f"{pages}/99").status_code == 404
