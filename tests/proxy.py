"""A small TCP proxy that stands between two programs and misbehaves when told to."""

import socket
import struct
import threading
import time
from contextlib import suppress
from enum import StrEnum


class Mode(StrEnum):
    """`HANG` takes everything and says nothing, as a half-open connection does; `CUT` closes, `RESET` does so rudely."""

    PASS = "pass"
    HANG = "hang"
    SLOW = "slow"
    CUT = "cut"
    RESET = "reset"


class Proxy:
    """Listens on `port`; `upstream` is the path of a Unix socket, or a port of this machine. Set `mode` at any time."""

    def __init__(self, upstream: str | int) -> None:
        self.mode = Mode.PASS
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, self._connected() as server:
            back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            back.start()
            self._pump(client, server)
            back.join()

    def _connected(self) -> socket.socket:
        if isinstance(self._upstream, int):
            return socket.create_connection(("127.0.0.1", self._upstream))
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(self._upstream)
        except OSError:
            line.close()  # Nobody is there: the broker is dead just now.
            raise
        return line

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        source.settimeout(0.1)
        with suppress(OSError):
            while not self._closed.is_set() and self.mode not in (Mode.CUT, Mode.RESET):
                try:
                    part = source.recv(64 if self.mode is Mode.SLOW else 65536)
                except TimeoutError:
                    continue
                while self.mode is Mode.HANG and not self._closed.is_set():
                    time.sleep(0.05)
                if not part:
                    break
                if self.mode is Mode.SLOW:
                    time.sleep(0.02)
                target.sendall(part)
        if self.mode is Mode.RESET:
            source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for line in (source, target):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
