"""Errors to status codes and pages: the only module that knows both."""

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.exceptions import HTTPException

from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.models.base import db
from advocacy.web.sentences import say


def register(app: Flask) -> None:
    app.register_error_handler(InvalidError, lambda error: _page(422, say(error)))
    app.register_error_handler(ConflictError, lambda error: _page(409, say(error)))
    app.register_error_handler(NotFoundError, lambda error: _page(404, say(error)))
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(NoConnectionError, _database)
    app.register_error_handler(401, _sign_in)
    app.register_error_handler(HTTPException, _http)


def _sign_in(_error: HTTPException) -> ResponseReturnValue:
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(
        400, _("This form was open for too long or came from somewhere else. Go back, reload the page and press again.")
    )


def _database(_error: DBAPIError | NoConnectionError) -> ResponseReturnValue:
    db.session.rollback()
    body, status = _page(
        503, _("The database does not answer right now. Nothing was changed. Please try again in a minute.")
    )
    return body, status, {"Retry-After": "30"}


def _http(error: HTTPException) -> ResponseReturnValue:
    told = {
        404: _("There is no page here. The address may be incomplete; copy it whole from the mail."),
        405: _("This page cannot be used that way."),
        413: _("That is larger than we can take."),
        429: _("That was many times in a short while. Please wait a few minutes and try again."),
    }
    body, status = _page(error.code or 500, told.get(error.code or 500, error.description or error.name))
    headers = {"Retry-After": "60"} if status == 429 else {}
    return body, status, headers


def _page(status: int, message: str) -> tuple[str, int]:
    return render_template("errors/error.html", status=status, message=message), status
