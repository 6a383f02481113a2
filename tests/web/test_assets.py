"""Static files, and how long a browser keeps them."""

from flask import Flask, url_for


def test_the_address_of_a_file_carries_its_hash_and_may_be_kept_for_a_year(app: Flask) -> None:
    with app.test_request_context():
        address = url_for("static", filename="app.css")

    assert "?v=" in address
    with app.test_client().get(address) as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_address_without_a_hash_is_kept_for_minutes_only(app: Flask) -> None:
    with app.test_client().get("/static/app.css") as answer:
        assert "max-age=300" in answer.headers["Cache-Control"]


def test_a_file_that_is_not_there_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/static/../config.py").status_code == 404
