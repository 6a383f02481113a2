"""The small things a careful reader stumbles over: marks, capitals, articles, echoes, and who is asked what."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from advocacy.domain.addressee import Addressee, Channel, Role
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.own import closed, ended
from advocacy.domain.appeal.places import at_city
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, Tone, Writer
from advocacy.domain.appeal.text import Kind

RequestMaker = Callable[..., AppealRequest]
LANGUAGES = ("de", "en", "es", "fr")
OFFICE = Addressee(name="Ministry of Justice", postal_lines=("1 Road",), social="@justice")


def _texts(pools: Pools, request: AppealRequest, letters: int = 60) -> list[str]:
    return [
        compose(replace(request, seed=f"c:{number}", tone=tone), pools).text()
        for number in range(letters)
        for tone in Tone
    ]


def test_a_german_letter_goes_on_small_after_the_comma_of_its_salutation(pools: Pools, a_request: RequestMaker) -> None:
    for office in (OFFICE, replace(OFFICE, role=Role.COPY)):
        for text in _texts(pools, a_request(language="de", addressee=office)):
            after = text.removeprefix("Sehr geehrte Damen und Herren,\n\n")
            assert after[0].islower(), after[:40]


def test_other_letters_begin_large_after_their_salutation(pools: Pools, a_request: RequestMaker) -> None:
    for language in ("en", "es", "fr"):
        for text in _texts(pools, a_request(language=language, addressee=OFFICE), letters=10):
            assert text.split("\n\n")[1][0].isupper()


@pytest.mark.parametrize(
    ("salutation", "faithfully"),
    [(None, True), ("Dear Sir,", True), ("Dear Minister Tarek,", False)],
)
def test_an_english_letter_closes_as_its_salutation_asks(
    pools: Pools, a_request: RequestMaker, salutation: str | None, *, faithfully: bool
) -> None:
    request = a_request(addressee=replace(OFFICE, salutation=salutation), writer=Writer())
    closings = {text.rsplit("\n\n", 1)[1] for text in _texts(pools, request)}

    assert ("Yours faithfully," in closings) is faithfully
    assert ("Yours sincerely," in closings) is not faithfully


@pytest.mark.parametrize(
    ("language", "ends"),
    [("en", "Where is Lin?”"), ("fr", "Where is Lin?\u00a0»"), ("de", "Where is Lin?“"), ("es", "Where is Lin?».")],
)
def test_a_title_that_asks_is_quoted_and_gets_no_second_mark(
    pools: Pools, a_request: RequestMaker, language: str, ends: str
) -> None:
    facts = CampaignFacts("Where is Lin?", a_request(language=language).facts.demands)
    for text in _texts(pools, a_request(language=language, facts=facts, tone=Tone.FORMAL), letters=10):
        assert ends in text
        assert language == "es" or f"{ends}." not in text


@pytest.mark.parametrize(("sentence", "language", "wanted"), [
    ("It is this: “Free Lin!”.", "en", "It is this: “Free Lin!”"),
    ("Es esto: «¿Dónde está?».", "es", "Es esto: «¿Dónde está?»."),
    ("It is this: “Four held”.", "en", "It is this: “Four held”."),
])  # fmt: skip
def test_the_stop_after_a_quoted_question_stays_only_in_spanish(sentence: str, language: str, wanted: str) -> None:
    assert closed(sentence, language) == wanted


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("I teach (in Leeds)", "I teach (in Leeds)."),
        ("She said “no”", "She said “no”."),
        ("Why?", "Why?"),
        ("She asked “why?”", "She asked “why?”"),
        ("", ""),
    ],
)
def test_own_words_get_a_stop_also_after_a_bracket(typed: str, shown: str) -> None:
    assert ended(typed) == shown


@pytest.mark.parametrize(
    ("city", "language", "words"),
    [
        ("Lyon", "fr", "à Lyon"),
        ("Le Havre", "fr", "au Havre"),
        ("Les Ulis", "fr", "aux Ulis"),
        ("La Rochelle", "fr", "à La Rochelle"),
        ("Lens", "fr", "à Lens"),
        ("Leeds", "en", ""),
        ("", "fr", ""),
    ],
)
def test_french_joins_its_preposition_to_the_article_of_a_town(city: str, language: str, words: str) -> None:
    assert at_city(city, language) == words


def test_a_demand_that_ends_in_a_mark_gets_no_second_one(pools: Pools, a_request: RequestMaker) -> None:
    demands = (Demand("uphold the rights of people in the U.S."), Demand("Where is Lin?"), Demand("Free Mira Osei!"))
    for text in _texts(pools, a_request(facts=CampaignFacts("Four teachers", demands)), letters=30):
        assert not re.search(r"\.\.|\?\.|!\.", text), text


@pytest.mark.parametrize(
    ("language", "clause", "item"),
    [
        ("en", "that everyone be released", "- that everyone be released"),
        ("fr", "que tous soient libérés", "- que tous soient libérés"),
        ("es", "que se libere a todos", "- que se libere a todos"),
        ("de", "dass alle freikommen", "- dass alle freikommen"),
    ],
)
def test_a_copy_lists_clauses_with_the_word_that_begins_them(
    pools: Pools, a_request: RequestMaker, language: str, clause: str, item: str
) -> None:
    request = a_request(
        language=language,
        addressee=Addressee(name="Embassy", role=Role.COPY, postal_lines=("1 Quay",)),
        facts=CampaignFacts("Four teachers", (Demand(clause), Demand(clause))),
    )
    for text in _texts(pools, request, letters=10):
        assert item in text


def test_a_clause_in_a_mixed_list_keeps_its_first_word(pools: Pools, a_request: RequestMaker) -> None:
    demands = (Demand("that everyone be released"), Demand("an end to secret trials"))
    texts = _texts(pools, a_request(facts=CampaignFacts("Four teachers", demands)))

    assert any("- That everyone be released." in text for text in texts)
    assert not any("- Everyone be released" in text for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_subject_of_a_copy_asks_nothing_of_its_reader(pools: Pools, a_request: RequestMaker, language: str) -> None:
    request = a_request(
        language=language, addressee=Addressee(name="Embassy", role=Role.COPY, postal_lines=("1 Quay",))
    )
    subjects = {compose(replace(request, seed=f"c:{number}"), pools).subject for number in range(40)}

    assert len(subjects) >= 4
    assert not any(re.search(r"to you|une demande|ma demande|petición|Bitte", subject) for subject in subjects), (
        subjects
    )


@pytest.mark.parametrize(
    ("language", "clause", "led"),
    [
        ("en", "that everyone be released", "that everyone be released"),
        ("fr", "qu'on les libère", "demande qu'on les libère"),
        ("es", "que se libere a todos", "ido que se libere a todos"),
        ("de", "dass alle freikommen", "darum, dass alle freikommen"),
    ],
)
def test_a_short_post_leads_into_a_clause(
    pools: Pools, a_request: RequestMaker, language: str, clause: str, led: str
) -> None:
    request = a_request(language=language, channel=Channel.SOCIAL, facts=CampaignFacts("Four", (Demand(clause),)))
    for number in range(20):
        body = compose(replace(request, seed=f"c:{number}"), pools).body()
        assert led in body or "„Four“" in body or "Four" in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_sentences_begin_with_the_same_three_words(pools: Pools, a_request: RequestMaker, language: str) -> None:
    repeated = 0
    for number in range(100):
        appeal = compose(a_request(language=language, seed=f"c:{number}", day=date(2026, 3, 1)), pools)
        starts = [
            " ".join(piece.text.lower().split()[:3])
            for part in appeal.paragraphs
            if not part.bulleted
            for piece in part.pieces
        ]
        repeated += len(starts) != len(set(starts))
    assert repeated <= 2


def test_a_demand_that_only_goes_on_from_i_write_to_you_stands_in_no_list_of_others(
    pools: Pools, a_request: Callable[..., AppealRequest]
) -> None:
    demands = (Demand("calling for talks with those affected"), Demand("their right to stay"))

    for text in _texts(pools, a_request(facts=CampaignFacts("Four teachers", demands)), letters=60):
        assert "- Calling" not in text


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_the_only_demand_is_asked_for_and_not_just_found_right(pools: Pools, language: str) -> None:
    voice = pools.voice(language)
    leads = {phrase.source for tone in Tone for phrase in voice.phrases("each.infinitive", tone)}

    assert not [lead for lead in leads if lead.startswith(("It is", "(It is", "Il ", "Es ", "(Es "))]


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_no_two_sentences_of_a_letter_begin_with_the_same_long_word(
    pools: Pools, a_request: Callable[..., AppealRequest], language: str
) -> None:
    texts = _texts(pools, a_request(language=language), letters=150)

    doubled = [text for text in texts if _begin_alike(text)]

    assert len(doubled) <= 3, doubled[:2]


def _begin_alike(text: str) -> bool:
    starts = re.findall(r"(?:^|(?<=[.?!] ))([^\W\d_]{7,})\b", text, re.MULTILINE)
    return len(starts) != len(set(starts))


@pytest.mark.parametrize(
    ("language", "demand", "said"),
    [
        ("en", "halt the execution", "to halt the execution."),
        ("fr", "arrêter l'exécution", "aux responsables d'arrêter l'exécution."),
        ("es", "detener la ejecución", "a los responsables a detener la ejecución."),
        ("de", "die Hinrichtung auszusetzen", ", die Hinrichtung auszusetzen."),
    ],
)
def test_a_copy_with_one_demand_says_it_in_one_sentence(
    pools: Pools, a_request: Callable[..., AppealRequest], language: str, demand: str, said: str
) -> None:
    embassy = Addressee(name="Embassy", role=Role.COPY, postal_lines=("1 Elm Street",))
    facts = CampaignFacts("Arman Vey", (Demand(demand),))

    for text in _texts(pools, a_request(language=language, addressee=embassy, facts=facts), letters=20):
        assert said in text
        assert "\n- " not in text


def test_a_copy_sets_apart_what_only_goes_on_from_i_raise_my_voice(
    pools: Pools, a_request: Callable[..., AppealRequest]
) -> None:
    embassy = Addressee(name="Embassy", role=Role.COPY, postal_lines=("1 Elm Street",))
    demands = (Demand("calling for talks with those affected"), Demand("Do not evict them"))

    for text in _texts(pools, a_request(addressee=embassy, facts=CampaignFacts("Four", demands)), letters=20):
        assert "I raise my voice, calling for talks with those affected." in text
        assert "- Do not evict them." in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_a_long_word_of_the_pools_comes_three_times_in_one_letter(
    pools: Pools, a_request: Callable[..., AppealRequest], language: str
) -> None:
    worn = 0
    for number in range(60):
        appeal = compose(a_request(language=language, seed=f"c:{number}"), pools)
        varied = [piece.text for part in appeal.paragraphs for piece in part.pieces if piece.kind is Kind.VARIED]
        heard = Counter(
            stem for text in varied for stem in {word[:6] for word in re.findall(r"[^\W\d_]{6,}", text.lower())}
        )
        worn += max(heard.values()) >= 3

    assert worn == 0
