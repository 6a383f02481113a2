"""Browsers are named as people call them."""

import pytest

from advocacy.domain.agent import browser_and_system


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("curl/8.0", ("", "")),
    ],
    ids=[
        "Firefox",
        "Edge, which names Chrome and Safari",
        "iPhone, which names Mac",
        "Android, which names Linux",
        "none",
    ],
)
def test_a_browser_is_known_by_its_own_mark(header: str, named: tuple[str, str]) -> None:
    assert browser_and_system(header) == named
