"""Every endpoint says who may enter; every unsafe one is protected against forged forms."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from advocacy.web import CSRF_EXEMPT
from advocacy.web.access import PUBLIC_MARK, STAFF_MARK

NOT_OURS = ("static", "security.", "flask_security")
"""Flask's own files, and the sign-in pages, which guard themselves."""


def ours(app: Flask) -> dict[str, Callable[..., Any]]:
    return {name: view for name, view in app.view_functions.items() if not name.startswith(NOT_OURS)}


def test_every_endpoint_is_guarded_or_says_aloud_that_it_is_public(app: Flask) -> None:
    silent = [
        name for name, view in ours(app).items() if not (hasattr(view, STAFF_MARK) or getattr(view, PUBLIC_MARK, False))
    ]

    assert silent == []


def test_every_page_of_the_desk_is_for_organisers(app: Flask) -> None:
    open_ = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk")
        and rule.endpoint in ours(app)
        and not hasattr(app.view_functions[rule.endpoint], STAFF_MARK)
        and not rule.rule.startswith("/desk/enter/")
    ]

    assert open_ == []


def test_what_needs_no_form_token_is_named_and_exists(app: Flask) -> None:
    assert [name for name in CSRF_EXEMPT if name not in app.view_functions] == []


def test_no_get_shares_its_function_with_a_post(app: Flask) -> None:
    """A link in a mail never changes anything: reading and acting are two functions."""
    both = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint in ours(app) and {"GET", "POST"} <= (rule.methods or set())
    ]

    assert both == []


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing-here", "/desk"])
def test_every_answer_carries_the_security_headers(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
