"""What can be refused, and why. Each message says what happened, to what, and what to do now."""


class AdvocacyError(Exception):
    """Base of all errors that are meant to be read by a person."""


class InvalidError(AdvocacyError):
    """Something that was given cannot be used. `faults` maps a field's name to what is wrong with it."""

    def __init__(self, message: str, *, faults: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.faults = faults or {}


class ConflictError(AdvocacyError):
    """The thing is not in a state in which this can be done."""


class NotFoundError(AdvocacyError):
    """There is no such thing, or it is not this person's to see: the two are never told apart."""
