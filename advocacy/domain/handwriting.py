"""A mail written by hand: Liquid merge fields filled from the campaign, an unknown one refused with its place marked.

Templates of organisers are hostile until proven otherwise: a few tags only, no files, no loops without end, and no
field but those on the list.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from liquid import Environment, StrictUndefined
from liquid.exceptions import LiquidError

from advocacy.domain.email import MERGE_FIELDS
from advocacy.domain.errors import InvalidError
from advocacy.domain.merge import literal
from advocacy.domain.sentence import Sentence

CAMPAIGN_FIELDS = ("title", "summary", "addressee", "demands", "countries", "deadline", "ua_number", "url")
PERSONAL = tuple(name for name in MERGE_FIELDS if name != "greeting")
"""Each person's own fields; the greeting is not among them, for the frame of every mail begins with it."""

FIELDS = (*PERSONAL, "organisation", *(f"campaign.{name}" for name in CAMPAIGN_FIELDS))
"""What a mail may use, written `{{ campaign.title }}`."""

LONGEST_SUBJECT = 150
LONGEST_PREHEADER = 200
LONGEST_TEXT = 20_000
_TAGS = frozenset({"content", "output", "illegal", "if", "unless", "case", "for", "assign", "comment", "#"})

_FILTERS = frozenset(
    {
        "append",
        "capitalize",
        "default",
        "downcase",
        "first",
        "join",
        "last",
        "prepend",
        "size",
        "strip",
        "truncate",
        "upcase",
    }
)
"""What words need. The others make much out of little: a text replaced by itself, and that again, is a gigabyte."""

