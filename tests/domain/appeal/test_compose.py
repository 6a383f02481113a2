"""An appeal says each demand in the campaign's words, differs from all others, and fits its channel."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from advocacy.domain.addressee import Addressee, Channel, Role
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.grammar import understand
from advocacy.domain.appeal.guard import problems_of
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, OwnWords, Tone, Writer, seed_for
from advocacy.domain.appeal.similarity import similarity
from advocacy.domain.appeal.text import Kind
from advocacy.domain.channels import mailto
from advocacy.domain.errors import InvalidError

RequestMaker = Callable[..., AppealRequest]
LANGUAGES = ("de", "en", "es", "fr")
EMBASSY = Addressee(name="Embassy of Anselm", role=Role.COPY, postal_lines=("1 Quay", "Ottawa"), country="CA")


def test_the_same_supporter_sees_the_same_letter_again(pools: Pools, a_request: RequestMaker) -> None:
    request = a_request(seed=seed_for("supporter 7", "campaign 3"))

    assert compose(request, pools) == compose(request, pools)


def test_two_supporters_see_different_letters(pools: Pools, a_request: RequestMaker) -> None:
    one = compose(a_request(seed=seed_for(1, 9)), pools)
    other = compose(a_request(seed=seed_for(2, 9)), pools)

    assert one.body() != other.body()


@pytest.mark.parametrize("tone", list(Tone))
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", [Channel.POST, Channel.EMAIL, Channel.WEB_FORM, Channel.FAX])
def test_each_letter_makes_each_demand_word_for_word(
    pools: Pools, a_request: RequestMaker, language: str, tone: Tone, channel: Channel
) -> None:
    for number in range(40):
        request = a_request(language=language, tone=tone, channel=channel, seed=f"c:{number}")
        appeal = compose(request, pools)

        made = [piece.demand for part in appeal.paragraphs for piece in part.pieces if piece.kind is Kind.DEMAND]
        assert sorted(made, key=str) == [0, 1, 2, 3]
        for demand in request.facts.demands:
            assert demand.text in appeal.body() or understand(demand, language).upper in appeal.body()
        assert appeal.fits
        assert problems_of(appeal, pools.voice(language)) == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", list(Tone))
def test_no_two_letters_are_equal_and_most_have_little_in_common(
    pools: Pools, a_request: RequestMaker, language: str, tone: Tone
) -> None:
    request = a_request(language=language, tone=tone)
    letters = [compose(replace(request, seed=f"c:{number}"), pools).body() for number in range(1_500)]

    measured = similarity(letters, locked=[demand.text for demand in request.facts.demands], pairs=1_000)

    assert measured.equal == 0
    assert measured.median <= 0.40
    assert measured.p95 <= 0.70


def _first_demands(request: AppealRequest, pools: Pools, letters: int) -> Counter[int | None]:
    return Counter(
        next(piece.demand for part in appeal.paragraphs for piece in part.pieces if piece.kind is Kind.DEMAND)
        for appeal in (compose(replace(request, seed=f"c:{number}"), pools) for number in range(letters))
    )


def test_each_demand_comes_first_about_equally_often(pools: Pools, a_request: RequestMaker) -> None:
    alone = tuple(
        Demand(text) for text in ("release the teachers", "reopen the school", "allow a visit", "uphold the law")
    )

    first = _first_demands(a_request(facts=CampaignFacts("Four teachers", alone)), pools, 2_000)

    assert set(first) == {0, 1, 2, 3}
    assert all(abs(count - 500) <= 75 for count in first.values())


def test_demands_that_lean_on_each_other_keep_their_order(pools: Pools, a_request: RequestMaker) -> None:
    assert _first_demands(a_request(), pools, 50) == Counter({0: 50})


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_demand_alone_is_not_spoken_of_in_the_plural(pools: Pools, a_request: RequestMaker, language: str) -> None:
    plural = (
        "these requests",
        "these points",
        "First of all, I",
        "ces demandes",
        "ces points",
        "estas peticiones",
        "estos puntos",
        "diese Anliegen",
        "diese Punkte",
    )
    for number in range(80):
        for tone in Tone:
            text = compose(a_request(language=language, tone=tone, chosen=(2,), seed=f"c:{number}"), pools).text()
            assert not [words for words in plural if words.casefold() in text.casefold()]


def test_only_the_chosen_demands_are_made(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(chosen=(1, 3)), pools)

    assert "peaceful assembly" in appeal.text()
    assert "independent inquiry" not in appeal.text()


def test_own_words_stand_as_typed_and_are_marked(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(own=OwnWords("I am a teacher", "My pupils ask me   about it!")), pools)

    own = [piece.text for part in appeal.paragraphs for piece in part.pieces if piece.kind is Kind.OWN]
    assert own == ["I am a teacher.", "My pupils ask me about it!"]


def test_hostile_own_words_stay_text(pools: Pools, a_request: RequestMaker) -> None:
    typed = "{city} (a|b) {demand} #eval(1) <script>"

    assert f"{typed}" in compose(a_request(own=OwnWords(why=typed)), pools).text()


def test_what_is_not_known_of_the_supporter_is_not_said(pools: Pools, a_request: RequestMaker) -> None:
    for number in range(60):
        appeal = compose(a_request(seed=f"c:{number}", writer=Writer()), pools)

        assert appeal.signature == ()
        assert problems_of(appeal, pools.voice("en")) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_does_not_repeat_a_phrase(pools: Pools, a_request: RequestMaker, language: str) -> None:
    for number in range(150):
        appeal = compose(a_request(language=language, seed=f"c:{number}"), pools)
        varied = [piece.text for part in appeal.paragraphs for piece in part.pieces if piece.kind is Kind.VARIED]
        words = [text.lower().strip(".").split() for text in varied]
        runs = Counter(" ".join(text[at : at + 5]) for text in words for at in range(len(text) - 4))
        assert not [run for run, count in runs.items() if count > 1]


def test_a_letter_shows_its_salutation_and_is_signed_with_name_and_place(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(), pools)

    assert appeal.text().startswith("Dear Minister Tarek,\n\n")
    assert appeal.text().endswith("\nAna Lind\nToronto, Canada")
    assert "Four Teachers Held in Port Anselm" in appeal.subject


@pytest.mark.parametrize(
    ("language", "salutation"),
    [
        ("en", "Dear Sir or Madam,"),
        ("fr", "Madame, Monsieur,"),
        ("es", "Señora, señor:"),
        ("de", "Sehr geehrte Damen und Herren,"),
    ],
)
def test_an_addressee_without_a_salutation_gets_a_neutral_one(
    pools: Pools, a_request: RequestMaker, language: str, salutation: str
) -> None:
    request = a_request(language=language, addressee=Addressee(name="Ministry of Justice", postal_lines=("1 Road",)))

    assert compose(request, pools).salutation == salutation


def test_a_french_letter_repeats_the_title_in_its_last_sentence(pools: Pools, a_request: RequestMaker) -> None:
    judge = Addressee(name="Mme Odile Rey", salutation="Madame la Présidente,", postal_lines=("1 rue",))
    closings = {compose(a_request(language="fr", addressee=judge, seed=f"c:{n}"), pools).closing for n in range(40)}

    assert "Veuillez agréer, Madame la Présidente, l'expression de mes sentiments respectueux." in closings


@pytest.mark.parametrize("salutation", ["Monsieur le Ministre,", None])
def test_a_formal_french_letter_always_takes_up_its_salutation_in_the_last_sentence(
    pools: Pools, a_request: RequestMaker, salutation: str | None
) -> None:
    office = Addressee(name="Ministry of Justice", salutation=salutation, postal_lines=("1 Road",))
    request = a_request(language="fr", tone=Tone.FORMAL, addressee=office)
    for number in range(30):
        letter = compose(replace(request, seed=f"c:{number}"), pools)
        assert letter.salutation.rstrip(",") in letter.closing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_says_what_was_asked_and_asks_nothing_of_the_reader_but_to_pass_it_on(
    pools: Pools, a_request: RequestMaker, language: str
) -> None:
    request = a_request(language=language)
    copies = [
        compose(replace(request, addressee=EMBASSY, primary=request.addressee, seed=f"c:{number}"), pools)
        for number in range(40)
    ]

    assert any("Minister Ilan Tarek" in copy.text() for copy in copies)
    for copy in copies:
        assert any(part.bulleted for part in copy.paragraphs)
        assert copy.fits


def test_a_mail_link_of_a_long_letter_is_cut_to_its_demands_before_the_limit(
    pools: Pools, a_request: RequestMaker
) -> None:
    summary = (
        "The four teachers were taken from their school in the morning, and their families were told nothing for days. "
        * 2
    )
    demands = (
        *a_request().facts.demands,
        Demand("return the books taken from the school library and reopen it to all pupils"),
    )
    for number in range(60):
        request = a_request(
            channel=Channel.EMAIL, seed=f"c:{number}", facts=CampaignFacts("Four teachers", demands, summary=summary)
        )
        appeal = compose(request, pools)

        assert appeal.fits
        assert len(mailto("minister@example.org", subject=appeal.subject, body=appeal.text()).url) < 1_900


def test_a_mail_too_long_for_any_link_keeps_all_its_parts(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(channel=Channel.EMAIL, own=OwnWords(why="A long story. " * 200)), pools)

    assert not appeal.fits
    assert len(appeal.paragraphs) >= 4
    assert not mailto("minister@example.org", subject=appeal.subject, body=appeal.text()).has_body


def test_demands_of_different_grammar_stand_together_under_a_neutral_lead(
    pools: Pools, a_request: RequestMaker
) -> None:
    mixed = (Demand("release them"), Demand("The government must explain itself"), Demand("an end to secret trials"))
    request = a_request(facts=CampaignFacts("Four teachers", mixed))
    listed = [
        appeal
        for appeal in (compose(replace(request, seed=f"c:{number}"), pools) for number in range(60))
        if any(part.bulleted for part in appeal.paragraphs)
    ]

    assert listed
    for appeal in listed:
        items = next(part.pieces for part in appeal.paragraphs if part.bulleted)
        assert sorted(item.text for item in items) == [
            "An end to secret trials.",
            "Release them.",
            "The government must explain itself.",
        ]


def test_a_campaign_without_demands_is_refused(pools: Pools, a_request: RequestMaker) -> None:
    with pytest.raises(InvalidError, match="no demands"):
        compose(a_request(facts=CampaignFacts("Four teachers", ())), pools)


def test_a_rewritten_letter_keeps_its_frame_and_its_lists(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(), pools)

    rewritten = appeal.edited_to("My first thought.\r\n\r\nPlease:\r\n- free them\r\n- say why\r\n\r\nThank you.")

    assert rewritten.edited
    assert [part.bulleted for part in rewritten.paragraphs] == [False, False, True, False]
    assert rewritten.salutation == appeal.salutation
    assert rewritten.body() == "My first thought.\n\nPlease:\n- free them\n- say why\n\nThank you."


def test_a_letter_sent_back_unchanged_is_not_a_rewritten_one(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(), pools)

    assert appeal.edited_to(appeal.body().replace("\n", "\r\n")) is appeal


def test_demands_after_the_last_that_leans_are_rotated(pools: Pools, a_request: RequestMaker) -> None:
    demands = ("release the teachers", "let them see a doctor", "reopen the school", "uphold the law")
    request = a_request(facts=CampaignFacts("Four teachers", tuple(Demand(text) for text in demands)))
    orders = set()
    for number in range(60):
        appeal = compose(replace(request, seed=f"c:{number}"), pools)
        orders.add(
            tuple(piece.demand for part in appeal.paragraphs for piece in part.pieces if piece.kind is Kind.DEMAND)
        )

    assert orders == {(0, 1, 2, 3), (0, 1, 3, 2)}
