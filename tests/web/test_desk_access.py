"""Every desk route for every role: who may not enter sees what they would see where there is nothing."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from advocacy.domain.permissions import OrganiserRole, may
from advocacy.web.access import PUBLIC_MARK, STAFF_MARK
from tests.web.desks import Scene, add_organiser, set_scene, sign_in

OUR_OWN = "desk_"


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(OUR_OWN) and not hasattr(app.view_functions[rule.endpoint], PUBLIC_MARK):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def path_of(app: Flask, rule: Rule, scene: Scene, *, there: bool) -> str:
    draft_only = rule.endpoint.startswith(("desk_launch", "desk_review"))
    values: dict[str, object] = {
        "slug": (scene.draft if draft_only else scene.live).slug if there else "no-such-campaign",
        "blast_id": scene.blast.id if there else 999_999,
        "uid": scene.supporter.uid if there else "0" * 32,
        "import_uid": scene.import_.uid if there else "0" * 32,
        "language": "fr",
        "export_uid": scene.export.uid if there else "0" * 32,
        "tagging_uid": scene.tagging.uid if there else "0" * 32,
        "session_id": 999_999,
        "person_id": scene.colleague.id if there else 999_999,
        "entry_id": scene.entry.id if there else 999_999,
        "turn": "back",
        "start": "copy",
        "embassy_id": scene.embassy.id if there else 999_999,
        "step": "undo",
        "no": 1,
        "rule": "launch",
        "act": "pause",
        "way": "in",
        "key": "people",
    }
    with app.test_request_context():
        return str(
            app.url_map.bind("advocacy.test").build(rule.endpoint, {name: values[name] for name in rule.arguments})
        )


def test_each_desk_route_says_who_may_enter(app: Flask) -> None:
    found = list(routes(app))

    assert len(found) > 40
    assert all(hasattr(app.view_functions[rule.endpoint], STAFF_MARK) for rule, _ in found)


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), app.test_client()

    for rule, method in routes(app):
        answer = client.open(path_of(app, rule, scene, there=True), method=method)
        assert answer.status_code == 302, f"{method} {rule}"
        assert answer.headers["Location"].startswith("/desk/sign-in"), f"{method} {rule}"


@pytest.mark.parametrize("role", list(OrganiserRole), ids=str)
def test_a_role_enters_where_its_permissions_say_and_nowhere_else(
    app: Flask, session: Session, role: OrganiserRole
) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, role))

    for rule, method in routes(app):
        permission = getattr(app.view_functions[rule.endpoint], STAFF_MARK)
        answer = client.open(path_of(app, rule, scene, there=True), method=method)
        if may(role, permission):
            assert answer.status_code < 500, f"{method} {rule}: {answer.status_code}"
            assert (method, answer.status_code) != ("GET", 404), f"{method} {rule}"
            assert "/desk/sign-in" not in answer.headers.get("Location", ""), f"{method} {rule}"
        else:
            assert answer.status_code == 404, f"{method} {rule}"
            absent = client.open(path_of(app, rule, scene, there=False), method=method)
            assert (absent.status_code, absent.data) == (answer.status_code, answer.data), f"{method} {rule}"


def test_every_form_of_the_desk_refuses_a_press_without_its_token(app: Flask, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.OWNER))

    posts = [rule for rule, method in routes(app) if method == "POST"]
    for rule in posts:
        answer = client.post(path_of(app, rule, scene, there=True))
        assert answer.status_code == 400, str(rule)
    assert len(posts) > 15


def test_no_page_of_the_desk_carries_inline_script_or_style(app: Flask, session: Session) -> None:
    scene, client = set_scene(session), sign_in(app, add_organiser(session, OrganiserRole.OWNER))

    for rule, method in routes(app):
        if method != "GET" or rule.endpoint in {
            "desk_launch.preview",
            "desk_blasts.mail",
            "desk_campaigns.picture",
            "desk_stall.sheets",
            "desk_dossier.show",
        }:
            continue
        page = client.get(path_of(app, rule, scene, there=True)).text
        assert "<style" not in page, str(rule)
        assert " style=" not in page, str(rule)
        assert "onclick" not in page, str(rule)


@pytest.mark.parametrize(
    "address",
    [
        "/desk/blasts/99999999999999999999999",
        "/desk/blasts/9999999999999999999",
        "/desk/campaigns/%00",
        "/desk/settings/audit?what=%00",
        "/a/%00",
    ],
)
def test_what_no_database_can_look_up_is_no_page(app: Flask, session: Session, address: str) -> None:
    owner = sign_in(app, add_organiser(session, OrganiserRole.OWNER))

    assert owner.get(address).status_code == 404


def test_a_number_that_is_none_filters_nothing(app: Flask, session: Session) -> None:
    owner = sign_in(app, add_organiser(session, OrganiserRole.OWNER))

    assert owner.get("/desk/settings/audit?before=99999999999999999999999").status_code == 200


def test_a_document_of_ten_megabytes_comes_in_through_the_form(app: Flask, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    owner = sign_in(app, add_organiser(session, OrganiserRole.OWNER))
    token = re.search(r'name="csrf_token" value="([^"]+)"', owner.get("/desk/campaigns/new").text)
    assert token is not None

    def status(client: FlaskClient, size: int) -> int:
        part = b'--x\r\nContent-Disposition: form-data; name="%s"'
        body = part % b"csrf_token" + b"\r\n\r\n" + str(token and token[1]).encode() + b"\r\n"
        body += part % b"file" + b'; filename="action.pdf"\r\n\r\nGIF8' + b" " * size + b"\r\n--x--\r\n"
        return client.post("/desk/campaigns/new", data=body, content_type="multipart/form-data; boundary=x").status_code

    assert status(owner, 9 * 1024 * 1024) == 422
    assert status(owner, 12 * 1024 * 1024) == 413
    assert status(app.test_client(), 9 * 1024 * 1024) == 413
