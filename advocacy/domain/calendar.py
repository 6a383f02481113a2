"""A deadline as a calendar file (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta

_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1


def deadline_event(*, uid: str, day: date, title: str, text: str, url: str, stamp: datetime) -> str:
    """Return a calendar with one whole-day event on the deadline's day and an alarm the morning before.

    `stamp` is when it was made (aware). Text is escaped, lines are folded and end with CRLF.
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Advocacy//Urgent actions//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(text)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}",
        "TRIGGER:-PT15H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def _folded(line: str) -> str:
    pieces: list[str] = []
    current = ""
    for sign in line:
        room = _LONGEST_LINE if not pieces else _LONGEST_LINE - 1
        if len((current + sign).encode()) > room:
            pieces.append(current)
            current = ""
        current += sign
    return "\r\n ".join([*pieces, current])
