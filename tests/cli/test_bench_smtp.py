"""The benchmark of SMTP, in a small form: every way sends, no line is long, ours is the faster by far."""

import json

from click.testing import CliRunner

from advocacy.cli.bench import bench


def test_ours_is_measured_beside_smtplib_and_the_bare_conversation() -> None:
    result = CliRunner().invoke(bench, ["smtp", "--messages", "400", "--json"])

    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert 0 < measured["longest_line"] <= 998
    assert measured["times_smtplib"] > 3, "a small run on a busy machine; the figures are in docs/performance.md"
    assert 0 < measured["of_raw"] < 1.2
