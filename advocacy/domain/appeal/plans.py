"""In which order the parts of a letter stand, by tone, and which go first when there is no room."""

from advocacy.domain.appeal.request import Tone

OWN = "own"
DEMANDS = "demands"
SUMMARY = "summary"

Plan = tuple[tuple[str, ...], ...]
"""Paragraphs, each a row of parts. `own` is the supporter's paragraph, `demands` the block of demands, `summary` the campaign's sentence."""

# "This concerns me" must follow what concerns: `concern` stands right after the opening or the summary, never after own words.
LETTER: dict[Tone, tuple[Plan, ...]] = {
    Tone.FORMAL: (
        (
            ("opening", SUMMARY),
            ("concern", "who"),
            (OWN,),
            (DEMANDS,),
            ("principle", "conviction"),
            ("reply", "thanks"),
        ),
        (("opening", SUMMARY), ("concern", "principle"), (OWN,), (DEMANDS,), ("conviction", "reply", "thanks")),
        (("opening", "who"), (SUMMARY, "concern"), (OWN,), (DEMANDS,), ("conviction", "reply", "thanks")),
        (("opening", SUMMARY, "concern"), (OWN,), (DEMANDS,), ("principle", "conviction", "reply"), ("thanks",)),
    ),
    Tone.WARM: (
        (
            ("opening", SUMMARY),
            ("concern", "who"),
            (OWN,),
            (DEMANDS,),
            ("principle", "conviction"),
            ("reply", "thanks"),
        ),
        (("opening", "who", OWN), (SUMMARY, "concern"), (DEMANDS,), ("principle", "conviction"), ("reply", "thanks")),
        (("opening", SUMMARY, "concern"), (OWN,), (DEMANDS,), ("principle", "conviction", "reply"), ("thanks",)),
    ),
    Tone.BRIEF: (
        (("opening", SUMMARY), (OWN,), (DEMANDS,), ("reply", "thanks")),
        (("opening", SUMMARY, "concern"), (OWN,), (DEMANDS,), ("reply", "thanks")),
        (("opening", SUMMARY), (OWN,), (DEMANDS,), ("conviction", "reply")),
        (("opening", SUMMARY), (OWN,), (DEMANDS,), ("conviction", "thanks")),
    ),
}

_COPY: tuple[Plan, ...] = (
    (("copy_opening", SUMMARY), (OWN,), (DEMANDS,), ("copy_request", "thanks")),
    (("copy_opening",), (SUMMARY, "concern"), (OWN,), (DEMANDS,), ("copy_request",), ("thanks",)),
)
COPY: dict[Tone, tuple[Plan, ...]] = dict.fromkeys(Tone, _COPY)

_AGAIN: tuple[Plan, ...] = (
    (("again_opening", SUMMARY), (OWN,), (DEMANDS,), ("conviction", "reply"), ("thanks",)),
    (("again_opening",), (SUMMARY,), (OWN,), (DEMANDS,), ("principle", "reply", "thanks")),
)
AGAIN: dict[Tone, tuple[Plan, ...]] = {
    Tone.FORMAL: _AGAIN,
    Tone.WARM: _AGAIN,
    Tone.BRIEF: ((("again_opening", SUMMARY), (OWN,), (DEMANDS,), ("reply", "thanks")),),
}
"""A second letter to the same addressee."""

GIVEN_UP_FIRST = ("thanks", "principle", "conviction", "who", "concern", "reply", SUMMARY)
"""Parts left out for want of room, the first first. What the supporter wrote and the demands are never left out."""

LISTED_OF_TEN = {Tone.FORMAL: 5, Tone.WARM: 3, Tone.BRIEF: 5}
"""Of ten letters, how many set several demands as a list and not as sentences."""
