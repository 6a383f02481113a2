"""The line a mail begins with."""

import pytest

from advocacy.domain.email import greeting


@pytest.mark.parametrize(
    ("language", "name", "line"),
    [
        ("en", "Robin", "Dear Robin,"),
        ("en", "", "Hello,"),
        ("fr", "Robin", "Bonjour Robin,"),
        ("es", "", "Hola:"),
        ("de", "Robin", "Guten Tag Robin,"),
        ("fr-CA", "Robin", "Bonjour Robin,"),
        ("pt", "Robin", "Dear Robin,"),
        ("en", "{{ act_url }}", "Dear {{ act_url }},"),
        ("en", "Robin\n\nBuy", "Dear Robin Buy,"),
    ],
)
def test_the_greeting_in_each_language(language: str, name: str, line: str) -> None:
    assert greeting(language, name) == line
