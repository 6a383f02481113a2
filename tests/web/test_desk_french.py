"""An organiser who reads French reads nothing in English: neither what the desk says nor what the layers within refuse."""

import html
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from advocacy.domain import complaints
from advocacy.domain.blast import BlastState
from advocacy.domain.permissions import OrganiserRole
from advocacy.web.desk import deeds
from tests.test_translations import ROOT, written
from tests.web.desks import Scene, add_organiser, set_scene, sign_in
from tests.web.test_desk_access import path_of, routes

_FIELD = re.compile(r"%\(\w+\)s")
_LEAST_WORDS = 3
_SEALED_COLUMNS = {"supporter.email", "supporter.name", "supporter.town"}
_IN_ENGLISH_ON_PURPOSE = {
    "desk_blasts.mail",
    "desk_launch.preview",
    "desk_campaigns.letters",
    "desk_stall.sheets",
}
"""Mails and letters of a campaign that is in English."""


@pytest.fixture
def scene(session: Session) -> Scene:
    return set_scene(session)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    owner = add_organiser(session, OrganiserRole.OWNER)
    owner.language = "fr"
    session.commit()
    client = sign_in(app, owner)
    with client.session_transaction() as kept:
        kept["desk_language"] = "fr"
    return client


@lru_cache
def _english() -> frozenset[str]:
    """The longest piece between the facts of each text of the desk, where it is long enough to be nobody's French."""
    found = set()
    for message in written("desk", "fr"):
        texts = zip(_each(message.id), _each(message.string), strict=False)
        for text, french in texts if message.id else ():
            piece = max(_FIELD.split(text.replace("%%", "%")), key=len).strip()
            if len(piece.split()) >= _LEAST_WORDS and piece not in french:
                found.add(piece)
    assert len(found) > 500
    return frozenset(found)


def _each(texts: object) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, list | tuple) else (str(texts),)


def _left_in_english(page: str) -> list[str]:
    shown = " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())
    return sorted(piece for piece in _english() if piece in shown)


def test_no_page_of_the_desk_speaks_english(app: Flask, client: FlaskClient, scene: Scene) -> None:
    looked_at = 0
    for rule, method in routes(app):
        if method != "GET" or rule.endpoint in _IN_ENGLISH_ON_PURPOSE:
            continue
        answer = client.get(path_of(app, rule, scene, there=True), follow_redirects=True)
        if answer.mimetype == "text/html":
            looked_at += 1
            assert _left_in_english(answer.text) == [], str(rule)
    assert looked_at > 30


def _refusals(scene: Scene) -> Iterator[tuple[str, dict[str, object], str]]:
    live, draft = f"/desk/campaigns/{scene.live.slug}", f"/desk/campaigns/{scene.draft.slug}"
    blast = f"/desk/blasts/{scene.blast.id}"
    yield "/desk/campaigns/new", {"text": "Too short."}, "presque pas de texte"
    yield "/desk/campaigns/blank", {"title": " "}, "Donnez-lui un titre"
    yield f"{draft}/close", {}, "est un brouillon"
    yield f"{live}/launch", {}, "a déjà été lancée"
    yield f"{live}/deadline", {"day": "2020-03-03", "do": "move"}, "mardi 3 mars 2020"
    yield f"{live}/deadline", {"day": "2099-03-03"}, "dans plus d’un an"
    yield f"{blast}/pause", {}, "Il ne peut pas être mis en pause"
    yield (
        f"{live}/cadence",
        {
            "days": "3",
            "reminder_time": "02:00",
            "last_day_time": "10:00",
            "cap_hours": "24",
            "quiet_start": "21:00",
            "quiet_end": "08:00",
        },
        "heures de silence",
    )
    yield "/desk/settings/people", {"email": "nobody", "role": "viewer"}, "pas une adresse électronique"
    yield "/desk/settings/post", {"from_country": "", "to_country": "", "working_days": "x"}, "Dites"
    yield "/desk/settings/embassies/new", {"name": "", "of_country": "", "country": ""}, "Dites de qui il s’agit"
    yield "/desk/settings/me/password", {"old": "x", "new": "short"}, "mot de passe"
    yield f"{blast}/again", {}, "ne peut pas être renvoyé"
    yield f"{blast}/held/1", {"decision": "leave"}, "n’est pas (ou plus) en doute"
    yield f"{live}/write", {"do": "look", "subject": "", "text": ""}, "Donnez-lui un objet"
    yield f"{live}/rehearse", {"supporters": "5"}, "répétition"
    yield f"{draft}/review", {"title": "", "addressee-0-emails": "nobody", "addressees": "1"}, "Donnez-lui un titre"
    yield f"/desk/supporters/imports/{scene.import_.uid}/begin", {}, "où et quand ces personnes ont donné leur accord"
    yield f"/desk/supporters/imports/{scene.import_.uid}/undo", {}, "ne peut pas être annulé"
    yield "/desk/supporters/tags", {"tag": ""}, "étiquette"
    yield f"{live}/stall", {"people": "0"}, "nombre de 1 à"


def test_what_is_refused_is_refused_in_french(client: FlaskClient, session: Session, scene: Scene) -> None:
    scene.blast.state = BlastState.COMPLETED
    session.commit()

    for address, form, told in _refusals(scene):
        answer = client.post(address, data=form, follow_redirects=True)
        assert told in html.unescape(answer.text), f"{address}: {answer.status_code}"
        assert _left_in_english(answer.text) == [], address


def test_a_reason_that_was_stored_is_told_in_french_too(client: FlaskClient, session: Session, scene: Scene) -> None:
    scene.blast.state, scene.blast.state_reason = BlastState.PAUSED, complaints.sentence(1_234, 56_789)
    session.commit()
    session.expire_all()

    page = html.unescape(client.get(f"/desk/blasts/{scene.blast.id}").text)

    assert str(scene.blast.state_reason).startswith("complaints: 1,234 of 56,789 people")
    assert "Plaintes\xa0: 1\u202f234 personnes sur 56\u202f789" in page
    assert _left_in_english(page) == []


def test_every_deed_that_the_audit_log_holds_has_a_name(app: Flask) -> None:
    heads = {what.partition(".")[0] for what in _deeds(app)}
    named = re.compile(rf'"((?:{"|".join(sorted(heads))})\.[a-z_]+)"')
    found = {
        what
        for path in (ROOT / "advocacy" / "operations").rglob("*.py")
        for what in named.findall(path.read_text(encoding="utf-8"))
    }

    assert found - set(_deeds(app)) - _SEALED_COLUMNS == set()


def _deeds(app: Flask) -> dict[str, str]:
    with app.test_request_context():
        return deeds.words()
