"""The benchmark of reports, in a small form: real posts to a real web process, applied to the same end."""

import json

from click.testing import CliRunner

from advocacy.app import create_app
from advocacy.cli.bench import bench


def test_events_are_taken_in_and_applied_to_the_same_end_in_two_orders() -> None:
    arguments = ["events", "--events", "600", "--database-url", "sqlite", "--json"]

    result = CliRunner().invoke(bench, arguments, obj=create_app)

    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert measured["same_end"] is True
    assert [run["kept"] for run in measured["orders"]] == [600, 600]
    for run in measured["orders"]:
        assert run["taken_in"]["per_second"] > 0
        assert run["applied"]["peak_rss_mb"][0] > 10
