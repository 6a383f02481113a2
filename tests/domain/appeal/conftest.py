"""The real phrase pools, and a request whose every part a test can replace."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, Writer
from advocacy.gateways.phrases import load_pools

RequestMaker = Callable[..., AppealRequest]

DEMANDS = {
    "en": (
        "release the four teachers at once and without conditions",
        "ensure that each of them can see a lawyer and a doctor",
        "open an independent inquiry into their arrest",
        "uphold the right to peaceful assembly",
    ),
    "fr": (
        "libérer immédiatement les quatre enseignants",
        "veiller à ce que chacun d'eux puisse voir un avocat et un médecin",
        "ouvrir une enquête indépendante sur leur arrestation",
        "respecter le droit de réunion pacifique",
    ),
    "es": (
        "liberar de inmediato a los cuatro docentes",
        "garantizar que cada uno de ellos pueda ver a un abogado y a un médico",
        "abrir una investigación independiente sobre su detención",
        "respetar el derecho de reunión pacífica",
    ),
    "de": (
        "die vier Lehrkräfte unverzüglich und bedingungslos freizulassen",
        "sicherzustellen, dass jede von ihnen anwaltlichen und ärztlichen Beistand erhält",
        "ihre Festnahme unabhängig untersuchen zu lassen",
        "das Recht auf friedliche Versammlung zu achten",
    ),
}

MINISTER = Addressee(
    name="Minister Ilan Tarek",
    salutation="Dear Minister Tarek,",
    postal_lines=("Ministry of Justice", "5 Harbour Road", "Port Anselm 1010"),
    country="FR",
    emails=("minister@example.org",),
    phones=("+33 1 23 45 67 89",),
    faxes=("+33 1 23 45 67 80",),
    web_form="https://example.org/contact",
    social="@minister_example",
    language="en",
)


def facts(language: str = "en", **changes: Any) -> CampaignFacts:
    given: dict[str, Any] = {
        "title": "FOUR TEACHERS HELD IN PORT ANSELM",
        "demands": tuple(Demand(text) for text in DEMANDS[language]),
        "summary": "",
    }
    return CampaignFacts(**(given | changes))


@pytest.fixture(scope="session")
def pools() -> Pools:
    return load_pools()


@pytest.fixture
def a_request() -> RequestMaker:
    def make(**changes: Any) -> AppealRequest:
        language = changes.get("language", "en")
        given: dict[str, Any] = {
            "language": language,
            "channel": Channel.POST,
            "addressee": MINISTER,
            "facts": facts(language),
            "day": date(2026, 3, 1),
            "seed": "9:1",
            "writer": Writer("Ana Lind", "Toronto", "Canada"),
        }
        return AppealRequest(**(given | changes))

    return make
