"""The event webhook: kept once, answered 2xx only when kept, closed to everybody else."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.gateways.sendgrid_reports import SendGridReports
from advocacy.models.base import db
from advocacy.models.blast import Report
from tests.fakes import FakeProvider

KEY = generate_private_key(SECP256R1())
SHOWN = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
SIGNATURE, STAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"


@pytest.fixture
def app(settings: Settings, clock: SimulatedClock, provider: FakeProvider) -> Iterator[Flask]:
    app = create_app(settings, Gateways(clock=clock, provider=provider, reports=SendGridReports([SHOWN])))
    app.config.update(TESTING=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _post(client: FlaskClient, clock: SimulatedClock, body: bytes, **headers: str) -> TestResponse:
    stamp = str(int(clock.now().timestamp()))
    signature = base64.b64encode(KEY.sign(stamp.encode() + body, ECDSA(SHA256()))).decode()
    signed = {SIGNATURE: signature, STAMP: stamp, "Content-Type": "application/json;charset=utf-8"}
    return client.post("/hooks/sendgrid", data=body, headers=signed | headers)


def _body(*numbers: int, **changed: object) -> bytes:
    events = [
        {"event": "delivered", "email": f"p{n}@example.org", "timestamp": 1772452790 + n, "adv_mid": "dmid0000"}
        | {"adv_person": f"ref{n:05d}", "sg_message_id": f"abc.recvd.{n}.0"}
        | changed
        for n in numbers
    ]
    return json.dumps(events).encode() + b"\r\n"


def _kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Report)) or 0


def test_signed_events_are_kept_once_however_often_they_come(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    client = app.test_client()

    for copy in range(3):
        assert _post(client, clock, _body(1, 2, 3, sg_event_id=f"copy{copy}")).status_code == 204
    assert _post(client, clock, _body(3, 3, 4)).status_code == 204

    assert _kept(session) == 4
    report = session.scalars(select(Report).order_by(Report.id)).first()
    assert report is not None
    assert (report.public_id, report.person_ref, report.type) == ("dmid0000", "ref00001", "delivered")
    assert report.kept_at == clock.now()
    assert report.applied_at is None


def test_no_address_stands_in_the_table(app: Flask, session: Session, clock: SimulatedClock) -> None:
    _post(app.test_client(), clock, _body(1, event="bounce", type="bounce", reason="550 <p1@example.org> unknown"))

    (row,) = session.execute(select(Report.__table__)).all()
    assert b"p1@example" not in repr(tuple(row)).encode()
    keys = app.extensions["advocacy.keys"]
    assert row.suppression_key == keys.suppression_keys("p1@example.org")[0]


def test_an_unsigned_post_is_refused_before_it_is_read(app: Flask, session: Session, clock: SimulatedClock) -> None:
    client = app.test_client()

    assert client.post("/hooks/sendgrid", data=_body(1)).status_code == 403
    assert _post(client, clock, _body(1), **{SIGNATURE: "AAAA"}).status_code == 403
    assert _post(client, clock, _body(1), **{STAMP: "0"}).status_code == 403
    assert _kept(session) == 0


def test_a_post_signed_yesterday_is_taken_and_one_of_the_day_before_is_not(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    stamp = str(int((clock.now() - timedelta(hours=25)).timestamp()))
    body = _body(1)
    signature = base64.b64encode(KEY.sign(stamp.encode() + body, ECDSA(SHA256()))).decode()
    client, headers = app.test_client(), {SIGNATURE: signature, STAMP: stamp}

    assert client.post("/hooks/sendgrid", data=body, headers=headers).status_code == 204
    clock.sleep(2 * 3600)
    assert client.post("/hooks/sendgrid", data=body, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"[" + b" " * 1024 * 1024 + b"]", {}),
        (_body(1), {"Content-Encoding": "gzip"}),
        (b"[" + b"{}," * 30_000 + b"{}]", {}),
    ],
)
def test_too_much_at_once_is_refused(
    app: Flask, session: Session, clock: SimulatedClock, body: bytes, headers: dict[str, str]
) -> None:
    assert _post(app.test_client(), clock, body, **headers).status_code == 413
    assert _kept(session) == 0


@pytest.mark.parametrize("body", [b"[]", b"{}", b"no json", b'[{"Key":"event","Value":"x"}]'])
def test_a_signed_body_of_unknown_shape_is_kept_as_unknown(
    app: Flask, session: Session, clock: SimulatedClock, body: bytes
) -> None:
    assert _post(app.test_client(), clock, body).status_code == 204

    assert session.scalars(select(Report.type)).all() == ["unknown"]


def test_where_no_provider_reports_there_is_no_webhook(settings: Settings, clock: SimulatedClock) -> None:
    app = create_app(settings, Gateways(clock=clock, provider=FakeProvider()))

    assert app.test_client().post("/hooks/sendgrid", data=b"[]").status_code == 404
