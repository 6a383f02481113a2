"""Marks: what proves that a link which names a supporter, or a supporter and a campaign, was made by us.

A mark is the pair of numbers as one block under AES-256, with a key for this use alone: on blocks of one length that is
a message authentication code as good as the cipher, and a thousand of them are made in one call. Signing each by HMAC
was most of the work of addressing a mail; tokens signed so before stay good (`keys.KeyRing.subject_of`).
"""

import hmac
import re
import struct
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from advocacy.domain.keys import KeyRing, Keys, Purpose

_BLOCK = 16
_PADDED = 24
_LENGTH = 22
"""Characters of a mark: 16 bytes in base64 without its padding."""

_TOKEN = re.compile(r"(0|[1-9][0-9]{0,17})(?:\.([1-9][0-9]{0,17}))?\.([A-Za-z0-9_-]{22})")


def tokens(keys: KeyRing, purpose: Purpose, firsts: Sequence[int], second: int = 0) -> list[str]:
    """Return a token for each of `firsts`, together with `second` where that is not 0, under the key in force."""
    named = f".{second}." if second else "."
    marks = _marks(keys.current, purpose, firsts, second)
    return [f"{first}{named}{mark}" for first, mark in zip(firsts, marks, strict=True)]


def numbers_of(keys: KeyRing, purpose: Purpose, token: str) -> tuple[int, int] | None:
    """Return the pair a token was made for, 0 for a second that it does not name; None for any other text."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2] or 0)
    good = any(hmac.compare_digest(_marks(each, purpose, [first], second)[0], match[3]) for each in keys.keys)
    return (first, second) if good else None


def _marks(keys: Keys, purpose: Purpose, firsts: Sequence[int], second: int) -> list[str]:
    pack, rest = struct.Struct(">q").pack, struct.pack(">q", second)
    # One block by itself is the permutation that AES is; no block is ever told with its key but as a mark.
    cipher = Cipher(AES(keys.derive(purpose)), ECB())  # noqa: S305
    blocks = cipher.encryptor().update(b"".join([pack(first) + rest for first in firsts]))
    padded = b"".join([blocks[at : at + _BLOCK] + b"\0\0" for at in range(0, len(blocks), _BLOCK)])
    text = urlsafe_b64encode(padded).decode()
    return [text[at : at + _LENGTH] for at in range(0, len(text), _PADDED)]
