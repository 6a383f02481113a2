"""What an organiser words themselves for one campaign, in one language: phrasings, locked parts, a model letter."""

from dataclasses import dataclass

DEMANDS = "{demands}"
"""Where the demands stand in a model letter."""


@dataclass(frozen=True)
class CampaignPhrasings:
    """The campaign's own words. `added` are (part, sources); they join the shipped phrasings, and stand instead of them in
    the parts that are `locked`. `model` is a letter in place of a composed one, empty for none.
    """

    added: tuple[tuple[str, tuple[str, ...]], ...] = ()
    locked: frozenset[str] = frozenset()
    model: str = ""

    def of(self, part: str) -> tuple[str, ...]:
        return dict(self.added).get(part, ())

    @property
    def asks_itself(self) -> bool:
        """Return whether a model letter asks in its own words, so that nobody can leave a demand out of it."""
        return bool(self.model) and DEMANDS not in self.model


NONE = CampaignPhrasings()
