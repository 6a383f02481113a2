"""The append-only ledger: one JSON line for each accepted request, on disk before it is answered.

It is the judge of every test of sending: what stands here was taken, and nothing else was.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One accepted request. `people` are [address, custom arguments]; `fault` is the name of what then went wrong.

    `at` and `begun` are when it was accepted and when its first byte was read, in epoch seconds of the stand-in's
    clock. `put_off` marks a body that is kept aside and looked at after the run.
    """

    at: float
    begun: float
    message_id: str
    body_sha256: str
    people: list[tuple[str, dict[str, str]]]
    fault: str | None = None
    put_off: bool = False


class Ledger:
    """Writes to `path`, or keeps only counts when there is none. `bodies` beside it holds what is looked at later."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if path else None
        self._bodies = path.with_suffix(path.suffix + ".bodies") if path else None
        self.requests = 0
        self.people = 0

    def add(self, entry: Entry) -> None:
        line = json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            self.requests += 1
            self.people += len(entry.people)
            if self._file is not None:
                os.write(self._file, line)

    def put_off(self, number: str, body: bytes, *, at: float, begun: float, fault: str | None) -> None:
        """Keep a body aside: nothing but its length and hash is known of it until `kept_bodies` is read."""
        if self._bodies is None:
            raise ValueError("checks can only be put off with a ledger file")
        with self._lock, self._bodies.open("ab") as file:
            file.write(f"{number} {len(body)}\n".encode() + body)
        self.add(Entry(at, begun, number, hashlib.sha256(body).hexdigest(), [], fault, put_off=True))

    def kept_bodies(self) -> Iterator[tuple[str, bytes]]:
        """Yield (X-Message-Id, body) of everything put off."""
        if self._bodies is None or not self._bodies.exists():
            return
        with self._bodies.open("rb") as file:
            while head := file.readline():
                number, _, length = head.decode().strip().partition(" ")
                yield number, file.read(int(length))

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def read(path: Path) -> list[Entry]:
    """Return the entries of a ledger file; a last line cut by a crash is left out, as it was never answered."""
    entries = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        found = json.loads(line)
        found["people"] = [(address, arguments) for address, arguments in found["people"]]
        entries.append(Entry(**found))
    return entries
