"""A sign-up as small as it can be with the same parts: Flask, a validator of addresses, one Core INSERT.

What `advocacy bench signup` compares with, under the same server; nothing else uses it.
"""

import os
from time import time

from email_validator import EmailNotValidError, validate_email
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, create_engine, insert

_METADATA = MetaData()
_TABLE = Table(
    "plain_sign_up",
    _METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("email", String(320), nullable=False),
    Column("name", String(100)),
    Column("country", String(2)),
    Column("language", String(12)),
    Column("at", Integer),
)


def create_app() -> Flask:
    app = Flask(__name__)
    engine = create_engine(os.environ["DATABASE_URL"], pool_size=8)
    _METADATA.create_all(engine)

    @app.post("/join")
    def join() -> ResponseReturnValue:
        try:
            email = validate_email(request.form["email"], check_deliverability=False).normalized
        except EmailNotValidError:
            return "", 422
        row = {name: request.form.get(name) for name in ("name", "country", "language")}
        with engine.begin() as connection:
            connection.execute(insert(_TABLE), row | {"email": email, "at": int(time())})
        return redirect("/thanks", 303)

    return app
