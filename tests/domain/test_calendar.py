"""The calendar file of a deadline."""

from datetime import UTC, date, datetime

from advocacy.domain.calendar import deadline_event

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def event(title: str, text: str = "Case") -> str:
    day = date(2026, 3, 30)
    return deadline_event(
        uid="weavers@lantern.example", day=day, title=title, text=text, url="https://x/a/w", stamp=NOON
    )


def test_the_event_is_the_whole_last_day() -> None:
    lines = event("Last day").split("\r\n")

    assert "DTSTART;VALUE=DATE:20260330" in lines
    assert "DTEND;VALUE=DATE:20260331" in lines
    assert "DTSTAMP:20260302T120000Z" in lines


def test_text_cannot_add_lines_of_its_own() -> None:
    lines = event("Last day\r\nATTENDEE:x; y, z\\").split("\r\n")

    assert "SUMMARY:Last day\\nATTENDEE:x\\; y\\, z\\\\" in lines
    assert not [line for line in lines if line.startswith("ATTENDEE")]


def test_long_lines_are_folded_at_75_octets() -> None:
    folded = event("Ärger " * 40)

    assert max(len(line.encode()) for line in folded.split("\r\n")) <= 75
    assert "SUMMARY:" + "Ärger " * 40 in folded.replace("\r\n ", "")
