"""The benchmark of letters counts what the numbers of the product are about."""

import json

from flask import Flask
from sqlalchemy.orm import Session

from advocacy.cli.bench import bench
from tests.factories import add_campaign


def test_letters_are_measured_in_each_tone(app: Flask, session: Session) -> None:
    slug = add_campaign(session).slug
    session.commit()

    result = app.test_cli_runner().invoke(
        bench, ["appeals", slug, "--letters", "300", "--pdfs", "2", "--json"], obj=lambda: app
    )

    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert set(measured["tones"]) == {"formal", "warm", "brief"}
    for tone in measured["tones"].values():
        assert (tone["equal"], tone["missing"], tone["leftovers"]) == (0, 0, 0)
        assert 0 < tone["floor"] < tone["median"] <= tone["p95"] < 1
        assert tone["letters_per_second"] > 0
    assert measured["pdfs_per_second"] > 0


def test_a_campaign_that_is_not_there_is_refused(app: Flask) -> None:
    result = app.test_cli_runner().invoke(bench, ["appeals", "no-such-campaign"], obj=lambda: app)

    assert result.exit_code == 1
