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

    signed_before_marks = RING.token(Purpose.UNSUBSCRIBE, "7")
    for each in (token, signed_before_marks):
        assert leaving(ROTATED, each) == 7
        assert leaving(KeyRing([NEW]), each) is None


def test_a_token_of_one_purpose_is_refused_for_every_other() -> None:
    for purpose in Purpose:
        token = RING.token(purpose, "7.9")
        assert [other for other in Purpose if RING.subject_of(other, token)] == [purpose]


def test_a_token_altered_in_any_character_never_names_another_person() -> None:
    for token in (RING.token(Purpose.ACT, "7.9"), Links("https://example.org", RING).act(7, 9).rpartition("/")[2]):
        assert acting(RING, token) == (7, 9)
        for place, letter in enumerate(token):
            for other in _B64 + ".":
                if other != letter:
                    found = acting(RING, token[:place] + other + token[place + 1 :])
                    assert found in (None, (7, 9))


def test_a_link_to_leave_is_no_link_to_act_nor_the_other_way_round() -> None:
    links = Links("https://example.org", RING)
    leave, act = links.unsubscribe(7).rpartition("/")[2], links.act(7, 9).rpartition("/")[2]

    assert (leaving(RING, act), acting(RING, leave)) == (None, None)
    for strange in (f"0{leave}", f"{leave}A", leave.replace(".", ".1."), act.replace("7.9", "7.09"), f"{act} "):
        assert (leaving(RING, strange), acting(RING, strange)) == (None, None)


def test_the_links_of_many_are_the_links_of_each() -> None:
    links = Links("https://example.org", RING)

    assert links.acts([7, 8, 7], 9) == [links.act(7, 9), links.act(8, 9), links.act(7, 9)]
    assert links.unsubscribe(8) == f"https://example.org/unsubscribe/{links.leave_tokens([7, 8])[1]}"
    assert len(set(links.leave_tokens(range(1, 2000)))) == 1999


def test_a_column_opens_as_its_cells_do() -> None:
    old, new = RING.seal("supporter.name", "1", "Zoë"), ROTATED.seal("supporter.name", "2", "Li")
    foreign = KeyRing(["a third secret, which is long enough too"]).seal("supporter.name", "4", "Ann")

    opened = ROTATED.open_all(
        "supporter.name", [("1", old), ("2", new), ("3", None), ("4", foreign), ("9", old), ("2", new)]
    )

    assert opened == ["Zoë", "Li", "", None, None, "Li"]


@given(st.text(max_size=300))
def test_any_other_text_is_no_token(text: str) -> None:
    assert acting(RING, text) is None
    assert leaving(RING, text) is None


def test_a_token_holds_no_address() -> None:
    assert "@" not in Links("https://example.org", RING).act(7, 9)
    token, kept = random_token()
    assert kept == hash_of(token)
    assert len(token) >= 43
