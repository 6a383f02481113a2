"""Merge fields: `{{ name }}` in a text that is already final, filled with one person's values in a single pass."""

import html
import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{\{ ?([a-z_]{1,40}) ?\}\}")


def fields_of(text: str) -> frozenset[str]:
    """Return the names of the merge fields a text uses."""
    return frozenset(_FIELD.findall(text))


def literal(text: str) -> str:
    """Return the text with its pairs of braces parted, so that no part of it is a field (a document's words are not)."""
    return text.replace("{{", "{ {").replace("}}", "} }")


def merge(text: str, values: Mapping[str, str]) -> str:
    """Fill the fields. A value is never read again, so braces typed by a supporter stay as typed.

    Raises KeyError for a field that has no value: nobody is ever sent a mail with a hole in it.
    """
    return _FIELD.sub(lambda match: values[match.group(1)], text)


def merge_html(text: str, values: Mapping[str, str]) -> str:
    """Fill the fields with the values escaped for HTML text and quoted attributes."""
    return _FIELD.sub(lambda match: html.escape(values[match.group(1)]), text)
