"""The life of a change of tags."""

from enum import StrEnum


class TaggingState(StrEnum):
    WORKING = "working"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


AT_WORK = (TaggingState.WORKING, TaggingState.UNDOING)
