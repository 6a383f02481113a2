"""Numbers and indexes: one's own, never another's, never a date."""

import pytest

from advocacy.domain.reading import read


@pytest.mark.parametrize(
    ("text", "number", "index"),
    [
        ("First UA: 04/25 Index: AMR 51/8933/2025 USA", "04/25", "AMR 51/8933/2025"),
        ("THIRD UA 60/16\nIndex: ASA 12/3456/2016", "60/16", "ASA 12/3456/2016"),
        ("UA-258/2016-1 Index: EUR 44/5141/2016", "258/2016-1", "EUR 44/5141/2016"),
        ("AU 82/10, AMR 34/004/2010", "82/10", "AMR 34/004/2010"),
        ("FI 104/19-5", "104/19-5", None),
        ("NSA 13/03", "NSA 13/03", None),
        ("UA-Nr: 77/06   AI-Index: AMR 96/011/2006", "77/06", "AMR 96/011/2006"),
        ("URGENT ACTION TYPE AND NUMBER: UA 145/11\nINDEX NUMBER: MDE 24/012/2011", "145/11", "MDE 24/012/2011"),
        ("Réunions du 10/05 au 12/05 à la mairie", None, None),
        ("Der Brief vom 12/05/2004 liegt bei", None, None),
        ("Ouvert du 01/06/2004 au 03/06/2004", None, None),
        ("The report (AI Index: ASA 17/002/2001) tells more about it", None, None),
        ("UA 12/05 (AFR 16/026/2005, 6 November 2005) - Fear of torture", "12/05", None),
        ("Call 416/325 or 705/755 now", None, None),
    ],
)
def test_number_and_index_are_found_as_printed_or_not_at_all(text: str, number: str | None, index: str | None) -> None:
    reading = read(text + "\n\nThe rest of the text tells what happened and what to do about it.\n").as_json()
    assert (reading["ua_number"], reading["index"]) == (number, index)


def test_a_number_mentioned_in_the_text_is_not_its_own() -> None:
    text = (
        "ACTION ALERT\n\n"
        + "She was held for a year and then released without a word. " * 30
        + "See also UA 12/97 and EUR 46/019/2013."
    )
    reading = read(text).as_json()
    assert (reading["ua_number"], reading["index"]) == (None, None)
