"""The register of proofs: one for each row of the contract's table."""

from collections.abc import Callable
from typing import Any

from advocacy.sendgrid_double.switches import Switches
from tests.sendgrid_double.desk import Double

Make = Callable[..., Double]
"""Makes a stand-in from options."""

Proof = Callable[[Make], None]
PROOFS: dict[str, Proof] = {}
DAY = 86400
HELD = "/v3/user/scheduled_sends"


def proves(name: str) -> Callable[[Proof], Proof]:
    def keep(proof: Proof) -> Proof:
        PROOFS[name] = proof
        return proof

    return keep


def switched(make: Make, body: dict[str, Any], **switch: bool) -> int:
    """Return the status of a body where a switch stands otherwise."""
    return make(switches=Switches(**switch)).send(body).status  # type: ignore[arg-type]
