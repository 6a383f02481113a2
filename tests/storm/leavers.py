"""People who press “unsubscribe” in the middle of it all, and the moment at which each had the answer."""

import random
import threading
import time
from collections.abc import Iterable

import urllib3
from sqlalchemy import select

from advocacy.domain.links import Links
from advocacy.models.base import keys_of
from advocacy.models.supporter import Supporter
from tests.storm.arena import PROVIDER_TIMEOUT, Arena


class Leavers:
    """`answered` is when the answer was there, in epoch seconds of the shared clock, for each address that left."""

    def __init__(self, arena: Arena, seed: int) -> None:
        self._arena = arena
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.answered: dict[str, float] = {}

    def press(self, prefix: str, people: int, number: int) -> None:
        """Let so many of them press at once, while the clock runs as fast as ours and no faster.

        What began before the clock was last moved is over first: a worker reckons its request's end in true seconds.
        """
        time.sleep(PROVIDER_TIMEOUT)
        urls = self._urls(f"{prefix}{one:05}@example.org" for one in self._chance.sample(range(people), number))
        threads = [threading.Thread(target=self._press, args=(address, url)) for address, url in urls.items()]
        for thread in threads:
            thread.start()
            time.sleep(self._chance.uniform(0, 0.1))
        for thread in threads:
            thread.join()

    def late(self) -> list[str]:
        """Return who is in a request whose first byte was read after their answer."""
        taken = self._arena.double.taken()
        return [one.address for one in taken if one.begun > self.answered.get(one.address, float("inf"))]

    def _press(self, address: str, url: str) -> None:
        answer = urllib3.request("POST", url, body=b"List-Unsubscribe=One-Click", timeout=60.0, retries=False)
        if answer.status == 200:
            self.answered[address] = self._arena.clock.now().timestamp()

    def _urls(self, addresses: Iterable[str]) -> dict[str, str]:
        with self._arena.session() as session:
            keys = keys_of(session)
            links = Links(f"http://127.0.0.1:{self._arena.port}", keys)
            found: dict[str, str] = {}
            for address in addresses:
                key = keys.email_keys(address)[0]
                id_ = session.scalar(select(Supporter.id).where(Supporter.email_key == key))
                assert id_ is not None
                found[address] = links.unsubscribe(id_)
            return found
