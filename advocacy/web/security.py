"""Organisers' sign-in: Flask-Security, with argon2 and TOTP, under /desk."""

from flask import Flask
from flask_security import Security, SQLAlchemySessionUserDatastore

from advocacy.domain.keys import Purpose
from advocacy.models.base import db
from advocacy.models.organiser import Organiser, Passkey, Role


def register(app: Flask) -> None:
    current = app.extensions["advocacy.keys"].current
    secure = app.extensions["advocacy.settings"].secure_cookies
    app.config.update(
        SECRET_KEY=current.derive(Purpose.SESSION).hex(),
        SECURITY_PASSWORD_SALT=current.derive(Purpose.FORM).hex(),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the scheme
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_URL_PREFIX="/desk",
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/desk/",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_REGISTERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_MAIL="",
        SECURITY_TOTP_SECRETS={"1": current.derive(Purpose.FORM).hex()},
        SECURITY_TOTP_ISSUER="Advocacy",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_USE_REGISTER_V2=True,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    datastore = SQLAlchemySessionUserDatastore(db.session, Organiser, Role, Passkey)
    Security(app, datastore, register_blueprint=True)
