"""The stand-in for SendGrid, running in a thread of the test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from advocacy.sendgrid_double.program import Options, build
from advocacy.sendgrid_double.server import Server


@contextmanager
def running_double(options: Options | None = None) -> Iterator[Server]:
    """Run a stand-in on a free port of this machine until the block ends."""
    server = build(options or Options())
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def serve() -> None:
        await server.start()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(asyncio.sleep(0.1))
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        server.desk.ledger.close()
