"""The engine as the tests of operations use it."""

import pytest
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from tests.running import Engine, Ledger, PlainWriter


@pytest.fixture
def running(session: Session, clock: SimulatedClock, settings: Settings) -> Engine:
    ledger = Ledger(clock)
    return Engine(session, Gateways(clock=clock, provider=ledger, mails=PlainWriter()), settings, clock, ledger)
