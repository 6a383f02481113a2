"""What a long-running process does once, as it starts."""

import gc

from advocacy.startup import spare_what_stays


def test_full_collections_pass_over_what_was_there_at_the_start() -> None:
    there = [[number] for number in range(1000)]

    spare_what_stays()

    try:
        assert gc.get_freeze_count() > len(there)
        assert not any(each is there for each in gc.get_objects())
    finally:
        gc.unfreeze()
