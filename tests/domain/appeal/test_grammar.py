"""What leads into a demand fits its grammar, in each language."""

import pytest

from advocacy.domain.appeal.grammar import understand
from advocacy.domain.appeal.request import Demand, Form


@pytest.mark.parametrize(
    ("language", "text", "form", "lower"),
    [
        ("en", "- halt all plans for eviction,", Form.INFINITIVE, "halt all plans for eviction"),
        ("en", "To release the detainees;", Form.INFINITIVE, "release the detainees"),
        (
            "en",
            "Immediately and unconditionally release Lin; and",
            Form.INFINITIVE,
            "immediately and unconditionally release Lin",
        ),
        ("en", "His health requires a doctor.", Form.NEUTRAL, "his health requires a doctor"),
        ("fr", "Son état exige un médecin.", Form.NEUTRAL, "son état exige un médecin"),
        ("fr", "L'accès à une avocate de son choix", Form.NOUN, "l'accès à une avocate de son choix"),
        ("es", "Su salud requiere un médico.", Form.NEUTRAL, "su salud requiere un médico"),
        ("es", "La protección contra un desalojo", Form.NOUN, "la protección contra un desalojo"),
        ("de", "Seine Gesundheit erfordert einen Arzt.", Form.NEUTRAL, "Seine Gesundheit erfordert einen Arzt"),
        ("de", "Die Achtung ihres Rechts zu bleiben", Form.NEUTRAL, "die Achtung ihres Rechts zu bleiben"),
        ("de", "ihr Recht zu achten", Form.INFINITIVE, "ihr Recht zu achten"),
        ("en", "Do not deport anyone.", Form.IMPERATIVE, "do not deport anyone"),
        ("en", "The immediate release of all detainees", Form.NOUN, "the immediate release of all detainees"),
        (
            "en",
            "that everyone detained be brought before a judge",
            Form.CLAUSE,
            "everyone detained be brought before a judge",
        ),
        ("en", "Calling for an end to torture", Form.PARTICIPLE, "calling for an end to torture"),
        ("en", "Reminding the government of its promise", Form.PARTICIPLE, "reminding the government of its promise"),
        ("en", "Allowing them access to lawyers", Form.NEUTRAL, "Allowing them access to lawyers"),
        ("en", "The government must free them.", Form.SENTENCE, "the government must free them"),
        ("en", "Visas for the families", Form.NEUTRAL, "Visas for the families"),
        (
            "en",
            "Release Lin. Ensure that she sees a doctor.",
            Form.NEUTRAL,
            "release Lin. Ensure that she sees a doctor",
        ),
        ("en", "uphold the rights of people in the U.S.", Form.INFINITIVE, "uphold the rights of people in the U.S."),
        ("fr", "Libérer les détenus ;", Form.INFINITIVE, "libérer les détenus"),
        ("fr", "de mettre fin aux expulsions", Form.INFINITIVE, "mettre fin aux expulsions"),
        ("fr", "Ne pas renvoyer ces personnes", Form.INFINITIVE, "ne pas renvoyer ces personnes"),
        ("fr", "Libérez les détenus", Form.IMPERATIVE, "libérez les détenus"),
        ("fr", "La libération des détenus", Form.NOUN, "la libération des détenus"),
        ("fr", "que les détenus soient libérés", Form.CLAUSE, "les détenus soient libérés"),
        ("fr", "Le gouvernement doit les libérer", Form.SENTENCE, "le gouvernement doit les libérer"),
        (
            "fr",
            "s'assurer que les détenus voient un avocat",
            Form.NEUTRAL,
            "s'assurer que les détenus voient un avocat",
        ),
        ("es", "Poner fin a las expulsiones.", Form.INFINITIVE, "poner fin a las expulsiones"),
        ("es", "no devolver a nadie", Form.INFINITIVE, "no devolver a nadie"),
        ("es", "Ponga fin a las expulsiones", Form.IMPERATIVE, "ponga fin a las expulsiones"),
        ("es", "La liberación de los detenidos", Form.NOUN, "la liberación de los detenidos"),
        ("es", "que se libere a los detenidos", Form.CLAUSE, "se libere a los detenidos"),
        ("es", "El gobierno debe liberarlos", Form.SENTENCE, "el gobierno debe liberarlos"),
        ("es", "Mujeres y niños a salvo", Form.NEUTRAL, "Mujeres y niños a salvo"),
        ("de", "Die Gefangenen freizulassen,", Form.INFINITIVE, "die Gefangenen freizulassen"),
        (
            "de",
            "sicherzustellen, dass niemand gefoltert wird",
            Form.INFINITIVE,
            "sicherzustellen, dass niemand gefoltert wird",
        ),
        (
            "de",
            "Stellen Sie sicher, dass niemand gefoltert wird",
            Form.IMPERATIVE,
            "stellen Sie sicher, dass niemand gefoltert wird",
        ),
        ("de", "Die Freilassung aller Gefangenen", Form.NOUN, "die Freilassung aller Gefangenen"),
        ("de", "der Stopp aller Abschiebungen", Form.NEUTRAL, "der Stopp aller Abschiebungen"),
        ("de", "dass die Gefangenen freigelassen werden", Form.CLAUSE, "die Gefangenen freigelassen werden"),
        ("de", "Die Regierung muss sie freilassen", Form.SENTENCE, "Die Regierung muss sie freilassen"),
        ("de", "alle Gefangenen freilassen", Form.NEUTRAL, "alle Gefangenen freilassen"),
        ("en", "Release of all detainees", Form.NOUN, "release of all detainees"),
        ("en", "Respect for the rights of the Hiwa", Form.NOUN, "respect for the rights of the Hiwa"),
        ("en", "An end to secret trials", Form.NOUN, "an end to secret trials"),
        ("en", "Free Mira Osei!", Form.INFINITIVE, "free Mira Osei"),
        ("en", "The release of all who must hide", Form.NEUTRAL, "the release of all who must hide"),
        ("en", "The charges are dropped", Form.NEUTRAL, "the charges are dropped"),
        ("fr", "Veuillez rouvrir le théâtre", Form.INFINITIVE, "rouvrir le théâtre"),
        ("fr", "Ne jugez personne", Form.IMPERATIVE, "ne jugez personne"),
        ("fr", "Faites la lumière sur sa mort", Form.IMPERATIVE, "faites la lumière sur sa mort"),
        ("fr", "Libre accès aux avocats", Form.NEUTRAL, "libre accès aux avocats"),
        ("fr", "Lui garantir l'accès à un médecin", Form.INFINITIVE, "lui garantir l'accès à un médecin"),
        ("fr", "Les poursuites sont abandonnées", Form.NEUTRAL, "les poursuites sont abandonnées"),
        ("es", "¡Libere a las estudiantes!", Form.IMPERATIVE, "libere a las estudiantes"),
        ("es", "No juzgue a nadie", Form.IMPERATIVE, "no juzgue a nadie"),
        ("es", "Asegúrese de que vuelvan", Form.IMPERATIVE, "asegúrese de que vuelvan"),
        ("es", "Por favor, reabra el teatro", Form.IMPERATIVE, "reabra el teatro"),
        ("es", "Los cargos sean retirados", Form.NEUTRAL, "los cargos sean retirados"),
        ("de", "Bitte lassen Sie sie frei", Form.IMPERATIVE, "lassen Sie sie frei"),
        ("de", "den Zugang zu Anwälten", Form.NOUN, "den Zugang zu Anwälten"),
        ("de", "den Zugang zu medizinischen Leistungen", Form.NOUN, "den Zugang zu medizinischen Leistungen"),
        ("de", "sofortige Freilassung von Lin Osei", Form.NOUN, "sofortige Freilassung von Lin Osei"),
        (
            "de",
            "Alle, die krank sind, müssen behandelt werden",
            Form.SENTENCE,
            "Alle, die krank sind, müssen behandelt werden",
        ),
        ("de", "Die Anklagen werden fallen gelassen", Form.NEUTRAL, "Die Anklagen werden fallen gelassen"),
        ("de", "Ungehinderten Zugang für ihre Familie", Form.NOUN, "ungehinderten Zugang für ihre Familie"),
        ("de", "Faires Verfahren vor einem Gericht", Form.NOUN, "faires Verfahren vor einem Gericht"),
        ("de", "Ungehinderter Zugang für alle", Form.NEUTRAL, "Ungehinderter Zugang für alle"),
        ("en", "Alternative housing for those who need it", Form.NOUN, "alternative housing for those who need it"),
        ("en", "Pending release, ensure they see a doctor", Form.NEUTRAL, "pending release, ensure they see a doctor"),
        ("en", "Families must be told in time", Form.SENTENCE, "families must be told in time"),
        ("xx", "whatever it says", Form.NEUTRAL, "whatever it says"),
    ],
)
def test_a_demand_is_understood(language: str, text: str, form: Form, lower: str) -> None:
    wording = understand(Demand(text), language)

    assert (wording.form, wording.lower) == (form, lower)


