"""What the rows of a list do to the supporters: who is new, who is known, who stays away. In the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain.import_cells import Person
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.models.base import Base, keys_of
from advocacy.models.supporter import (
    Consent,
    EmailAlias,
    Subscription,
    Supporter,
    Suppression,
    new_uid,
    seal,
)
from advocacy.models.supporter_import import ImportKey, ImportTrace, SupporterImport
from advocacy.operations.consent import ALERTS

IMPORT = "import"
ENDED = (SupporterState.UNSUBSCRIBED, SupporterState.BOUNCED, SupporterState.ERASED)


@dataclass
class Tally:
    """Rows by what becomes of them: `again` repeat an address of the file, `stopped` are never written to again."""

    new: int = 0
    known: int = 0
    again: int = 0
    stopped: int = 0
    refused: int = 0

    def added_to(self, kept: Mapping[str, int]) -> dict[str, int]:
        return {name: kept.get(name, 0) + number for name, number in asdict(self).items()}


@dataclass(frozen=True)
class Found:
    """Those of some addresses that we know; `stopped` are suppressed, or ended in another way."""

    known: Mapping[str, Any]
    stopped: Collection[str]


def find(session: Session, addresses: Collection[str], *, lock: bool = False) -> Found:
    """Look up addresses under every key of the ring, and earlier addresses too. `lock` holds the rows, in order."""
    ring = keys_of(session)
    by_hash = {hash_: address for address in addresses for hash_ in ring.email_keys(address)}
    columns = (Supporter.id, Supporter.state, Supporter.tags, Supporter.confirmed_at)
    own = select(Supporter.email_key.label("hash"), *columns).where(Supporter.email_key.in_(by_hash))
    earlier = (
        select(EmailAlias.email_key.label("hash"), *columns)
        .join(Supporter, Supporter.id == EmailAlias.supporter_id)
        .where(EmailAlias.email_key.in_(by_hash))
    )
    known: dict[str, Any] = {}
    for query in (earlier.order_by(Supporter.id), own.order_by(Supporter.id)):
        for row in session.execute(query.with_for_update(of=Supporter) if lock else query).all():
            known[by_hash[row.hash]] = row
    hashes = {hash_: address for address in addresses for hash_ in ring.suppression_keys(address)}
    stopped = {
        hashes[key]
        for key in session.scalars(
            select(Suppression.suppression_key).where(
                Suppression.suppression_key.in_(hashes), Suppression.scope == "all"
            )
        )
    }
    return Found(known, stopped | {address for address, row in known.items() if row.state in ENDED})


def count(session: Session, import_id: int, people: Sequence[Person]) -> Tally:
    """Say what the rows would become, and note which addresses of the file were seen."""
    first = _note_keys(session, import_id, people)
    found = find(session, first)
    stopped = sum(address in found.stopped for address in first)
    known = sum(address in found.known and address not in found.stopped for address in first)
    return Tally(len(first) - known - stopped, known, len(people) - len(first), stopped)


def take(session: Session, import_: SupporterImport, people: Sequence[Person], now: datetime) -> Tally:
    """Add the new, merge the known, leave the stopped alone.

    Who is known keeps what they told us: only the tags, the alert list and the consent are added to them. Somebody
    whose own sign-up was never confirmed is filled in from the list.
    """
    merged = _merged(people)
    first = _spend_keys(session, import_.id, merged)
    found = find(session, merged, lock=True)
    batch = _Batch(session, import_, now)
    fresh = batch.make([merged[address] for address in sorted(merged) if _is_new(found, address)])
    raced = [address for address in merged if _is_new(found, address) and address not in fresh]
    if raced:
        found = replace(found, known={**found.known, **find(session, raced, lock=True).known})
    known = {address: row for address, row in found.known.items() if address not in found.stopped}
    batch.wake({row.id: merged[address] for address, row in known.items() if row.state is SupporterState.PENDING})
    for address, row in known.items():
        batch.tag(row, merged[address].tags)
    repeated = {row.id for address, row in known.items() if address not in first}
    batch.settle([*fresh.values(), *(row.id for row in known.values())], merged_lines(fresh, known, merged), repeated)
    stopped = sum(address in found.stopped for address in first)
    return Tally(
        new=len(fresh),
        known=len(first) - len(fresh) - stopped,
        again=len(people) - len(first),
        stopped=stopped,
    )


def _is_new(found: Found, address: str) -> bool:
    return address not in found.known and address not in found.stopped


def merged_lines(fresh: Mapping[str, int], known: Mapping[str, Any], merged: Mapping[str, Person]) -> dict[int, Person]:
    """Return whose row of the file it was, by the supporter's id."""
    return {id_: merged[address] for address, id_ in fresh.items()} | {
        row.id: merged[address] for address, row in known.items()
    }


