"""The benchmark of sign-ups, in a small form: real forms to a real web process."""

import json

from click.testing import CliRunner

from advocacy.app import create_app
from advocacy.cli.bench import bench


def test_the_whole_form_is_measured_beside_the_smallest_sign_up() -> None:
    arguments = ["signup", "--sign-ups", "16", "--rounds", "1", "--database-url", "sqlite", "--json"]

    result = CliRunner().invoke(bench, arguments, obj=create_app)

    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert measured["ours"]["per_second"] > 0
    assert 0 < measured["ratio"] < 1
    assert measured["ours"]["cpu_ms"]["web"] > 0
