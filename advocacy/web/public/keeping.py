"""A draft as plain values to keep, and back as the form it was. The postal address is never among them."""

from typing import Any

from flask import request

from advocacy.domain.appeal.request import Tone
from advocacy.domain.appeal.sheets import Envelope
from advocacy.domain.joining import COUNTRIES
from advocacy.web.public.compose import Typed, Visit


def content_of(typed: Typed) -> dict[str, Any]:
    """Return what a draft keeps of the form: no postal address, and nothing that is at fault."""
    content = {
        "name": typed.name,
        "city": typed.city,
        "country": typed.country,
        "tone": typed.tone.value,
        "chosen": list(typed.chosen),
        "who": typed.who,
        "why": typed.why,
        "window": typed.window.value if typed.window else "",
        "initials": typed.initials,
        "second": typed.second,
        "bodies": {str(number): body for number, body in typed.bodies.items()},
    }
    return {name: value for name, value in content.items() if name not in typed.faults}


def typed_from(visit: Visit, content: dict[str, Any]) -> Typed:
    """Return the form as the draft has it; what the campaign no longer has is left out."""
    demands = len(visit.campaign.demands)
    rows = {row.id for row in visit.campaign.addressees}
    country = content.get("country", "")
    return Typed(
        name=content.get("name", ""),
        city=content.get("city", ""),
        country=country if country in COUNTRIES else "",
        tone=next((tone for tone in Tone if tone.value == content.get("tone")), Tone.FORMAL),
        chosen=tuple(n for n in content.get("chosen", ()) if n < demands) or tuple(range(demands)),
        who=content.get("who", ""),
        why=content.get("why", ""),
        window=next((size for size in Envelope if size.value == content.get("window")), None),
        initials=bool(content.get("initials")),
        second=bool(content.get("second")) or "second" in request.args,
        bodies={int(number): body for number, body in content.get("bodies", {}).items() if int(number) in rows},
    )
