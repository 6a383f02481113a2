"""Keys derived from one secret, and what they do: seal columns, hash addresses, sign links."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_KEY_ID = 4
_TAG = 20


class Purpose(StrEnum):
    """One derived key for each; a token of one purpose is refused for every other."""

    ACT = "act"
    ACT_MARK = "act_mark"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBE_MARK = "unsubscribe_mark"
    COLUMNS = "columns"
    EMAIL = "email_key"
    SUPPRESSION = "suppression_key"
    SESSION = "session"
    FORM = "form"
    PERSON = "person_ref"
    PERSON_BLOCK = "person_ref_block"
    AUDIT = "audit"
    SEED = "seed"
    ABUSE = "abuse"


class SealError(Exception):
    """A sealed value does not open: another key, another row, or altered bytes."""


class Keys:
    """What one secret gives, by HKDF-SHA256 (RFC 5869) with the purpose as its info."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._derived: dict[Purpose, bytes] = {}

    def derive(self, purpose: Purpose) -> bytes:
        """Return the 32 bytes for this purpose."""
        if purpose not in self._derived:
            kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"advocacy", info=purpose.value.encode())
            self._derived[purpose] = kdf.derive(self._secret)
        return self._derived[purpose]

    @cached_property
    def columns(self) -> AESGCM:
        return AESGCM(self.derive(Purpose.COLUMNS))

    @cached_property
    def key_id(self) -> bytes:
        """The first bytes of each sealed value, so that the ring knows which key opens it."""
        return hashlib.sha256(b"key-id" + self.derive(Purpose.COLUMNS)).digest()[:_KEY_ID]

    @cached_property
    def fingerprint(self) -> str:
        """What the database keeps to stop a process that has another secret. Reveals nothing about it."""
        return hashlib.sha256(b"fingerprint" + self.derive(Purpose.SESSION)).hexdigest()

    def digest(self, purpose: Purpose, text: str) -> bytes:
        return hmac.digest(self.derive(purpose), text.encode(), "sha256")


class KeyRing:
    """The secret in force first, then old ones: new values use the first, old ones stay readable."""

    def __init__(self, secrets_: Sequence[str]) -> None:
        self.keys = tuple(Keys(secret) for secret in secrets_)
        self.current = self.keys[0]
        self._by_id = {keys.key_id: keys for keys in self.keys}

    def __repr__(self) -> str:
        return f"KeyRing({len(self.keys)} keys)"

    def seal(self, column: str, row: str, text: str) -> bytes:
        """Encrypt for one place (AES-256-GCM). `column` is "table.column", `row` the row's uid."""
        return self.seal_bytes(column, row, text.encode())

    def open(self, column: str, row: str, sealed: bytes) -> str:
        """Decrypt what `seal` made for this place. Raises SealError."""
        return self.open_bytes(column, row, sealed).decode()

    def seal_bytes(self, column: str, row: str, raw: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        sealed = self.current.columns.encrypt(nonce, raw, f"{column}|{row}".encode())
        return self.current.key_id + nonce + sealed

    def open_bytes(self, column: str, row: str, sealed: bytes) -> bytes:
        """Decrypt what `seal_bytes` made for this place. Raises SealError."""
        keys = self._by_id.get(sealed[:_KEY_ID])
        if keys is None:
            raise SealError(f"{column}: sealed under a key that is not in the ring (SECRET_KEYS_OLD)")
        nonce, body = sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        try:
            return keys.columns.decrypt(nonce, body, f"{column}|{row}".encode())
        except InvalidTag:
            raise SealError(f"{column}: the value does not belong to this row or was altered") from None

    def open_all(self, column: str, cells: Sequence[tuple[str, bytes | None]]) -> list[str | None]:
        """Decrypt a whole column, cell by (row, sealed) cell: empty where nothing is sealed, None for what does not
        open. The same as `open` for each, at half the cost: a blast opens two for each person."""
        opened: list[str | None] = []
        known, key_id, decrypt = self._by_id, b"", None
        start, body = _KEY_ID, _KEY_ID + _NONCE
        for row, sealed in cells:
            if sealed is None:
                opened.append("")
                continue
            if sealed[:start] != key_id or decrypt is None:
                key_id = sealed[:start]
                decrypt = known[key_id].columns.decrypt if key_id in known else None
            try:
                text = decrypt(sealed[start:body], sealed[body:], f"{column}|{row}".encode()) if decrypt else None
            except InvalidTag:
                text = None
            opened.append(text.decode() if text is not None else None)
        return opened

    def email_keys(self, address: str) -> tuple[bytes, ...]:
        """Return the look-up hashes of a normalised address, the current key's first."""
        return tuple(keys.digest(Purpose.EMAIL, address) for keys in self.keys)

    def suppression_keys(self, address: str) -> tuple[bytes, ...]:
        return tuple(keys.digest(Purpose.SUPPRESSION, address) for keys in self.keys)

    def token(self, purpose: Purpose, subject: str) -> str:
        """Return a link token for `subject` (ids only, never an address): it reveals nothing but those ids."""
        tag = self.current.digest(purpose, subject)[:_TAG]
        return _b64(subject.encode()) + "." + _b64(tag)

    def subject_of(self, purpose: Purpose, token: str) -> str | None:
        """Return the subject of a token made for this purpose under any key of the ring; None for every other text."""
        head, dot, tail = token.partition(".")
        if not dot or len(token) > 200 or not token.isascii():
            return None
        try:
            subject, tag = _unb64(head).decode(), _unb64(tail)
        except ValueError:
            return None
        good = any(hmac.compare_digest(keys.digest(purpose, subject)[:_TAG], tag) for keys in self.keys)
        return subject if good and _b64(subject.encode()) == head else None


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def random_token() -> tuple[str, bytes]:
    """Return a fresh single-use token (256 bits) and the SHA-256 of it, which is all we store."""
    token = secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
