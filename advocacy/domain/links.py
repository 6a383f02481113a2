"""The addresses in our mails. Each token is for one purpose, holds ids only, and never an address."""

from dataclasses import dataclass

from advocacy.domain.keys import KeyRing, Purpose


@dataclass(frozen=True)
class Links:
    """Builds links below `base` (PUBLIC_URL without a slash at its end), never from a request's headers."""

    base: str
    keys: KeyRing

    def campaign(self, slug: str) -> str:
        return f"{self.base}/a/{slug}"

    def act(self, supporter_id: int, campaign_id: int) -> str:
        return f"{self.base}/act/{self.keys.token(Purpose.ACT, f'{supporter_id}.{campaign_id}')}"

    def unsubscribe(self, supporter_id: int) -> str:
        """The one-click address: it never expires, and old keys open it for ever."""
        return f"{self.base}/unsubscribe/{self.keys.token(Purpose.UNSUBSCRIBE, str(supporter_id))}"

    def preferences(self, supporter_id: int) -> str:
        return f"{self.base}/preferences/{self.keys.token(Purpose.UNSUBSCRIBE, str(supporter_id))}"

    def confirm(self, token: str) -> str:
        return f"{self.base}/confirm/{token}"


def acting(keys: KeyRing, token: str) -> tuple[int, int] | None:
    """Return (supporter id, campaign id) of an /act/ token, None for any other text."""
    subject = keys.subject_of(Purpose.ACT, token)
    if subject is None:
        return None
    supporter, _, campaign = subject.partition(".")
    return int(supporter), int(campaign)


def leaving(keys: KeyRing, token: str) -> int | None:
    """Return the supporter id of an /unsubscribe/ or /preferences/ token, None for any other text."""
    subject = keys.subject_of(Purpose.UNSUBSCRIBE, token)
    return int(subject) if subject is not None else None
