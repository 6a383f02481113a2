"""Keeping the installation in order."""

from sqlalchemy.orm import Session

from advocacy.domain.errors import ConflictError
from advocacy.domain.keys import KeyRing
from advocacy.models import installation


def claim_keys(session: Session, keys: KeyRing) -> None:
    """Keep the fingerprint of the key in force, or refuse to go on with another one.

    A process with the wrong SECRET_KEY would read nothing, and would file everyone under hashes that match nobody.
    """
    known = installation.fact(session, installation.KEY_FINGERPRINT)
    if known is None:
        installation.set_fact(session, installation.KEY_FINGERPRINT, keys.current.fingerprint)
        session.commit()
    elif known not in {key.fingerprint for key in keys.keys}:
        raise ConflictError(
            "This database belongs to another SECRET_KEY. Start with the key it was made with, "
            "or name that key in SECRET_KEYS_OLD and run `advocacy migrate`."
        )
