"""The addresses by which each page that is read is asked for, in the organisation that `organisation.fill` makes."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from advocacy.cli.bench import desk_work, organisation
from advocacy.domain.links import Links
from advocacy.gateways import current
from advocacy.models.base import keys_of
from advocacy.models.supporter import Supporter

_LEFT_OUT = re.compile(r"^/(static|hooks|metrics|healthz|readyz|mailbox|desk/(sign|enter|tf-|fs-|wan-))")

Values = dict[str, list[Any]]
"""What stands for each part of an address: the largest, a usual one, a closed one."""


def values(app: Flask, session: Session, supporters: int) -> Values:
    """Return them; what an organiser has at hand (a draft, an import, an export, tags, an embassy) is made for it."""
    people = range(1, supporters, organisation.SEALED_EVERY)[:4]
    links = Links("", keys_of(session))
    blasts = [1, 5, 19, 6]
    work = desk_work.make(
        session,
        blasts,
        now=current().clock.now(),
        gateways=current(),
        settings=app.extensions["advocacy.settings"],
    )
    return {
        "slug": ["case-1", "case-2", "case-7", "case-4", "case-19"],
        "blast_id": [*blasts, work.draft_id],
        "uid": [session.get_one(Supporter, id_).uid for id_ in people],
        "leaving": [links.unsubscribe(id_).rpartition("/")[2] for id_ in people],
        "token": [
            links.act(id_, campaign).rpartition("/")[2] for id_, campaign in zip(people, (1, 2, 7, 4), strict=False)
        ],
        "rule": ["launch", "before-3"],
        "key": ["people", "days", "countries", "mails"],
        "filename": ["app.css"],
        "import_uid": [work.import_uid],
        "export_uid": [work.export_uid],
        "tagging_uid": [work.tagging_uid],
        "embassy_id": [work.embassy_id],
        "language": ["fr"],
    }


def rules(app: Flask, only: str = "") -> Iterator[Rule]:
    """Yield the routes of pages, those alone whose path has the pattern `only`."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        if "GET" in (rule.methods or ()) and not _LEFT_OUT.match(rule.rule) and re.search(only, rule.rule):
            yield rule


def addresses(app: Flask, rule: Rule, values: Values) -> list[str]:
    """Return the paths of one route, each value of its parts at least once; none if a part has no value here."""
    if rule.arguments - values.keys():
        return []
    if rule.rule.startswith(("/unsubscribe/", "/preferences/")):
        values = values | {"token": values["leaving"]}
    names = sorted(rule.arguments)
    longest = max((len(values[name]) for name in names), default=1)
    with app.test_request_context():
        found = [rule.build({name: values[name][at % len(values[name])] for name in names}) for at in range(longest)]
    return [each[1] for each in found if each is not None]
