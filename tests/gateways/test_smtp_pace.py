"""A domain that asks for patience gets it: silence first, then a few, then more, then all."""

from advocacy.gateways.smtp_pace import Pace


def send(pace: Pace, domain: str, start: float, seconds: float) -> int:
    """Ask ten times a second; return how many may go. All of them are taken."""
    gone = 0
    for tenth in range(int(seconds * 10)):
        if pace.wait(domain, start + tenth / 10) == 0:
            pace.took(domain)
            gone += 1
    return gone


def test_a_domain_in_no_trouble_is_not_paced() -> None:
    assert send(Pace(), "example.org", 0, 10) == 100


def test_after_trouble_it_gets_nothing_then_little_then_all_again() -> None:
    pace = Pace()
    assert pace.asked_for_patience("example.org", 0) == 30
    assert pace.wait("example.org", 10) == 20
    assert pace.wait("elsewhere.example.org", 10) == 0

    assert send(pace, "example.org", 0, 30) == 0
    assert 9 <= send(pace, "example.org", 30, 10) <= 11
    assert send(pace, "example.org", 40, 120) > 600, "it grows"
    assert send(pace, "example.org", 160, 10) == 100


def test_who_goes_on_asking_for_patience_gets_more_of_it() -> None:
    pace, now, silences = Pace(), 0.0, []
    for _ in range(7):
        silences.append(pace.asked_for_patience("example.org", now))
        now += silences[-1]

    assert silences == [30, 60, 120, 240, 480, 900, 900]
    assert send(pace, "example.org", now, 60) == 2, "one in thirty seconds"


def test_a_limit_is_never_passed() -> None:
    pace = Pace(limit=2.0)
    assert send(pace, "example.org", 0, 30) == 60
    pace.asked_for_patience("example.org", 30)
    assert 1000 <= send(pace, "example.org", 60, 600) <= 1200
