"""What can be refused, and why. Each message says what happened, to what, and what to do now."""

from collections.abc import Mapping

from advocacy.domain.sentence import Sentence


class AdvocacyError(Exception):
    """Base of all errors that are meant to be read by a person.

    It is raised with a template and its facts, as `Sentence` takes them, or with a sentence that is there already.
    As text it is English; `sentence` is what a page says in its own language.
    """

    def __init__(self, template: str, /, **facts: object) -> None:
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, **facts)
        super().__init__(str(self.sentence))


class InvalidError(AdvocacyError):
    """Something that was given cannot be used. `faults` maps a field's name to what is wrong with it."""

    def __init__(self, template: str, /, *, faults: Mapping[str, str] | None = None, **facts: object) -> None:
        super().__init__(template, **facts)
        self.faults: dict[str, str] = dict(faults or {})


class ConflictError(AdvocacyError):
    """The thing is not in a state in which this can be done."""


class NotFoundError(AdvocacyError):
    """There is no such thing, or it is not this person's to see: the two are never told apart."""
