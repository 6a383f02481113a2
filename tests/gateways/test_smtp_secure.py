"""SMTP with TLS and a password, against a server that has a certificate and demands the password."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from advocacy.domain.handover import Accepted, Blocked, NotSent
from advocacy.gateways.clock import SystemClock
from advocacy.gateways.smtp import Smtp
from tests.gateways.requests_to_send import a_person, a_request

CLOCK = SystemClock()
GOOD = base64.b64encode(b"\0relay\0pass word").decode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost and its key in one file, signed by itself."""
    key, name = generate_private_key(SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251 - TLS looks at the machine's own clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@dataclass
class Relay:
    """`secure` speaks TLS from the first byte, `offers` says what it can do before and after STARTTLS."""

    context: ssl.SSLContext
    secure: bool
    offers: str
    port: int = 0
    heard: list[tuple[bool, str]] = field(default_factory=list)


class _Talk(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        relay: Relay = self.server.relay  # type: ignore[attr-defined]
        self.relay, self.wire, self.encrypted, self.signed_in = relay, self.request, False, False
        try:
            if relay.secure:
                self._encrypt()
            self._say("220 relay")
            while line := self.lines.readline():
                said = line.decode().strip()
                relay.heard.append((self.encrypted, said))
                self._answer(said.split(":")[0].split(" ")[0].upper(), said)
        except OSError:
            return  # The client did not believe the certificate, or hung up.

    def _answer(self, word: str, said: str) -> None:
        if word == "AUTH":
            self.signed_in = self.encrypted and said == f"AUTH PLAIN {GOOD}"
        offers = "AUTH PLAIN LOGIN" if self.encrypted else self.relay.offers
        self._say({
            "EHLO": f"250-relay\r\n250-PIPELINING\r\n250 {offers}",
            "STARTTLS": "220 go on",
            "AUTH": "235 welcome" if self.signed_in else "535 5.7.8 wrong password",
            "MAIL": "250 ok" if self.signed_in else "530 5.7.0 sign in first",
            "DATA": "354 go on",
        }.get(word, "250 ok"))  # fmt: skip
        if word == "STARTTLS":
            self._encrypt()
        elif word == "DATA":
            while self.lines.readline() not in (b".\r\n", b""):
                pass
            self._say("250 2.0.0 queued")

    def setup(self) -> None:
        self.lines = self.request.makefile("rb")

    def finish(self) -> None:
        self.lines.close()
        self.wire.close()

    def _encrypt(self) -> None:
        self.lines.close()
        self.wire, self.encrypted = self.relay.context.wrap_socket(self.request, server_side=True), True
        self.lines = self.wire.makefile("rb")

    def _say(self, answer: str) -> None:
        self.wire.sendall(answer.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def relay_with(certificate: Path, *, secure: bool = False, offers: str = "STARTTLS") -> Iterator[Relay]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    relay = Relay(context, secure, offers)
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.relay = relay  # type: ignore[attr-defined]
        relay.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield relay
        server.shutdown()


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_password_and_the_mail_travel_encrypted(certificate: Path, scheme: str) -> None:
    with relay_with(certificate, secure=scheme == "smtps") as relay:
        url = f"{scheme}://relay:pass%20word@localhost:{relay.port}"
        with closing(Smtp(url, CLOCK, trusting(certificate))) as gateway:
            assert gateway.prepare() is None
            outcomes = gateway.deliver(a_request(a_person(1), a_person(2)), not_after=CLOCK.boottime() + 5)

        assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
        in_the_clear = [said for encrypted, said in relay.heard if not encrypted]
        assert [said.split(" ")[0].upper() for said in in_the_clear] == (
            [] if scheme == "smtps" else ["EHLO", "STARTTLS"]
        )
        assert (True, f"AUTH PLAIN {GOOD}") in relay.heard


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_of_somebody_else_is_not_believed(certificate: Path, scheme: str) -> None:
    with relay_with(certificate, secure=scheme == "smtps") as relay:
        nobody = Smtp(f"{scheme}://relay:pass%20word@localhost:{relay.port}", CLOCK)
        other_name = Smtp(f"{scheme}://relay:pass%20word@127.0.0.1:{relay.port}", CLOCK, trusting(certificate))

        for gateway in (nobody, other_name):
            assert isinstance(gateway.prepare(), NotSent)
        assert not [said for _, said in relay.heard if said.startswith(("AUTH", "MAIL"))]


def test_a_wrong_password_blocks_the_account(certificate: Path) -> None:
    with relay_with(certificate) as relay:
        url = f"smtp://relay:wrong@localhost:{relay.port}"
        with closing(Smtp(url, CLOCK, trusting(certificate))) as gateway:
            assert gateway.prepare() is None
            outcome = gateway.hand_over(a_request(), not_after=CLOCK.boottime() + 5)

    assert isinstance(outcome, Blocked)
    assert "password" in outcome.reason


def test_without_tls_the_password_stays_here_whatever_the_server_offers(certificate: Path) -> None:
    with relay_with(certificate, offers="AUTH PLAIN LOGIN") as relay:
        gateway = Smtp(f"smtp://relay:pass%20word@localhost:{relay.port}", CLOCK, trusting(certificate))

        assert isinstance(gateway.prepare(), NotSent)
        assert not [said for _, said in relay.heard if said.startswith("AUTH")]
