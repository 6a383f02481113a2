"""Names of people in requests: read by us alone, for the request they were written for."""

from hypothesis import given
from hypothesis import strategies as st

from advocacy.domain import person_ref
from advocacy.domain.keys import KeyRing

OLD = KeyRing(["the secret before, long enough to be taken as one"])
RING = KeyRing(
    ["the secret in force, long enough to be taken as one", "the secret before, long enough to be taken as one"]
)
IDS = st.lists(st.integers(1, (1 << 63) - 1), unique=True, max_size=20)


@given(ids=IDS)
def test_a_name_is_read_back_for_its_own_request_only(ids: list[int]) -> None:
    names = person_ref.written(RING, "request1", ids)
    reader = person_ref.Reader(RING)

    assert [reader.supporter("request1", name) for name in names] == ids
    assert [reader.supporter("request2", name) for name in names] == [None] * len(ids)
    assert len(set(names) | set(person_ref.written(RING, "request2", ids))) == 2 * len(ids)


def test_names_written_under_the_key_before_are_still_read() -> None:
    (name,) = person_ref.written(OLD, "request1", [7])

    assert person_ref.Reader(RING).supporter("request1", name) == 7
    assert person_ref.written(RING, "request1", [7]) != [name]


@given(name=st.text(max_size=80) | st.binary(min_size=16, max_size=16).map(bytes.hex))
def test_what_we_did_not_write_names_nobody(name: str) -> None:
    assert person_ref.Reader(RING).supporter("request1", name) is None
