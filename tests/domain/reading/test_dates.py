"""Dates by the document's language, and never guessed."""

from datetime import date

import pytest

from advocacy.domain.reading import read
from advocacy.domain.reading.dates import find_dates
from advocacy.domain.reading.tidy import tidy


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("21 December 1998", "en", date(1998, 12, 21)),
        ("December 21st, 1998", "en", date(1998, 12, 21)),
        ("the 3rd of May 2004", "en", date(2004, 5, 3)),
        ("16. November 2016", "de", date(2016, 11, 16)),
        ("1er août 2012", "fr", date(2012, 8, 1)),
        ("5 de septiembre de 2011", "es", date(2011, 9, 5)),
        ("17 de Julho de 2002", "pt", date(2002, 7, 17)),
        ("1° dicembre 2003", "it", date(2003, 12, 1)),
        ("2016-11-16", "en", date(2016, 11, 16)),
        ("16.11.2016", "de", date(2016, 11, 16)),
        ("14/03/2008", "es", date(2008, 3, 14)),
        ("04/03/2008", "fr", date(2008, 3, 4)),
        ("5/31/96", "en", date(1996, 5, 31)),
        ("3/4/2005", "en", None),
        ("20 February", "en", None),
    ],
)
def test_a_date_is_read_or_left_open(text: str, language: str, value: date | None) -> None:
    found = find_dates(tidy(f"On {text}, it began."), language)
    assert [one.value for one in found] == [value]
    assert (found[0].note is None) == (value is not None)


@pytest.mark.parametrize("text", ["31 February 2004", "45 May 2003", "AMR 51/8933/2025", "fax 416-325-7578", "S.1726"])
def test_what_is_no_date_is_not_taken_for_one(text: str) -> None:
    assert [one.value for one in find_dates(tidy(text), "en") if one.value] == []


@pytest.mark.parametrize(
    ("sentence", "deadline"),
    [
        ("Please send appeals before 3 May 2010 to:", "2010-05-03"),
        ("Please take action as soon as possible until March 3, 2025!", "2025-03-03"),
        ("This Urgent Action expires on 4 June 2012.", "2012-06-04"),
        ("Appelle bis 27. Januar 2015", "2015-01-27"),
        ("ENVOYEZ VOS APPELS AVANT LE 14 MAI 2010 À :", "2010-05-14"),
        ("Envíen llamamientos antes del 17 de octubre de 2011 a:", "2011-10-17"),
        ("Inviate appelli entro il 15 novembre 2013 a:", "2013-11-15"),
        ("Envie apelos até 23 de julho de 2013 para:", "2013-07-23"),
        ("The court had set the trial for the week before 3 May 2010.", None),
        ("She was held by the army until 3 May 2010.", None),
        ("Please send appeals before 3 May to:", None),
    ],
)
def test_the_last_day_to_act_is_told_from_other_days(sentence: str, deadline: str | None) -> None:
    assert read(f"Some words to begin with.\n\n{sentence}\n").as_json()["deadline"] == deadline


def test_an_open_date_is_among_the_doubts_with_its_place() -> None:
    reading = read("ACTION ALERT\n\nPlease send letters before 5/6/2005 to the mayor.")
    assert reading.deadline.value is None
    assert reading.deadline.note == "day and month may stand in either order"
    assert reading.deadline.span is not None
    assert reading.source[slice(*reading.deadline.span)] == "5/6/2005"
    assert "deadline" in reading.doubts()


def test_passing_on_counts_only_where_there_is_no_other_last_day() -> None:
    banner = "Please redistribute this alert until June 15, 1996\n\n"
    assert read(banner).as_json()["deadline"] == "1996-06-15"
    assert read(banner + "Please write before May 31, 1996.").as_json()["deadline"] == "1996-05-31"


def test_when_a_mail_was_sent_counts_last_and_its_short_year_is_a_year() -> None:
    header = "From: a@list.example\nSubject: ALERT: keep the archive open\nDate: Tue, 14 Jun 94 10:12:44 -0700\n\n"
    assert read(header + "Please write to the mayor.").as_json()["issued"] == "1994-06-14"
    assert read(header + "June 12, 1994\n\nPlease write to the mayor.").as_json()["issued"] == "1994-06-12"
