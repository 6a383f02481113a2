import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.domain.keys import KeyRing, Purpose, SealError, hash_of, random_token
from advocacy.domain.links import Links, acting, leaving

OLD = "the old secret, which is long enough to be taken"
NEW = "the new secret, which is long enough to be taken"
RING = KeyRing([OLD])
ROTATED = KeyRing([NEW, OLD])
_B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_sealed_value_opens_only_in_its_own_place() -> None:
    sealed = RING.seal("supporter.email", "row-1", "maria@example.org")

    assert RING.open("supporter.email", "row-1", sealed) == "maria@example.org"
    for column, row in (("supporter.email", "row-2"), ("supporter.name", "row-1")):
        with pytest.raises(SealError):
            RING.open(column, row, sealed)


def test_altered_bytes_do_not_open() -> None:
    sealed = RING.seal("supporter.email", "row-1", "maria@example.org")
    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealError):
            RING.open("supporter.email", "row-1", altered)


def test_the_same_text_never_seals_alike() -> None:
    assert RING.seal("supporter.name", "1", "Robin") != RING.seal("supporter.name", "1", "Robin")


def test_after_a_rotation_old_values_open_and_new_ones_need_the_new_key() -> None:
    old, new = RING.seal("supporter.town", "1", "Bonn"), ROTATED.seal("supporter.town", "1", "Köln")

    assert (ROTATED.open("supporter.town", "1", old), ROTATED.open("supporter.town", "1", new)) == ("Bonn", "Köln")
    with pytest.raises(SealError, match="not in the ring"):
        RING.open("supporter.town", "1", new)


def test_an_unsubscribe_link_works_for_ever_under_an_old_key() -> None:
    token = Links("https://example.org", RING).unsubscribe(7).rpartition("/")[2]

    assert leaving(ROTATED, token) == 7
    assert leaving(KeyRing([NEW]), token) is None


def test_a_token_of_one_purpose_is_refused_for_every_other() -> None:
    for purpose in Purpose:
        token = RING.token(purpose, "7.9")
        assert [other for other in Purpose if RING.subject_of(other, token)] == [purpose]


def test_a_token_altered_in_any_character_never_names_another_person() -> None:
    token = RING.token(Purpose.ACT, "7.9")
    for place, letter in enumerate(token):
        for other in _B64:
            if other != letter:
                found = acting(RING, token[:place] + other + token[place + 1 :])
                assert found in (None, (7, 9))


@given(st.text(max_size=300))
def test_any_other_text_is_no_token(text: str) -> None:
    assert acting(RING, text) is None
    assert leaving(RING, text) is None


def test_a_token_holds_no_address() -> None:
    assert "@" not in Links("https://example.org", RING).act(7, 9)
    token, kept = random_token()
    assert kept == hash_of(token)
    assert len(token) >= 43
