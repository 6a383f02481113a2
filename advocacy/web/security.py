"""Organisers' sign-in: Flask-Security, with argon2 and TOTP, under /desk."""

from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, abort, g, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user, user_logged_out
from flask_security import Security, SQLAlchemySessionUserDatastore, user_authenticated
from flask_security.signals import wan_deleted, wan_registered

from advocacy.config import Settings
from advocacy.domain.keys import Keys, Purpose
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.organiser import Organiser, Passkey, Role
from advocacy.operations import audit, desk_sessions, organisers
from advocacy.web import access, locale, sign_in

_COOKIE = "desk_session"
_SIGN_OUT = "security.logout"


def register(app: Flask) -> None:
    settings: Settings = app.extensions["advocacy.settings"]
    keys = app.extensions["advocacy.keys"].current
    app.config.update(_names(), **_secrets(keys), **_cookies(settings))
    datastore = SQLAlchemySessionUserDatastore(db.session, Organiser, Role, Passkey)
    Security(
        app,
        datastore,
        register_blueprint=True,
        login_form=sign_in.SignInForm,
        verify_form=sign_in.AgainForm,
        two_factor_verify_code_form=sign_in.CodeForm,
        mf_recovery_form=sign_in.RecoveryForm,
        totp_cls=sign_in.OnceOnlyTotp,
        webauthn_util_cls=sign_in.PasskeyRules,
    )
    app.login_manager.request_loader(_no_token)  # type: ignore[attr-defined]
    app.view_functions["security.two_factor_rescue"] = _nowhere
    user_authenticated.connect(_begin_session, app)
    user_logged_out.connect(_end_sessions, app)
    wan_registered.connect(_note_passkey, app)
    wan_deleted.connect(_note_passkey_gone, app)
    app.before_request(_know_session)
    app.after_request(_forget)


def _no_token(_request: Request) -> None:
    """Let nobody in by a token in a header, an address or a body: the library would parse every JSON body for it,
    those of unsigned posts to the webhook too."""


def _names() -> dict[str, Any]:
    return {
        "SECURITY_URL_PREFIX": "/desk",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_VERIFY_URL": "/sign-in/again",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/settings/two-factor",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/settings/recovery-codes",
        "SECURITY_POST_LOGIN_VIEW": "/desk/",
        "SECURITY_POST_LOGOUT_VIEW": "/desk/sign-in",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/desk/settings/me",
        "SECURITY_TWO_FACTOR_ERROR_VIEW": "/desk/sign-in",
        "SECURITY_LOGIN_USER_TEMPLATE": "desk/sign_in/sign_in.html",
        "SECURITY_VERIFY_TEMPLATE": "desk/sign_in/again.html",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "desk/sign_in/code.html",
        "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "desk/sign_in/two_factor.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "desk/sign_in/recovery.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "desk/sign_in/recovery_codes.html",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": organisers.SHORTEST_PASSWORD,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_MAIL": "",
        "SECURITY_TOTP_ISSUER": "Advocacy",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "Advocacy",
        "SECURITY_WAN_REGISTER_URL": "/settings/passkeys",
        "SECURITY_WAN_DELETE_URL": "/settings/passkeys/remove",
        "SECURITY_WAN_SIGNIN_URL": "/sign-in/passkey",
        "SECURITY_WAN_VERIFY_URL": "/sign-in/again/passkey",
        "SECURITY_WAN_REGISTER_TEMPLATE": "desk/sign_in/passkeys.html",
        "SECURITY_WAN_SIGNIN_TEMPLATE": "desk/sign_in/passkey.html",
        "SECURITY_WAN_VERIFY_TEMPLATE": "desk/sign_in/passkey.html",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_FRESHNESS": access.FRESH_FOR,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(),
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_MSG_LOGIN": ("You are signed in.", "good"),
    }


def _secrets(keys: Keys) -> dict[str, Any]:
    form = keys.derive(Purpose.FORM).hex()
    return {
        "SECRET_KEY": keys.derive(Purpose.SESSION).hex(),
        "SECURITY_PASSWORD_SALT": form,
        "SECURITY_TOTP_SECRETS": {"1": form},
    }


def _cookies(settings: Settings) -> dict[str, Any]:
    secure = settings.secure_cookies
    return {
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _nowhere() -> ResponseReturnValue:
    """Nobody is rescued by mail: recovery codes are for that, and an owner's reset."""
    abort(404)


def this_session() -> int | None:
    """Return the id of the session in which this request is made, None when nobody is signed in."""
    found: int | None = g.get(_COOKIE)
    return found


def _begin_session(_app: Flask, user: object, **_: object) -> None:
    if isinstance(user, Organiser):
        now, agent = current().clock.now(), request.headers.get("User-Agent", "")[:500]
        if user.language:
            session[locale.COOKIE] = user.language
        session[_COOKIE] = desk_sessions.begin(db.session(), user, user_agent=agent, now=now)


def _end_sessions(_app: Flask, user: object, **_: object) -> None:
    """Signing out ends every session of this person, so that a copied cookie dies with it."""
    if request.endpoint == _SIGN_OUT and isinstance(user, Organiser):
        desk_sessions.end_all(db.session(), user, now=current().clock.now())


def _note_passkey(_app: Flask, user: Organiser, **_: object) -> None:
    _audited(user, "organiser.passkey_added")


def _note_passkey_gone(_app: Flask, user: Organiser, **_: object) -> None:
    _audited(user, "organiser.passkey_removed")


def _audited(user: Organiser, what: str) -> None:
    """In the transaction of the passkey itself, which the library commits once the request is answered."""
    me = f"organiser:{user.id}"
    audit.record(db.session(), actor=me, what=what, object_=me, now=current().clock.now())


def _know_session() -> None:
    """Let a request go on as somebody's only while their session does, whichever page it asks for."""
    if "_user_id" not in session or request.endpoint == "static" or not current_user.is_authenticated:
        return
    token = str(session.get(_COOKIE, ""))
    found = desk_sessions.find(db.session(), current_user.id, token, now=current().clock.now())
    if found is None:
        logout_user()
    setattr(g, _COOKIE, found)


def _forget(response: Response) -> Response:
    if request.endpoint == _SIGN_OUT:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
