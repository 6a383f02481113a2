"""Facts of the installation, written by several workers at once."""

import threading

from flask import Flask
from sqlalchemy.orm import Session

from advocacy.models import installation
from advocacy.models.base import db


def test_several_workers_may_write_a_fact_for_the_first_time_at_once(app: Flask, session: Session) -> None:
    barrier, failed = threading.Barrier(4), []

    def write(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                installation.set_fact(db.session(), "first", str(number))
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
                failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert failed == []
    assert installation.fact(session, "first") in {"0", "1", "2", "3"}


def test_a_fact_is_changed_and_taken_away(session: Session) -> None:
    installation.set_fact(session, "one", "a")
    installation.set_fact(session, "one", "b")
    assert installation.fact(session, "one") == "b"

    installation.set_fact(session, "one", None)
    assert installation.fact(session, "one") is None