def _merged(people: Iterable[Person]) -> dict[str, Person]:
    """One person for each address: the first row counts, the tags of all."""
    found: dict[str, Person] = {}
    for person in people:
        before = found.get(person.address)
        if before is None:
            found[person.address] = person
        elif set(person.tags) - set(before.tags):
            found[person.address] = replace(before, tags=tuple(dict.fromkeys((*before.tags, *person.tags))))
    return found


def _note_keys(session: Session, import_id: int, people: Sequence[Person]) -> set[str]:
    """Return the addresses that were not seen in the file before."""
    keys = keys_of(session)
    by_hash = {keys.email_keys(person.address)[0]: person.address for person in people}
    if not by_hash:
        return set()
    noted = session.execute(
        insert(session, ImportKey).on_conflict_do_nothing().returning(ImportKey.email_key),
        [{"import_id": import_id, "email_key": hash_} for hash_ in sorted(by_hash)],
    ).scalars()
    return {by_hash[hash_] for hash_ in noted}


def _spend_keys(session: Session, import_id: int, addresses: Collection[str]) -> set[str]:
    """Return the addresses whose row was not taken yet: those noted while the file was checked, each spent once."""
    keys = keys_of(session)
    by_hash = {keys.email_keys(address)[0]: address for address in addresses}
    spent = session.execute(
        delete(ImportKey)
        .where(ImportKey.import_id == import_id, ImportKey.email_key.in_(by_hash))
        .returning(ImportKey.email_key)
        .execution_options(synchronize_session=False)
    ).scalars()
    return {by_hash[hash_] for hash_ in spent}


