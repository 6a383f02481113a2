"""The addresses in our mails. Each token is for one purpose, holds ids only, and never an address."""

from collections.abc import Sequence
from dataclasses import dataclass

from advocacy.domain.keys import KeyRing, Purpose
from advocacy.domain.marks import numbers_of, tokens


@dataclass(frozen=True)
class Links:
    """Builds links below `base` (PUBLIC_URL without a slash at its end), never from a request's headers."""

    base: str
    keys: KeyRing

    def campaign(self, slug: str) -> str:
        return f"{self.base}/a/{slug}"

    def act(self, supporter_id: int, campaign_id: int) -> str:
        return self.acts([supporter_id], campaign_id)[0]

    def acts(self, supporter_ids: Sequence[int], campaign_id: int) -> list[str]:
        """Return the page of each of these supporters in one campaign."""
        head = f"{self.base}/act/"
        return [head + token for token in tokens(self.keys, Purpose.ACT_MARK, supporter_ids, campaign_id)]

    def unsubscribe(self, supporter_id: int) -> str:
        """The one-click address: it never expires, and old keys open it for ever."""
        return f"{self.base}/unsubscribe/{self.leave_tokens([supporter_id])[0]}"

    def preferences(self, supporter_id: int) -> str:
        return f"{self.base}/preferences/{self.leave_tokens([supporter_id])[0]}"

    def leave_tokens(self, supporter_ids: Sequence[int]) -> list[str]:
        """Return the token of each supporter that opens both /unsubscribe/ and /preferences/."""
        return tokens(self.keys, Purpose.UNSUBSCRIBE_MARK, supporter_ids)

    def confirm(self, token: str) -> str:
        return f"{self.base}/confirm/{token}"


def acting(keys: KeyRing, token: str) -> tuple[int, int] | None:
    """Return (supporter id, campaign id) of an /act/ token, None for any other text."""
    marked = numbers_of(keys, Purpose.ACT_MARK, token)
    if marked is not None:
        return marked if marked[1] else None
    subject = keys.subject_of(Purpose.ACT, token)
    if subject is None:
        return None
    supporter, _, campaign = subject.partition(".")
    return int(supporter), int(campaign)


def leaving(keys: KeyRing, token: str) -> int | None:
    """Return the supporter id of an /unsubscribe/ or /preferences/ token, None for any other text."""
    marked = numbers_of(keys, Purpose.UNSUBSCRIBE_MARK, token)
    if marked is not None:
        return marked[0] if not marked[1] else None
    subject = keys.subject_of(Purpose.UNSUBSCRIBE, token)
    return int(subject) if subject is not None else None