_OWN_FIELD = re.compile(r"\{\{-?\s*(" + "|".join(MERGE_FIELDS) + r")\s*-?\}\}")
_LINK_BEGUN = re.compile(r"\w:/|//|www\.|mailto:|[\w-]\.[^\W\d_]{2,63}[/?#:@]", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where something is wrong: the line (from 1) as it stands, cut into before, the fault itself, and after."""

    line: int
    before: str
    marked: str
    after: str


class UnwritableError(InvalidError):
    """A text that cannot be made a mail. `place` is None when the fault is the text as a whole."""

    def __init__(self, message: Sentence, field: str, place: Place | None = None) -> None:
        super().__init__(message, faults={field: message})
        self.place = place


class _Limited(Environment):
    context_depth_limit = 10
    loop_iteration_limit = 500
    local_namespace_limit = 50_000
    output_stream_limit = 100_000


def fill(field: str, text: str, facts: Mapping[str, Any]) -> str:
    """Return `text` with the campaign's facts filled in; each person's own fields stay open, as `{{ act_url }}`.

    `field` names the form's field in errors. Raises UnwritableError for an unknown field, a tag that is not offered, a
    text that does not parse, or a person's own field inside the address of a link.
    """
    environment = _environment()
    try:
        template = environment.from_string(text)
        _check(field, text, template.analyze(include_partials=False))
        filled = template.render(**_known(facts))
    except LiquidError as error:
        raise _refused(field, text, error) from None
    _check_links(field, text, filled)
    return filled


def check_lengths(subject: str, text: str, preheader: str = "") -> None:
    """Raise UnwritableError when there is no subject or text, or too much of it."""
    facts = (
        (not subject.strip(), "subject", Sentence("Give it a subject: what it is about, and until when.")),
        (
            len(subject) > LONGEST_SUBJECT,
            "subject",
            Sentence("Use at most %(most)s characters; the first 60 are seen.", most=LONGEST_SUBJECT),
        ),
        (
            len(preheader) > LONGEST_PREHEADER,
            "preheader",
            Sentence(
                "Use at most %(most)s characters; mailboxes show about the first 90.",
                most=LONGEST_PREHEADER,
            ),
        ),
        (not text.strip(), "text", Sentence("Write the mail.")),
        (
            len(text) > LONGEST_TEXT,
            "text",
            Sentence(
                "Use at most %(most)s characters; this has %(number)s.",
                most=LONGEST_TEXT,
                number=len(text),
            ),
        ),
    )
    for is_so, field, message in facts:
        if is_so:
            raise UnwritableError(message, field)


def _environment() -> Environment:
    environment = _Limited(undefined=StrictUndefined, autoescape=False)
    environment.tags = {name: tag for name, tag in environment.tags.items() if name in _TAGS}
    environment.filters = {name: each for name, each in environment.filters.items() if name in _FILTERS}
    return environment


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    campaign = facts["campaign"]
    return {
        **{name: f"{{{{ {name} }}}}" for name in PERSONAL},
        "organisation": facts["organisation"],
        "campaign": {name: _as_it_stands(campaign[name]) for name in CAMPAIGN_FIELDS},
    }


def _as_it_stands(value: Any) -> Any:
    """Return a fact whose braces mean nothing: it may come from a document."""
    if isinstance(value, list | tuple):
        return [_as_it_stands(each) for each in value]
    return literal(value) if isinstance(value, str) else value


def _check_links(field: str, text: str, filled: str) -> None:
    found = _inside_a_link(filled)
    if found is None:
        return
    written = _inside_a_link(text)
    raise UnwritableError(
        Sentence(
            "“%(name)s” stands inside another link. It opens one person's own page, so it may only be a link by "
            "itself: put a space before it, or write [your page]({{ %(name)s }}).",
            name=found.name,
        ),
        field,
        place_of(text, written.start, written.end) if written else None,
    )


@dataclass(frozen=True)
class _Inside:
    """A person's own address as a piece of another one: whoever is behind that link would learn it with a click."""

    name: str
    start: int
    end: int


def _inside_a_link(text: str) -> _Inside | None:
    """Return the first person's own field that follows the beginning of a link without a space between them.

    Each word is looked at once, whatever it is made of.
    """
    since = 0
    for own in _OWN_FIELD.finditer(text):
        word = text[since : own.start()].rsplit(None, 1)
        same_word = bool(word) and not text[own.start() - 1].isspace()
        begun = _LINK_BEGUN.search(word[-1]) if same_word else None
        if begun is not None:
            return _Inside(own.group(1), own.start() - len(word[-1]) + begun.start(), own.end())
        since = own.end()
    return None


def _check(field: str, text: str, found: Any) -> None:
    for name, index in _used(found):
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0.5)
            said = (
                Sentence("There is no field “%(name)s”. Did you mean {{ %(near)s }}?", name=name, near=near[0])
                if near
                else Sentence("There is no field “%(name)s”. There are: %(fields)s.", name=name, fields=tuple(FIELDS))
            )
            last = name.rpartition(".")[2]
            at = text.find(last, index)
            raise UnwritableError(
                said,
                field,
                place_of(text, index, max(at + len(last), index + 1)),
            )


def _used(found: Any) -> Iterator[tuple[str, int]]:
    for variables in found.globals.values():
        for variable in variables:
            segments = [segment for segment in variable.segments if isinstance(segment, str)]
            yield ".".join(segments[:2] if segments[0] == "campaign" else segments), variable.span.index


def _refused(field: str, text: str, error: LiquidError) -> UnwritableError:
    said = str(error.args[0]) if error.args else "?"
    start = getattr(error.token, "start_index", None)
    place = place_of(text, start, start + 1) if isinstance(start, int) else None
    if place is None:
        return UnwritableError(Sentence("A merge field cannot be read: %(said)s.", said=said), field)
    sentence = Sentence("A merge field in line %(line)s cannot be read: %(said)s.", line=place.line, said=said)
    return UnwritableError(sentence, field, place)


def place_of(text: str, start: int, end: int) -> Place:
    """Return the line in which `text[start:end]` stands, cut at it."""
    head = text.rfind("\n", 0, start) + 1
    tail = text.find("\n", start)
    tail = len(text) if tail < 0 else tail
    end = min(max(end, start + 1), tail)
    return Place(text.count("\n", 0, start) + 1, text[head:start], text[start:end], text[end:tail])
