"""Signed posts of events about a planned blast, as the provider writes them: in any order, some of them twice."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain import person_ref
from advocacy.models.base import keys_of
from advocacy.models.blast import Delivery, Dispatch
from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.fates import Happening, Mail, event_of
from advocacy.sendgrid_double.posting import Poster

TWICE = 0.02
_A_POST = 1_800
"""So many events fill the 768 kB of a post."""

_BOUNCES, _COMPLAINS, _OPENS = 500, 2_000, 50
"""One person in so many."""

_DELIVERED = {"response": "250 2.0.0 OK", "tls": 1, "ip": "198.51.100.7"}
_BOUNCED = {"reason": "550 5.1.1 no such user here", "status": "5.1.1", "type": "bounce", "tls": 1}


@dataclass(frozen=True)
class Post:
    """One post on disk: where its body is, and what is sent with it."""

    body: Path
    events: int
    signature: str
    timestamp: str


def addressed(session: Session, blast_id: int) -> list[tuple[str, int]]:
    """Return (public id, supporter id) of everybody in the blast."""
    return [
        (row.public_id, row.supporter_id)
        for row in session.execute(
            select(Dispatch.public_id, Delivery.supporter_id)
            .join(Delivery, (Delivery.blast_id == Dispatch.blast_id) & (Delivery.dispatch_no == Dispatch.no))
            .where(Dispatch.blast_id == blast_id)
            .order_by(Dispatch.no, Delivery.supporter_id)
        )
    ]


def happened(people: int, events: int, *, seed: int) -> list[tuple[int, str]]:
    """Return (person, event) so many times, shuffled, and a share of them twice."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    all_ = [each for number in range(people) for each in _life(number)][:events]
    all_ += [one for one in all_ if chance.random() < TWICE]
    chance.shuffle(all_)
    return all_


def posts(
    session: Session,
    people: Sequence[tuple[str, int]],
    told: Sequence[tuple[int, str]],
    poster: Poster,
    folder: Path,
    *,
    at: float,
) -> list[Post]:
    """Write the events, which happened in the hour before `at`, as signed bodies below `folder`."""
    names = _names(session, people)
    account = Account()
    folder.mkdir(exist_ok=True)
    written = []
    for first in range(0, len(told), _A_POST):
        part = told[first : first + _A_POST]
        body = poster.body_of([_event(people[who], names[who], what, account, at) for who, what in part])
        signature, timestamp = poster.sign(body)
        path = folder / str(first)
        path.write_bytes(body)
        written.append(Post(path, len(part), signature, timestamp))
    return written


def _life(number: int) -> Iterator[tuple[int, str]]:
    yield number, "processed"
    yield number, "bounce" if number % _BOUNCES == 1 else "delivered"
    if number % _OPENS == 2:
        yield number, "open"
    if number % _COMPLAINS == 3:
        yield number, "spamreport"


def _names(session: Session, people: Sequence[tuple[str, int]]) -> list[str]:
    keys, names, first = keys_of(session), list[str](), 0
    while first < len(people):
        last = first
        while last < len(people) and people[last][0] == people[first][0]:
            last += 1
        names += person_ref.written(keys, people[first][0], [id_ for _, id_ in people[first:last]])
        first = last
    return names


def _event(whom: tuple[str, int], name: str, what: str, account: Account, at: float) -> dict[str, object]:
    public_id, id_ = whom
    mail = Mail(
        message_id=public_id[:22],
        index=id_,
        at=at,
        sender="",
        to=f"supporter{id_}@example.org",
        subject="",
        text="",
        html="",
        headers={},
        custom_args={"adv_mid": public_id, "adv_person": name},
        categories=[],
    )
    more = {"delivered": _DELIVERED, "bounce": _BOUNCED}.get(what, {})
    return event_of(mail, Happening(0, what, dict(more)), at - 3600 + id_ % 600, account, id_)
