"""From a document's text to a reading. Start at `assemble.read`; the phrase tables are in `phrases/`."""

from advocacy.domain.reading.assemble import cases_of, read
from advocacy.domain.reading.values import Field, Person, Reading, Target, Verdict

__all__ = ["Field", "Person", "Reading", "Target", "Verdict", "cases_of", "read"]
