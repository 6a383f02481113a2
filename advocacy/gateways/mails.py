"""Writes our mails from the folders in `templates/email/`, in the reader's language, without a web request."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import nh3
from babel import Locale
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from advocacy.domain import wording
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.email import MERGE_FIELDS, Words
from advocacy.domain.merge import literal
from advocacy.gateways.resources import templates_path

LONGEST_SUBJECT = 60

_FIELD = re.compile(r"\{\{ ?(" + "|".join(MERGE_FIELDS) + r") ?\}\}")
_STAND_IN = "https://merge-field.invalid/{}"
_STAND_INS = re.compile(r"https://merge-field\.invalid/(" + "|".join(MERGE_FIELDS) + ")")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "blockquote", "hr"}


class Mails:
    """The writer. Keeps one Jinja environment for each language; safe to share between threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or templates_path()
        self._environments: dict[str, Environment] = {}

    def write(self, name: str, language: str, facts: Mapping[str, Any]) -> Words:
        """Return the mail `name` in a language (BCP 47; English where there is no translation).

        A text that is itself a fact may hold the merge fields of `domain.email` and keeps them; any other pair of
        braces is parted, and every pair in what a fact consists of (a campaign's title, summary and demands come from
        documents): no text of theirs leaves a field that nobody fills, or carries off a person's own link. Raises jinja2.UndefinedError for
        a fact the mail needs and lacks, jinja2.TemplateNotFound for a name without a folder.
        """
        environment = self._environment(language)
        known = {key: _harmless(value) for key, value in facts.items()} | {"language": language}
        subject = environment.get_template(f"email/{name}/subject.txt").render(known)
        return Words(
            subject=" ".join(subject.split()),
            text=_tidied(environment.get_template(f"email/{name}/body.txt").render(known)),
            html=environment.get_template(f"email/{name}/body.html").render(known),
        )

    def names(self) -> tuple[str, ...]:
        """Return the mails there are."""
        return tuple(sorted(path.parent.name for path in (self._folder / "email").glob("*/subject.txt")))

    def _environment(self, language: str) -> Environment:
        if language not in self._environments:
            self._environments[language] = self._built(language)
        return self._environments[language]

    def _built(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self._folder),
            autoescape=select_autoescape(["html"], default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        catalogue = _catalogue(self._folder / "translations", language)
        spoken = isinstance(catalogue, Translations) or language.partition("-")[0] == "en"
        locale = wording.locale_for(language if spoken else "en")
        install: Callable[..., None] = environment.install_gettext_translations  # type: ignore[attr-defined]
        install(catalogue, newstyle=True)
        environment.filters.update(
            day=_on_dates(partial(_given_locale, wording.near_day, locale)),
            short_day=_on_dates(partial(_given_locale, wording.short_day, locale)),
            city=lambda zone: wording.city_of(zone, locale),
            headline=as_subject,
            within=shortened,
            markdown=markdown,
        )
        environment.globals["last_minute"] = wording.last_minute(locale)
        environment.globals["direction"] = locale.text_direction
        return environment


def shortened(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """Return text of at most so many characters, cut between words with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    kept = line[: longest - 1].rpartition(" ")[0].rstrip(" ,;:–-")
    return f"{kept or line[: longest - 1]}…"


def markdown(text: str) -> Markup:
    """Return Markdown as safe HTML: no raw HTML, no pictures, links to https, http and mailto only. Merge fields stay.

    A link that holds a merge field and more loses its target: it would tell a stranger's server whose mail this is.
    """
    parted = _FIELD.sub(lambda match: _STAND_IN.format(match.group(1)), text)
    raw = MarkdownIt("commonmark", {"html": False, "linkify": True}).enable("linkify").render(parted)
    clean = nh3.clean(
        raw,
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_own_address_alone,
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener",
    )
    return Markup(_STAND_INS.sub(lambda match: f"{{{{ {match.group(1)} }}}}", clean))  # noqa: S704 - cleaned by nh3


def _own_address_alone(_tag: str, _attribute: str, value: str) -> str | None:
    return value if _STAND_INS.fullmatch(value) or "merge-field.invalid" not in value else None


def _catalogue(folder: Path, language: str) -> NullTranslations:
    names = dict.fromkeys((language.replace("-", "_"), language.partition("-")[0]))
    return Translations.load(folder, list(names), "messages")


def _given_locale(format_: Callable[[date, Locale], str], locale: Locale, value: date) -> str:
    return format_(value, locale)


def _on_dates(format_: Callable[[date], str]) -> Callable[[date | str], str]:
    """Facts that were kept as JSON have their dates as text."""
    return lambda value: format_(date.fromisoformat(value) if isinstance(value, str) else value)


def _harmless(value: Any, *, keeps_fields: bool = True) -> Any:
    if isinstance(value, str):
        if not keeps_fields:
            return literal(value)
        pieces = _FIELD.split(value)
        outside = [literal(piece) for piece in pieces[::2]]
        fields = [f"{{{{ {name} }}}}" for name in pieces[1::2]]
        return "".join(part for pair in zip(outside, [*fields, ""], strict=True) for part in pair)
    if isinstance(value, Mapping):
        return {key: _harmless(inner, keeps_fields=False) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_harmless(inner, keeps_fields=False) for inner in value]
    return value


def _tidied(text: str) -> str:
    """Return the plain part without the blank lines that template tags leave behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
