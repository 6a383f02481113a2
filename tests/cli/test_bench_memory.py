"""A worker's memory does not grow with the blast: the benchmark of 1,000,000 people in full; a small one shows that it measures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proving import FULL, say

pytestmark = [pytest.mark.proof, pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("workers")]

PEOPLE = 1_000_000 if FULL else 2_000
MOST_MB = 200


def test_a_worker_stays_small_and_flat() -> None:
    command = [str(Path(sys.executable).with_name("advocacy")), "bench", "blast", "--recipients", str(PEOPLE), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=1700)
    assert done.returncode == 0, done.stderr.decode()[-2000:]

    told = json.loads(done.stdout)
    say(f"{PEOPLE:,} people: worker processes peak at {told['peak_rss_mb']} MB, growth {told['growth']}")
    assert max(told["peak_rss_mb"]) < MOST_MB
    assert told["growth"] is None or told["growth"] < 1.25
