"""An organiser words a campaign's letters, looks at them, and saves."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.permissions import OrganiserRole
from advocacy.models.campaign import CampaignTranslation, Phrasing
from advocacy.models.installation import AuditEntry
from tests.web.desks import add_organiser, set_scene, sign_in
from tests.web.public.test_act_telling import german


def test_own_words_are_looked_at_saved_and_used_in_every_letter(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    slug = scene.live.slug
    session.commit()
    page = f"/desk/campaigns/{slug}/letters/words"
    typed = {"opening": "Eleven weavers bring me to my desk.\r\n", "locked": "opening"}

    looked = client.post(page, data=typed | {"look": "1"})
    assert looked.text.count("<p>Eleven weavers bring me to my desk.") == 3
    assert "Nothing is saved yet" in looked.text
    assert session.scalars(select(Phrasing)).all() == []
    session.commit()

    assert client.post(page, data=typed).status_code == 302

    letters = client.get(f"/desk/campaigns/{slug}/letters").text
    assert letters.count("<p>Eleven weavers bring me to my desk.") == 10
    told = session.scalars(select(AuditEntry).where(AuditEntry.what == "phrasings.save")).one()
    assert told.details == {"language": "en", "parts": ["opening"], "locked": ["opening"], "model_letter": False}
    session.commit()

    assert client.post(page, data={"opening": "", "model": ""}).status_code == 302
    assert session.scalars(select(Phrasing)).all() == []


def test_a_faulty_phrasing_is_refused_with_its_place_marked_and_kept_on_the_form(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    slug = scene.live.slug
    session.commit()

    answer = client.post(
        f"/desk/campaigns/{slug}/letters/words",
        data={"opening": "I write to you.\nI write from {town} <b>now</b>.", "model": "Dear Minister,\n\nPlease."},
    )

    assert answer.status_code == 422
    assert '<mark class="mend">{town}</mark> &lt;b&gt;now' in answer.text
    assert "Line 2: unknown slot {town}." in answer.text
    assert "Leave out the salutation “Dear Minister,”" in answer.text
    assert "I write from {town} &lt;b&gt;now&lt;/b&gt;." in answer.text
    assert session.scalars(select(Phrasing)).all() == []


def test_a_viewer_reads_and_cannot_save(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.VIEWER))
    slug = scene.live.slug
    session.commit()
    page = f"/desk/campaigns/{slug}/letters/words"

    assert ">Save</button>" not in client.get(page).text
    assert client.post(page, data={"opening": "I write to you."}).status_code == 404


def test_a_translated_campaign_has_words_for_each_of_its_languages(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    scene.live.translations.append(CampaignTranslation(language="de", parts=german(scene.live).as_json()))
    scene.live.addressees[0].language = "de"
    slug = scene.live.slug
    session.commit()
    page = f"/desk/campaigns/{slug}/letters/words"

    looked = client.post(page, data={"language": "de", "opening": "Elf Namen.", "locked": "opening", "look": "1"})
    assert looked.text.count("<p>Elf Namen.") == 3
    assert client.post(page, data={"language": "de", "opening": "Elf Namen."}).status_code == 302

    row = session.scalars(select(Phrasing)).one()
    assert (row.language, row.added) == ("de", {"opening": ["Elf Namen."]})
    assert "Elf Namen." not in client.get(page).text
    assert "Elf Namen." in client.get(f"{page}?language=de").text
