"""The lists that forms offer: countries, time zones, languages, each in the page's language."""

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from advocacy.domain.joining import COUNTRIES
from advocacy.domain.wording import locale_for
from advocacy.web.requests import settings
from advocacy.web.wording import locale

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def countries() -> list[tuple[str, str]]:
    """Return (alpha-2 code, name), in the order of the names."""
    return list(_countries(str(locale())))


def zones() -> dict[str, list[tuple[str, str]]]:
    """Return (IANA name, city) by region."""
    return _zones()


def languages() -> list[tuple[str, str]]:
    """Return (tag, the language's own name)."""
    return [(tag, (locale_for(tag).get_language_name(tag) or tag).capitalize()) for tag in settings().languages]


@lru_cache(maxsize=32)
def _countries(tag: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(tag).territories
    return tuple(
        sorted(((code, str(names.get(code, code))) for code in COUNTRIES), key=lambda pair: _sort_key(pair[1]))
    )


def _sort_key(name: str) -> str:
    return name.casefold().translate(str.maketrans("åàâäáãçéèêëíîïñóôöõúûüœ", "aaaaaaceeeeiiinoooouuuo"))


@lru_cache(maxsize=1)
def _zones() -> dict[str, list[tuple[str, str]]]:
    known = sorted(set(get_global("zone_territories")) & available_timezones())
    found: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in known:
        region, _, city = name.partition("/")
        if region in found and city:
            found[region].append((name, city.replace("_", " ").replace("/", ", ")))
    return {region: places for region, places in found.items() if places}
