"""The stand-in for SendGrid as a process of its own: what it took is told by its ledger, not by us."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from advocacy.sendgrid_double.ledger import read

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Taken:
    """One mail the stand-in took: to whom, and when the first byte of its request was read (epoch seconds)."""

    address: str
    begun: float
    message_id: str


class DoubleProcess:
    """`faults` is what its file of faults holds; `offset` the file that moves its clock; its events go to `webhook`."""

    def __init__(self, folder: Path, *, webhook: str = "", offset: Path | None = None, **faults: Any) -> None:
        self.ledger = folder / "ledger.jsonl"
        told, said = folder / "faults.json", folder / "double.log"
        told.write_text(json.dumps(faults))
        command = [
            *(str(Path(sys.executable).with_name("advocacy")), "sendgrid-double", "--port", "0", "--speed", "10"),
            *("--ledger", str(self.ledger), "--faults", str(told), "--seed", str(faults.get("seed", 0))),
            *("--key-file", str(folder / "double.key"), "--checks", "all"),
        ]
        if webhook:
            command += ["--webhook", webhook]
        if offset is not None:
            command += ["--clock-offset-file", str(offset)]
        with said.open("wb") as file:
            self.process = subprocess.Popen(command, stderr=file, stdout=file, cwd=ROOT)
        self.url, self.key = self._listens(said)

    def environment(self) -> dict[str, str]:
        """Return the settings by which the product sends through it."""
        return {
            "MAIL_TRANSPORT": "sendgrid",
            "MAIL_FROM": "actions@example.org",
            "ORGANISATION_NAME": "Lantern",
            "ORGANISATION_ADDRESS": "1 Harbour Street, Halifax, Canada",
            "PUBLIC_URL": "http://advocacy.test",
            "SENDGRID_API_KEY": "SG.double",
            "SENDGRID_API_URL": self.url,
            "SENDGRID_WEBHOOK_KEY": self.key,
        }

    def taken(self, prefix: str = "") -> list[Taken]:
        """Return every mail it took for addresses that begin so, in the order in which it took them."""
        entries = read(self.ledger) if self.ledger.exists() else []
        return [
            Taken(address, entry.begun, entry.message_id)
            for entry in entries
            for address, _ in entry.people
            if address.startswith(prefix)
        ]

    def received(self, prefix: str = "") -> Counter[str]:
        """Return how many mails it took for each address that begins so: the judge of all proofs."""
        return Counter(one.address for one in self.taken(prefix))

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = urllib3.request("GET", f"{self.url}/double/status", timeout=10.0).json()
        return found

    def pull(self, lever: str) -> None:
        urllib3.request("POST", f"{self.url}/double/{lever}", timeout=30.0, redirect=False)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def _listens(self, said: Path) -> tuple[str, str]:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            words = said.read_text(encoding="utf-8")
            url, key = re.search(r"listens: (\S+)\n", words), re.search(r"WEBHOOK_KEY=(\S+)\n", words)
            if url and key:
                return url[1].rstrip("/"), key[1]
            time.sleep(0.05)
        raise AssertionError(f"the stand-in did not start: {words}")
