"""The sign-in forms: Flask-Security's own, with failures counted by account in the database."""

from typing import Any

from flask_babel import gettext as _
from flask_security import Totp, UserMixin, WebauthnUtil
from flask_security.forms import LoginForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.recovery_codes import MfRecoveryForm
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.organiser import Organiser
from advocacy.operations import organisers


class SignInForm(LoginForm):
    """Address and password. Says the same whether the address is known or not, and counts both alike."""

    def validate(self, **kwargs: Any) -> bool:
        self.remember.data = False
        return _counted(
            self, self.email.data or "", organisers.PASSWORDS, lambda: super(SignInForm, self).validate(**kwargs)
        )


class AgainForm(VerifyForm):
    """The password once more, before something grave."""

    def validate(self, **kwargs: Any) -> bool:
        return _counted(self, self.user.email, organisers.PASSWORDS, lambda: super(AgainForm, self).validate(**kwargs))


class CodeForm(TwoFactorVerifyCodeForm):
    """The six figures. The count belongs to the account: signing in again does not reset it."""

    def validate(self, **kwargs: Any) -> bool:
        account = f"code:{self.user.id}" if isinstance(self.user, Organiser) else "code:"
        return _counted(self, account, organisers.CODES, lambda: super(CodeForm, self).validate(**kwargs))


class RecoveryForm(MfRecoveryForm):
    """A recovery code in place of the six figures; one count for both."""

    def validate(self, **kwargs: Any) -> bool:
        account = f"code:{self.user.id}" if isinstance(self.user, Organiser) else "code:"
        return _counted(self, account, organisers.CODES, lambda: super(RecoveryForm, self).validate(**kwargs))


class OnceOnlyTotp(Totp):
    """A code that was used is not good a second time (RFC 6238 section 5.2)."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        return user.tf_last_counter if isinstance(user, Organiser) else None

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        if isinstance(user, Organiser):
            user.tf_last_counter = tmatch.counter


class PasskeyRules(WebauthnUtil):
    """A passkey stands for password and second step together: so it must know its owner (by finger, face or PIN), and
    be found without an address being typed. Where it is kept, on this device or another, is the owner's choice."""

    def authenticator_selection(self, *_asked: object) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, *_asked: object) -> UserVerificationRequirement:
        return UserVerificationRequirement.REQUIRED


def _counted(form: Any, account: str, limit: organisers.Limit, judge: Any) -> bool:
    session, now = db.session(), current().clock.now()
    if organisers.too_many(session, account, limit, now):
        form.form_errors.append(
            _(
                "Too many wrong tries. Wait %(minutes)s minutes, then try again.",
                minutes=limit.within.seconds // 60 or 60,
            )
        )
        return False
    if judge():
        return True
    organisers.failed(session, account, now=now)
    return False
