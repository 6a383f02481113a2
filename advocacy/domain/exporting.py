"""A list of supporters taken out: its life and its columns."""

from enum import StrEnum

COLUMNS = (
    "email", "name", "town", "country", "language", "timezone", "state", "tags", "alert list", "signed up", "confirmed",
)  # fmt: skip


class ExportState(StrEnum):
    """`GONE` once its day is over, or somebody in it was erased."""

    MAKING = "making"
    READY = "ready"
    GONE = "gone"
