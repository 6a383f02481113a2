"""What a reading holds beside the expected keys: the case, the letter, people, languages, updates."""

from pathlib import Path

from advocacy.domain.reading import Person, Reading, cases_of, read

DOCUMENTS = Path(__file__).parent / "documents"


def reading_of(slug: str) -> Reading:
    return read((DOCUMENTS / f"{slug}.txt").read_text(encoding="utf-8"))


def test_people_are_named_with_gender_and_age() -> None:
    assert [field.value for field in reading_of("07-acao-urgente").people] == [Person("Dalva Nogueira", "f", 46)]
    assert [field.value for field in reading_of("10-model-letter-first").people] == [Person("Grace Akello", "f", None)]
    assert [field.value for field in reading_of("01-classic-sheet-two-addresses").people] == [
        Person("Parviz Davari", "m", None)
    ]


def test_languages_to_write_in_are_listed_in_order() -> None:
    assert [field.value for field in reading_of("01-classic-sheet-two-addresses").write_languages] == ["fa", "en"]
    assert [field.value for field in reading_of("05-eilaktion").write_languages] == ["vi", "en", "fr", "de"]
    assert [field.value for field in reading_of("10-model-letter-first").write_languages] == ["en", "sw"]


def test_the_case_is_told_without_letterhead_and_headline() -> None:
    summary = reading_of("25-case-sheet-in-canada").summary
    assert summary.value == "Seven people who kept watch over the Guapinol stream have been in jail since February."


def test_background_and_letter_are_kept_apart() -> None:
    reading = reading_of("10-model-letter-first")
    assert reading.background.value is not None
    assert reading.background.value.startswith("Grace Akello has worked")
    assert reading.model_letter.value is not None
    assert reading.model_letter.value.startswith("Dear Minister Okot,")
    assert "have the charges against her dropped" in reading.model_letter.value


def test_an_update_names_the_action_it_follows_and_that_nothing_more_is_asked() -> None:
    reading = reading_of("17-update-no-further-action")
    assert reading.follows.value == "41/12"
    assert reading.no_further_action.value is True


def test_a_day_after_which_nobody_should_write_is_kept() -> None:
    day = reading_of("49-re-issued-with-correction").do_not_write_after.value
    assert day is not None
    assert day.isoformat() == "2006-06-16"


def test_each_case_of_a_file_is_read_by_itself_with_places_in_the_whole() -> None:
    text = (DOCUMENTS / "16-three-cases-in-one-file.txt").read_text(encoding="utf-8")
    readings = [read(case) for case in cases_of(text)]
    assert [reading.ua_number.value for reading in readings] == ["11/09", "12/09", "13/09"]
    assert [reading.targets[0].value.name for reading in readings] == [
        "M. Brahim Haroun",
        "Mr Bam Adhikari",
        "Dl Ion Lupu",
    ]
    for reading in readings:
        assert reading.ua_number.span is not None
        assert text[slice(*reading.ua_number.span)] == reading.ua_number.value
    assert [field.value for field in read(text).cases] == ["11/09", "12/09", "13/09"]
    assert "ua_number" in read(text).doubts()


def test_an_empty_text_gives_an_empty_reading() -> None:
    reading = read("")
    assert not reading.is_action
    assert reading.as_json()["targets"] == []
