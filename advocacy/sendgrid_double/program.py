"""Starting and stopping the stand-in."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from advocacy.sendgrid_double.account import ALL_SCOPES, REAL_KEY, Account
from advocacy.sendgrid_double.disorder import Disorder
from advocacy.sendgrid_double.fates import SAYS as FATES
from advocacy.sendgrid_double.faults import Faults, add, from_file, shares
from advocacy.sendgrid_double.ledger import Ledger
from advocacy.sendgrid_double.pace import Pace
from advocacy.sendgrid_double.posting import Poster
from advocacy.sendgrid_double.server import Server
from advocacy.sendgrid_double.switches import Switches
from advocacy.sendgrid_double.taking import Checks, Desk


@dataclass(frozen=True)
class Options:
    """What the command line says. `key_file` keeps the signing key over restarts; `webhook` is where events go.

    `rates`, `script` and `fates` are words like `429x20=0.01`, `3=stall` and `bounce=0.02`; without `scopes`, the keys
    may do everything; without `credits`, there is no end of them.
    """

    port: int = 0
    ledger: Path | None = None
    faults: Path | None = None
    rates: tuple[str, ...] = ()
    script: tuple[str, ...] = ()
    fates: tuple[str, ...] = ()
    webhook: str = ""
    api_keys: tuple[str, ...] = ("SG.double",)
    senders: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    credits: int | None = None
    key_file: Path | None = None
    speed: float = 1.0
    clock_offset_file: Path | None = None
    checks: Checks = Checks.ALL
    sample: int = 20
    keep: int = 5000
    seed: int = 0
    disorder: Disorder = field(default_factory=Disorder)
    switches: Switches = field(default_factory=Switches)


def build(options: Options) -> Server:
    """Put the parts together. Raises ValueError for a key of the real service, or for a word or file not understood."""
    if any(REAL_KEY.fullmatch(key) for key in options.api_keys):
        raise ValueError("this looks like a real SendGrid key; the stand-in must never know one")
    if unknown := set(options.scopes) - ALL_SCOPES:
        raise ValueError(f"not a scope the stand-in knows: {', '.join(sorted(unknown))}")
    account = Account(
        keys={key: set(options.scopes or ALL_SCOPES) for key in options.api_keys},
        credits=options.credits,
        switches=options.switches,
    )
    if options.senders:
        account.senders = {one.lower() for one in options.senders}
    if options.checks is Checks.LATER and options.ledger is None:
        raise ValueError("checks can only be put off with a ledger file")
    pace = Pace(speed=options.speed, offset_file=options.clock_offset_file)
    poster = Poster(options.webhook, account, pace, options.disorder, seed=options.seed)
    if options.key_file is not None:
        poster.key = _kept_key(options.key_file)
    faults = from_file(options.faults) if options.faults else Faults(seed=options.seed)
    add(faults, options.rates, options.script)
    desk = Desk(
        account,
        Ledger(options.ledger),
        poster,
        pace,
        shares=shares(options.fates, FATES, "fates"),
        checks=options.checks,
        sample=options.sample,
        keep=options.keep,
        seed=options.seed,
    )
    return Server(desk, faults, pace, port=options.port)


def run(options: Options, say: Callable[[str], None]) -> dict[str, object]:
    """Serve until SIGINT or SIGTERM; return the figures of the run."""
    return asyncio.run(_serve(build(options), say))


async def _serve(server: Server, say: Callable[[str], None]) -> dict[str, object]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await server.start()
    server.desk.poster.start()
    say(f"The stand-in for SendGrid listens: {server.url}")
    say(f"SENDGRID_WEBHOOK_KEY={server.desk.poster.public_key}")
    await stop.wait()
    await server.stop()
    server.desk.poster.stop()
    server.desk.settle()
    server.desk.ledger.close()
    return server.status()


def _kept_key(path: Path) -> EllipticCurvePrivateKey:
    if not path.exists():
        key = generate_private_key(SECP256R1())
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    found = load_pem_private_key(path.read_bytes(), None)
    if isinstance(found, EllipticCurvePrivateKey):
        return found
    raise ValueError(f"{path.name} holds no key of the right kind")
