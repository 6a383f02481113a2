"""When so many people report a mail as spam that it has to stop until a person has looked."""

from advocacy.domain.sentence import Sentence

LINE = 0.003
"""The share of accepted mails above which mailbox providers stop helping a sender (Google's and Yahoo's rules)."""

WATCH = 0.001
"""The share that Google asks senders to stay below for good."""

FEWEST = 5
"""A share of few mails says nothing: below so many complaints nothing is concluded."""

PREFIX = "complaints: "
"""How the reason of a blast that was paused for them begins."""


def too_many(complaints: int, accepted: int, *, seen: int = 0) -> bool:
    """Return whether a blast must pause.

    `seen` is how many there were when it was last paused for it: whoever let it go on knew of those, so it takes as
    many again.
    """
    return complaints >= max(FEWEST, 2 * seen) and complaints > LINE * accepted


def sentence(complaints: int, accepted: int) -> Sentence:
    """Return the reason that the blast keeps and shows."""
    return Sentence(
        "complaints: %(complaints)s of %(accepted)s people reported it as spam. Above 0.3%% mailbox providers begin to "
        "refuse all your mail. Look at whom it went to before you resume it.",
        complaints=complaints,
        accepted=accepted,
    )
