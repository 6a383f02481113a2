"""What an organiser words themselves for one campaign, in one language: phrasings, locked parts, a model letter."""

from dataclasses import dataclass


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


NONE = CampaignPhrasings()
