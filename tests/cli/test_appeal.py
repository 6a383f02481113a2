"""`advocacy appeal`: the letter a supporter with these details gets."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from advocacy import cli
from tests.factories import add_campaign


@pytest.fixture
def slug(session: Session) -> str:
    campaign = add_campaign(session)
    campaign.addressees[0].emails = ["minister@example.org"]
    campaign.addressees[0].phones = ["(202) 555-0143"]
    name = campaign.slug
    session.commit()
    return name


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(cli.advocacy, ["appeal", *words], obj=lambda: app)


def letters(app: Flask, *words: str) -> list[dict[str, Any]]:
    result = run(app, *words, "--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_it_prints_each_way_with_its_text_and_links(app: Flask, slug: str) -> None:
    (one,) = letters(app, slug, "--name", "Robin", "--city", "Halifax", "--country", "ca")

    assert [way["channel"] for way in one["ways"]] == ["post", "email", "phone"]
    post, email, phone = one["ways"]
    assert "Robin\nHalifax, Canada" in post["text"]
    assert email["links"]["mailto"].startswith("mailto:minister@example.org?subject=")
    assert phone["links"] == {"(202) 555-0143": "tel:+1-202-555-0143"}


def test_one_way_and_one_demand_can_be_chosen(app: Flask, slug: str) -> None:
    (one,) = letters(app, slug, "--channel", "post", "--demand", "2", "--why", "I weave")

    (way,) = one["ways"]
    assert "let their families visit them" in way["text"]
    assert "release the weavers" not in way["text"]
    assert "I weave." in way["text"]


def test_the_same_seed_gives_the_same_letter(app: Flask, slug: str) -> None:
    assert letters(app, slug, "--seed", "7") == letters(app, slug, "--seed", "7")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--demand", "3"), "There is no demand 3"),
        (("--country", "Canada"), "no country"),
        (("--language", "fr"), "The demands of this campaign are in “en”"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(app: Flask, slug: str, words: tuple[str, ...], why: str) -> None:
    result = run(app, slug, *words)

    assert result.exit_code == 1
    assert why in result.stderr


def test_a_campaign_that_is_not_there_is_refused(app: Flask) -> None:
    assert run(app, "nothing").exit_code == 1