@pytest.mark.parametrize(
    ("language", "text", "form"),
    [
        ("en", "release Mr. Chen and Dr. Wei", Form.INFINITIVE),
        ("en", "release J. Okoye without conditions", Form.INFINITIVE),
        ("en", "Free them. Dr. Wei must go home", Form.NEUTRAL),
        ("en", "end what began in 2019. The law asks it", Form.NEUTRAL),
        ("de", "die sofortige Verlegung von Dr. Amina Sel", Form.NOUN),
        ("de", "Setzen Sie die für den 9. Dezember angesetzte Hinrichtung aus", Form.IMPERATIVE),
        ("de", "Setzen Sie die Hinrichtung aus. Dezember ist nah", Form.NEUTRAL),
        ("fr", "libérer M. Diallo et Mme. Sow", Form.INFINITIVE),
        ("es", "liberar al Sr. Ruiz", Form.INFINITIVE),
    ],
)
def test_a_stop_after_an_abbreviation_or_a_german_day_ends_no_sentence(language: str, text: str, form: Form) -> None:
    assert understand(Demand(text), language).form is form


@pytest.mark.parametrize(
    ("text", "de", "que"),
    [
        ("abandonner les poursuites", "d'abandonner les poursuites", "qu'abandonner les poursuites"),
        ("libérer les détenus", "de libérer les détenus", "que libérer les détenus"),
        ("héberger les familles", "d'héberger les familles", "qu'héberger les familles"),
        ("harceler personne", "de harceler personne", "que harceler personne"),
    ],
)
def test_french_shortens_before_a_vowel_and_a_silent_h(text: str, de: str, que: str) -> None:
    wording = understand(Demand(text), "fr")

    assert (wording.de, wording.que) == (de, que)


def test_a_name_or_an_abbreviation_keeps_its_capital() -> None:
    assert understand(Demand("UN experts in the country"), "en").lower == "UN experts in the country"
    assert understand(Demand("Freiheit für alle"), "de").lower == "Freiheit für alle"


def test_whoever_knows_better_says_the_form() -> None:
    wording = understand(Demand("Visas for the families", Form.NOUN), "en")

    assert wording.form is Form.NOUN
