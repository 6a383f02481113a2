"""A demand that speaks of "them" needs somebody to have been named before it."""

import pytest

from advocacy.domain.appeal.leaning import leans


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "open an inquiry into their arrest"),
        ("en", "ensure that each of them can see a lawyer"),
        ("en", "allow her to see her children"),
        ("en", "drop all charges against them"),
        ("en", "condemning the threats made against them"),
        ("en", "free those women"),
        ("en", "bring those responsible for his arrest to justice"),
        ("fr", "abandonner les poursuites contre eux"),
        ("es", "retirar los cargos contra ellos"),
        ("de", "die Anklagen gegen sie fallen zu lassen"),
        ("de", "die Drohungen gegen sie zu untersuchen"),
        ("fr", "ouvrir une enquête sur leur arrestation"),
        ("fr", "veiller à ce que chacun d'eux voie un avocat"),
        ("fr", "Faites en sorte que leurs familles soient informées"),
        ("fr", "Libérez-les sans condition"),
        ("fr", "annuler les arrêtés d’expulsion pris contre eux"),
        ("fr", "abandonner toutes les charges retenues contre elles"),
        ("es", "retirar todos los cargos presentados contra ellos"),
        ("fr", "les libérer sans condition"),
        ("es", "abrir una investigación sobre su detención"),
        ("es", "Libérelo de inmediato"),
        ("es", "liberarlos sin condiciones"),
        ("es", "No los expulse"),
        ("es", "garantizar que cada uno de ellos vea a un abogado"),
        ("de", "ihre Festnahme zu untersuchen"),
        ("de", "ihm ärztliche Hilfe zu gewähren"),
        ("de", "den Schutz ihrer Familie"),
        ("de", "die Untersuchung ihres Todes"),
    ],
)
def test_a_pronoun_without_its_person_leans(language: str, text: str) -> None:
    assert leans(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "release all detainees and drop the charges against them"),
        ("en", "bring those responsible to justice"),
        ("en", "protect those who report abuses from threats against them"),
        ("en", "let Mira Osei see her lawyer"),
        ("en", "ensure that everyone can use their rights"),
        ("en", "uphold the right to seek asylum"),
        ("fr", "libérer les détenus et garantir leur sécurité"),
        ("fr", "Libérez les quatre enseignants"),
        ("fr", "le respect du droit de réunion"),
        ("fr", "libérer tous les détenus et abandonner les poursuites contre eux"),
        ("es", "Carlos Ruiz debe quedar en libertad"),
        ("es", "Las cárceles deben abrirse"),
        ("es", "liberar a los detenidos y garantizar que ellos vean a un abogado"),
        ("de", "alle Gefangenen freizulassen und ihnen Hilfe zu gewähren"),
        ("de", "Lassen Sie die Studentinnen frei"),
        ("xx", "open an inquiry into their arrest"),
    ],
)
def test_a_demand_that_names_its_people_stands_alone(language: str, text: str) -> None:
    assert not leans(text, language)
