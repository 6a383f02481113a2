"""How a language says where a town is: French joins "à" to the article of Le Havre and Les Ulis."""

import re

_FRENCH_JOINED = {"le": "au", "les": "aux"}


def at_city(city: str, language: str) -> str:
    """Return the words for "in this city" ("à Lyon", "au Havre", "aux Ulis"), or "" where a language has no rule or no city is given."""
    name = " ".join(city.split())
    if not name or language.partition("-")[0].lower() != "fr":
        return ""
    article = re.match(r"(les?)\s+(?=\S)", name, re.IGNORECASE)
    if article is None:
        return f"à {name}"
    return f"{_FRENCH_JOINED[article.group(1).lower()]} {name[article.end() :]}"