@dataclass
class _Batch:
    """The rows at hand on their way into the tables; what was done to whom is noted in traces."""

    session: Session
    import_: SupporterImport
    now: datetime
    made: set[int] = field(default_factory=set)
    woken: set[int] = field(default_factory=set)
    tagged: dict[int, list[str]] = field(default_factory=dict)

    def make(self, people: Sequence[Person]) -> dict[str, int]:
        """Add supporters; return ids by address. Somebody who signed up this very moment is not among them."""
        if not people:
            return {}
        ring = keys_of(self.session)
        rows, by_hash = [], {}
        for person in people:
            uid, hash_ = new_uid(), ring.email_keys(person.address)[0]
            by_hash[hash_] = person.address
            sealed = {
                f"{column}_sealed": ring.seal(f"supporter.{column}", uid, text) if text else None
                for column, text in (("email", person.address), ("name", person.name), ("town", person.town))
            }
            rows.append(
                {
                    "uid": uid,
                    "email_key": hash_,
                    "suppression_key": ring.suppression_keys(person.address)[0],
                    "state": SupporterState.ACTIVE,
                    "country": person.country,
                    "language": person.language,
                    "timezone": person.timezone,
                    "tags": list(person.tags),
                    "sample": False,
                    "created_at": self.now,
                    "confirmed_at": self.now,
                    **sealed,
                }
            )
        # Without RETURNING the driver sends row after row of one prepared statement, in a third of the time.
        self.session.execute(insert(self.session, Supporter).on_conflict_do_nothing(index_elements=["email_key"]), rows)
        uids = [row["uid"] for row in rows]
        kept = self.session.execute(select(Supporter.id, Supporter.email_key).where(Supporter.uid.in_(uids))).all()
        self.made = {row.id for row in kept}
        return {by_hash[row.email_key]: row.id for row in kept}

    def wake(self, people: Mapping[int, Person]) -> None:
        """Fill in those who signed up once and never confirmed."""
        for row in self.session.scalars(select(Supporter).where(Supporter.id.in_(people))):
            person = people[row.id]
            seal(self.session, row, email=person.address, name=person.name, town=person.town)
            row.state, row.confirmed_at = SupporterState.ACTIVE, self.now
            row.country, row.language, row.timezone = person.country, person.language, person.timezone
            self.woken.add(row.id)
        self.session.flush()

    def tag(self, row: Any, tags: Sequence[str]) -> None:
        """Add to somebody known the tags they have not."""
        before = [*row.tags, *self.tagged.get(row.id, ())]
        more = [tag for tag in tags if tag not in before]
        if more:
            self.tagged[row.id] = [*self.tagged.get(row.id, ()), *more]
            self.session.execute(update(Supporter), [{"id": row.id, "tags": [*before, *more]}])

    def settle(self, ids: Collection[int], people: Mapping[int, Person], repeated: Collection[int]) -> None:
        """Put them on the alert list where that was asked for, and write down consent and trace."""
        first = [id_ for id_ in ids if id_ not in repeated]
        if first:
            listed = self._subscribe(first)
            self.session.execute(insert(self.session, Consent), [self._consent(id_, people[id_]) for id_ in first])
            traces = [self._trace(id_, listed) for id_ in first]
            self.session.execute(insert(self.session, ImportTrace).on_conflict_do_nothing(), traces)
        for id_ in set(repeated) & set(self.tagged):
            trace = self.session.get(ImportTrace, (self.import_.id, id_))
            if trace is not None:
                trace.tags = [*trace.tags, *self.tagged[id_]]

    def _subscribe(self, ids: Sequence[int]) -> set[int]:
        """Return who was not on the alert list and never left it: whoever left it stays off."""
        if not self.import_.alerts:
            return set()
        rows = [
            {"supporter_id": id_, "campaign_id": None, "reminders": Reminders.ALL, "joined_at": self.now} for id_ in ids
        ]
        fresh = [row for row in rows if row["supporter_id"] in self.made]
        if fresh:
            self.session.execute(insert(self.session, Subscription), fresh)
        others = [row for row in rows if row["supporter_id"] not in self.made]
        if not others:
            return self.made & set(ids)
        put = insert(self.session, Subscription).on_conflict_do_nothing().returning(Subscription.supporter_id)
        return (self.made & set(ids)) | set(self.session.execute(put, others).scalars())

    def _consent(self, supporter_id: int, person: Person) -> dict[str, Any]:
        dated = f", agreed on {person.consented}" if person.consented else ""
        return {
            "supporter_id": supporter_id,
            "campaign_id": None,
            "purpose": ALERTS if self.import_.alerts else IMPORT,
            "action": ConsentAction.IMPORTED,
            "wording": self.import_.basis,
            "version": f"import {self.import_.id}",
            "language": self.import_.language,
            "source": f"{self.import_.name[:120]}, line {person.line}{dated}",
            "actor": self.import_.actor,
            "at": self.now,
        }

    def _trace(self, supporter_id: int, listed: set[int]) -> dict[str, Any]:
        return {
            "import_id": self.import_.id,
            "supporter_id": supporter_id,
            "made": supporter_id in self.made,
            "woke": supporter_id in self.woken,
            "alerts": supporter_id in listed,
            "tags": self.tagged.get(supporter_id, []),
        }


def insert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an insert for many rows at once. The mapper's own would part rows by which of their columns are NULL."""
    bare: Any = table.__table__
    on_server = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(bare) if on_server else sqlite.insert(bare)
