"""The opaque names of people in requests, which come back in the provider's reports and only we can read.

A name is one block under AES: half of it says who, half of it proves for which request it was written. So a report
is understood without asking who was in its request, and two names of one person have nothing in common.
"""

import struct
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from advocacy.domain.keys import KeyRing, Keys, Purpose

_HALF = 8
_BLOCK = 2 * _HALF
_HIGHEST = 1 << 63


def written(keys: KeyRing, public_id: str, supporter_ids: Sequence[int]) -> list[str]:
    """Return the names of these people in the request `public_id`, under the key in force."""
    proof = _proof(keys.current, public_id)
    blocks = b"".join([struct.pack(">q", id_) + proof for id_ in supporter_ids])
    names = _cipher(keys.current).encryptor().update(blocks).hex()
    return [names[at : at + 2 * _BLOCK] for at in range(0, len(names), 2 * _BLOCK)]


class Reader:
    """Reads names under every key of the ring. One for one thread."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = [(each, _cipher(each).decryptor()) for each in keys.keys]
        self._proofs: dict[str, list[bytes]] = {}

    def supporter(self, public_id: str, name: str) -> int | None:
        """Return who is named, None when the name was not written by us for this request."""
        try:
            block = bytes.fromhex(name)
        except ValueError:
            return None
        if len(block) != _BLOCK:
            return None
        proofs = self._proofs.get(public_id)
        if proofs is None:
            proofs = self._proofs[public_id] = [_proof(each, public_id) for each, _ in self._keys]
        for (_, decryptor), proof in zip(self._keys, proofs, strict=True):
            opened = decryptor.update(block)
            if opened[_HALF:] == proof:
                found = int.from_bytes(opened[:_HALF], "big")
                return found if 0 < found < _HIGHEST else None
        return None


def _proof(keys: Keys, public_id: str) -> bytes:
    return keys.digest(Purpose.PERSON, public_id)[:_HALF]


def _cipher(keys: Keys) -> Cipher[ECB]:
    # One block by itself, and no block twice: here ECB is the permutation it is made of, and nothing repeats.
    return Cipher(AES(keys.derive(Purpose.PERSON_BLOCK)), ECB())  # noqa: S305
