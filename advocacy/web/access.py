"""Who may enter: every endpoint is guarded by one of these, or stands in `PUBLIC`."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.domain.permissions import Permission
from advocacy.gateways import current

P = ParamSpec("P")
Route = Callable[P, ResponseReturnValue]
F = TypeVar("F")

FRESH_FOR = timedelta(minutes=10)
_GIVEN_AT = "fs_paa"
"""Where the session keeps when the password was last given."""

STAFF_MARK = "_advocacy_permission"
PUBLIC_MARK = "_advocacy_public"


def staff(permission: Permission) -> Callable[[Route[P]], Route[P]]:
    """Let in organisers whose role has this permission; everyone else is sent to sign in, or sees nothing there."""

    def guard(route: Route[P]) -> Route[P]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                abort(401)
            if not current_user.may(permission):
                abort(404)
            if any("\0" in value for _name, value in request.form.items(multi=True)):
                abort(400)  # No text of ours holds one, and PostgreSQL takes none.
            return route(*args, **kwargs)

        setattr(guarded, STAFF_MARK, permission)
        return guarded

    return guard


def public(route: Route[P]) -> Route[P]:
    """Say aloud that anyone may enter: a test refuses an endpoint that says nothing."""
    setattr(route, PUBLIC_MARK, True)
    return route


def fresh(route: Route[P]) -> Route[P]:
    """Ask for the password again where it was given more than ten minutes ago. Stands below `staff`."""

    @wraps(route)
    def asked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        given = session.get(_GIVEN_AT)
        if given is None or abs(current().clock.now().timestamp() - given) > FRESH_FOR.total_seconds():
            return redirect(url_for("security.verify", next=request.full_path.rstrip("?")))
        return route(*args, **kwargs)

    return asked
