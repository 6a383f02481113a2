"""Where each group of people falls in time: all of a bucket share the due time, the last instant and the words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import object_session

from advocacy.domain.audience import counted_at
from advocacy.domain.cadence import Cadence, QuietHours, Step, StepKind, rest_before
from advocacy.domain.campaign import Deadline
from advocacy.domain.schedule import Planned, civil_until, instant, itinerary, next_civil
from advocacy.domain.selection import Selection
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, kind_of
from advocacy.models.posting import own_aims
from advocacy.operations.timetable import post_only, posting_days
from advocacy.operations.words import nearest_language

NOBODY = -1
"""The bucket of those for whom the mail would come too late."""

_PROMPT = timedelta(hours=1)


@dataclass(frozen=True)
class Bucket:
    """What all people of a dispatch share; `zone` is one of their zones."""

    at: datetime
    send_by: datetime
    civil_until: datetime | None
    zone: str
    content_version_id: int

    @property
    def key(self) -> "Bucket":
        """The bucket without a zone: those that differ only in the zone that stands for them are one."""
        return replace(self, zone="")


@dataclass(frozen=True)
class Group:
    """People alike in all that places a mail. `country` is None where it makes no difference; `arm` is which of two
    subjects they get, "" where there is one."""

    zone: str
    country: str | None
    language: str
    arm: str = ""


@dataclass
class Placing:
    """Rows of the table that the planner joins to people, and the buckets their numbers mean."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)
    _numbers: dict[Bucket, int] = field(default_factory=dict)

    def number(self, bucket: Bucket | None) -> int:
        """Return the bucket's number."""
        if bucket is None or bucket.at >= bucket.send_by:
            return NOBODY
        key = bucket.key
        if key not in self._numbers:
            self._numbers[key] = len(self.buckets)
            self.buckets.append(bucket)
        return self._numbers[key]


class Calendar:
    """Places groups of people for one blast of one campaign, as of `now`."""

    def __init__(
        self,
        blast: Blast,
        campaign: Campaign,
        deadline: Deadline,
        versions: Mapping[str, Mapping[str, int]],
        now: datetime,
    ) -> None:
        self._rule = blast.rule
        self._kind = kind_of(blast.rule)
        self._scheduled_at, self._send_by = blast.scheduled_at, blast.send_by
        self._local = Selection.from_json(blast.audience).local
        self._campaign, self._deadline, self._versions, self._now = campaign, deadline, versions, now
        self._cadence = Cadence.from_json(campaign.cadence)
        self._plans: dict[tuple[str, str | None], tuple[Planned, ...]] = {}
        self._own_aims = own_aims(object_session(campaign))
        self.by_country = post_only(campaign) and self._kind in {Kind.LAUNCH, Kind.REMINDER}

    def place(self, groups: Iterable[Group]) -> Placing:
        """Return the rows and buckets for these groups; who has no such step in their plan is in no row."""
        placing = Placing()
        for group in groups:
            versions = self._versions.get(group.arm, {})
            language = nearest_language(group.language, versions, self._campaign.language)
            if language is None:
                continue
            row = self._row(group, versions[language], placing)
            if row is not None:
                placing.rows.append(row)
        return placing

    def plan(self, zone: str, country: str | None) -> tuple[Planned, ...]:
        """Return the campaign's whole plan for people of one zone and country."""
        key = (zone, country if self.by_country else None)
        if key not in self._plans:
            self._plans[key] = itinerary(
                self._cadence,
                launched_at=self._campaign.launched_at or self._now,
                deadline=self._deadline,
                zone=self._zone(zone),
                post_only=self.by_country,
                posting_days=posting_days(self._campaign, country, self._own_aims) if self.by_country else None,
            )
        return self._plans[key]

    def _row(self, group: Group, version: int, placing: Placing) -> dict[str, Any] | None:
        if self._kind in {Kind.LAUNCH, Kind.REMINDER}:
            return self._step_row(group, version, placing)
        zone = self._zone(group.zone)
        local = self._local
        due = instant(local.date(), local.time(), zone) if local else self._scheduled_at
        at = max(due, self._scheduled_at, self._now)
        bucket = Bucket(at, self._send_by, self._civil_until(at, zone) if local else None, group.zone, version)
        rest = rest_of(self._rule, self._cadence)
        return _joined(group, placing.number(bucket), due=due, at=at, rest=rest)

    def _step_row(self, group: Group, version: int, placing: Placing) -> dict[str, Any] | None:
        plan = self.plan(group.zone, group.country)
        planned = next((each for each in plan if each.step.key == self._rule), None)
        if planned is None:
            return None
        zone, now = self._zone(group.zone), self._now
        quiet = self._cadence.quiet
        at = self._leaves_at(planned.due_at, zone)
        bucket = Bucket(at, planned.send_by, self._civil_until(at, zone), group.zone, version)
        row = _joined(
            group,
            placing.number(bucket),
            due=planned.due_at,
            at=at,
            rest=rest_before(planned.step, self._cadence),
            last=planned is plan[-1],
        )
        if planned.step.kind is StepKind.LAUNCH:
            morning = next_civil(now, zone, quiet)
            prompt = Bucket(now, planned.send_by, self._prompt_until(zone, quiet), group.zone, version)
            waited = Bucket(morning, planned.send_by, self._civil_until(morning, zone), group.zone, version)
            row |= {"prompt": placing.number(prompt), "waited": placing.number(waited)}
        return row

    def _leaves_at(self, due: datetime, zone: ZoneInfo) -> datetime:
        """Return when a mail due at `due` leaves: what is late keeps the quiet hours, a little late is not late."""
        civil = next_civil(self._now, zone, self._cadence.quiet)
        return due if due >= self._now or counted_at(due, civil) == due else civil

    def _civil_until(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        quiet = self._cadence.quiet
        return None if quiet.start == quiet.end else civil_until(at, zone, quiet)

    def _prompt_until(self, zone: ZoneInfo, quiet: QuietHours) -> datetime | None:
        """Until when the answer to someone's press may come: at night too, if it comes within the hour."""
        if quiet.start == quiet.end:
            return None
        hour = self._now + _PROMPT
        if quiet.cover(self._now.astimezone(zone).time()):
            return hour
        return max(hour, civil_until(self._now, zone, quiet))

    def _zone(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            return self._deadline.zone


def rest_of(rule: str, cadence: Cadence) -> timedelta:
    """Return how long a person must have had no other mail before a mail of this rule: the frequency cap."""
    kind = kind_of(rule)
    if kind in {Kind.LAUNCH, Kind.NEWS}:
        return timedelta()
    if rule == StepKind.LAST_DAY.value:
        return rest_before(Step(rule, StepKind.LAST_DAY, 0, cadence.last_day_time), cadence)
    return cadence.cap


def _joined(
    group: Group, bucket: int, *, due: datetime, at: datetime, rest: timedelta, last: bool = False
) -> dict[str, Any]:
    return {
        "zone": group.zone,
        "country": group.country or "",
        "language": group.language,
        "arm": group.arm,
        "bucket": bucket,
        "prompt": bucket,
        "waited": bucket,
        "due": due,
        "at": at,
        "since": at - rest,
        "last": last,
    }
