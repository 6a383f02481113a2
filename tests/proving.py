"""How much of a proof runs: a small form in `make test`, the full one under ADVOCACY_PROVE=1 (`make prove`)."""

import os

FULL = os.environ.get("ADVOCACY_PROVE", "") == "1"


def seeds(full: int) -> list[int]:
    """Return the seeds of a proof: one in the small form; in full 1 to `full`, or those ADVOCACY_PROVE_SEEDS names ("3", "1-5")."""
    if not FULL:
        return [1]
    first, _, last = os.environ.get("ADVOCACY_PROVE_SEEDS", f"1-{full}").partition("-")
    return [seed for seed in range(int(first), int(last or first) + 1) if seed <= full]


def say(line: str) -> None:
    """Print a proof's figures, which `make prove` shows."""
    print(line, flush=True)  # noqa: T201 - the proof's figures
