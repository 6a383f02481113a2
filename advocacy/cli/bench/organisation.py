"""Data for `advocacy bench pages`: a large organisation, made inside PostgreSQL in sets. Nobody in it exists."""

import json
import re
from datetime import timedelta

import click
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from advocacy.cli.context import note
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import Clock
from advocacy.models import installation, moment
from advocacy.models.base import Base, keys_of
from advocacy.models.blast import Blast, ContentVersion
from advocacy.models.campaign import AddresseeRow, Campaign, Demand
from advocacy.models.organiser import Organiser, Role
from advocacy.models.supporter import Supporter, seal
from advocacy.operations import figures, supporter_counts

_INSERT = re.compile(r"\s*INSERT INTO (?P<table>\w+) \((?P<columns>[^)]*)\)\s+SELECT\s+")
MARK = "bench_pages"
SEALED_EVERY = 5_000
"""Every so many a supporter has an address and a name that can be opened: those whose pages are looked at."""


def fill(session: Session, *, supporters: int, deliveries: int, campaigns: int, clock: Clock) -> None:
    """Make the data where there is none of it yet. Raises ClickException in a database that holds anything else."""
    size = f"{supporters}/{deliveries}/{campaigns}"
    made = installation.fact(session, MARK)
    if made == size:
        session.rollback()
        return
    if made or session.scalar(select(func.count()).select_from(Supporter)):
        raise click.ClickException(
            "This database is in use. Give the benchmark an empty one of its own (DATABASE_URL)."
        )
    now = moment.now(session, clock)
    values = {"n": supporters, "campaigns": campaigns, "now": now, "today": now.date()}
    values |= {"rest": max(deliveries - 2 * (deliveries // 5), campaigns), "large": min(deliveries // 5, supporters)}
    for name, statement in _STATEMENTS:
        note(f"Making {name} ...")
        session.execute(text(_completed(statement)), values)
        session.commit()
    for table in _NUMBERED:
        numbers = func.pg_get_serial_sequence(table.__tablename__, "id")
        session.execute(select(func.setval(numbers, select(func.max(table.id)).scalar_subquery())))
    _sealed(session, supporters)
    role = session.scalar(select(Role).where(Role.name == OrganiserRole.OWNER)) or Role(name=OrganiserRole.OWNER.value)
    session.add(Organiser(email="bench@example.org", created_at=now, roles=[role]))
    installation.set_fact(session, installation.TICKED_AT, (now + timedelta(days=1)).isoformat())
    installation.set_fact(session, MARK, size)
    session.commit()
    note("Counting ...")
    session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("VACUUM ANALYZE"))
    session.rollback()
    figures.recount(session, clock=clock)
    supporter_counts.when_it_is_time(session, clock)


def _completed(statement: str) -> str:
    """Add to an INSERT ... SELECT the columns that must have a value and are not named, each with the model's default."""
    found = _INSERT.match(statement)
    if found is None:
        raise ValueError(statement)
    named = {column.strip() for column in found["columns"].split(",")}
    added = {}
    for column in Base.metadata.tables[found["table"]].columns:
        if not column.nullable and column.name not in named and column.default is not None:
            value = column.default.arg  # type: ignore[attr-defined]
            added[column.name] = _literal(value(None) if callable(value) else value)
    columns, values = ", ".join([*added, found["columns"]]), ", ".join([*added.values(), ""])
    return f"INSERT INTO {found['table']} ({columns}) SELECT {values}{statement[found.end() :]}"


def _literal(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value)
    return f"'{json.dumps(value)}'" if isinstance(value, list | dict) else f"'{value}'"


def _sealed(session: Session, supporters: int) -> None:
    for id_ in range(1, supporters + 1, SEALED_EVERY):
        row, keys = session.get_one(Supporter, id_), keys_of(session)
        seal(session, row, email=f"p{id_}@example.org", name="Robin Sample", town="Port Example")
        row.email_key = keys.email_keys(f"p{id_}@example.org")[0]
    session.commit()


_NUMBERED = (Supporter, Campaign, Demand, AddresseeRow, Blast, ContentVersion)
"""Tables whose rows are numbered here, so that their sequences must follow."""

_STATEMENTS = (
    (
        "supporters",
        """
        INSERT INTO supporter (id, uid, email_key, suppression_key, email_sealed, name_sealed, state, country, language,
                               timezone, tags, sample, created_at, confirmed_at)
        SELECT i, md5(i::text), sha256(('e' || i)::bytea), sha256(('s' || i)::bytea), sha256(('x' || i)::bytea),
               NULL,
               CASE WHEN i % 100 < 94 THEN 'active' WHEN i % 100 < 97 THEN 'unsubscribed'
                    WHEN i % 100 < 99 THEN 'pending' ELSE 'bounced' END,
               (ARRAY['CA','CA','CA','US','US','GB','FR','DE','MX','ES','AU',NULL])[1 + i % 12],
               (ARRAY['en','en','en','fr','es','de'])[1 + i % 6],
               (ARRAY['America/Toronto','America/Vancouver','Europe/London','Europe/Paris','Europe/Berlin',
                      'America/Mexico_City','Australia/Sydney','America/Halifax'])[1 + i % 8],
               CASE WHEN i % 10 = 0 THEN '["volunteer"]'::json ELSE '[]'::json END, FALSE,
               CAST(:now AS timestamptz) - make_interval(mins => i % 1500000),
               CASE WHEN i % 100 < 97 THEN CAST(:now AS timestamptz) - make_interval(mins => i % 1500000) END
        FROM generate_series(1, :n) i
        """,
    ),
    (
        "campaigns",
        """
        INSERT INTO campaign (id, slug, state, title, ua_number, issued, deadline, timezone, language, countries, summary,
                              concern, case_text, background, safety_notice, cadence, generation, sample, created_at,
                              launched_at, closed_at)
        SELECT c, 'case-' || c,
               CASE WHEN c % 20 = 19 THEN 'draft' WHEN c % 20 = 18 THEN 'paused' WHEN c % 5 = 4 THEN 'closed' ELSE 'live' END,
               'Weavers of district ' || c || ' held without charge', c || '/26', :today,
               CAST(:today AS date) + CASE WHEN c % 5 = 4 AND c % 20 <> 19 THEN -3 ELSE 2 + c % 40 END,
               'America/Toronto', 'en', '["Exampleland"]'::json,
               'Eleven weavers have been held since January without charge.', '', repeat('They were taken at night. ', 40),
               '', '', '{}'::json, 1, FALSE, CAST(:now AS timestamptz) - interval '20 days',
               CASE WHEN c % 20 <> 19 THEN CAST(:now AS timestamptz) - interval '15 days' END,
               CASE WHEN c % 5 = 4 AND c % 20 <> 19 THEN CAST(:now AS timestamptz) - interval '3 days' END
        FROM generate_series(1, :campaigns) c
        """,
    ),
    (
        "demands",
        """
        INSERT INTO demand (id, campaign_id, position, text)
        SELECT 3 * (c - 1) + p, c, p, (ARRAY['release the weavers at once','let their families visit them',
                                             'have a judge look at the orders'])[p]
        FROM generate_series(1, :campaigns) c, generate_series(1, 3) p
        """,
    ),
    (
        "addressees",
        """
        INSERT INTO addressee (id, campaign_id, position, role, name, salutation, postal_lines, country, emails, phones,
                               faxes, for_countries)
        SELECT 2 * (c - 1) + p, c, p, CASE p WHEN 1 THEN 'primary' ELSE 'copy' END, 'Minister ' || p, 'Dear Minister,',
               '["1 Square of the Republic", "Port Example"]'::json, 'US',
               CASE WHEN c % 10 <> 1 THEN '["office@example.org"]'::json ELSE '[]'::json END, '[]'::json, '[]'::json,
               '[]'::json
        FROM generate_series(1, :campaigns) c, generate_series(1, 2) p
        """,
    ),
    (
        "subscriptions",
        """
        INSERT INTO subscription (supporter_id, campaign_id, reminders, joined_at, left_at)
        SELECT i, NULL, 'all', CAST(:now AS timestamptz) - make_interval(mins => i % 1500000), NULL
        FROM generate_series(1, :n) i WHERE i % 10 < 7
        """,
    ),
    (
        "campaign subscriptions",
        """
        INSERT INTO subscription (supporter_id, campaign_id, reminders, joined_at, left_at)
        SELECT 1 + (j * 7919 + c * 104729) % :n, c, (ARRAY['all','all','last','none'])[1 + j % 4],
               CAST(:now AS timestamptz) - make_interval(mins => j % 20000),
               CASE WHEN j % 50 = 0 THEN CAST(:now AS timestamptz) END
        FROM generate_series(1, :campaigns) c, generate_series(1, LEAST(3000, CAST(:n AS integer) / 4)) j
        ON CONFLICT DO NOTHING
        """,
    ),
    (
        "suppressions",
        """
        INSERT INTO suppression (suppression_key, scope, reason, at)
        SELECT suppression_key, 'all', 'unsubscribed', CAST(:now AS timestamptz) FROM supporter
        WHERE state IN ('unsubscribed', 'bounced')
        """,
    ),
    (
        "consent",
        """
        INSERT INTO consent (supporter_id, purpose, action, wording, version, language, source, actor, at)
        SELECT i, 'alerts', CASE k WHEN 1 THEN 'confirmed' ELSE 'withdrawn' END, 'Write to me about urgent actions.', '1',
               'en', 'page', 'supporter', CAST(:now AS timestamptz) - make_interval(mins => CASE k WHEN 1 THEN 900000 ELSE i % 20000 END)
        FROM generate_series(1, :n) i, generate_series(1, 2) k WHERE k = 1 OR i % 100 IN (94, 95, 96)
        """,
    ),
    (
        "blasts",
        """
        INSERT INTO blast (id, campaign_id, rule, occurrence, state, state_reason, audience, scheduled_at, local_time,
                           send_by, plan_cursor, row_version, progress_at, created_at, ended_at)
        SELECT 3 * (c.id - 1) + p, c.id, (ARRAY['launch','before-14','before-3'])[p], '1',
               CASE WHEN p = 3 THEN CASE WHEN c.state = 'closed' THEN 'completed' ELSE 'scheduled' END
                    WHEN c.id = 2 AND p = 2 THEN 'sending' ELSE 'completed' END,
               '', '{}'::json,
               CASE WHEN p = 3 THEN (c.deadline - 3) + interval '10 hours' ELSE c.launched_at + (p - 1) * interval '14 days' END,
               TRUE, c.deadline + interval '28 hours', 0, 1, CAST(:now AS timestamptz) - interval '4 seconds', c.created_at,
               CASE WHEN p < 3 THEN CAST(:now AS timestamptz) - interval '1 day' END
        FROM campaign c, generate_series(1, 3) p WHERE c.state <> 'draft'
        """,
    ),
    (
        "words",
        """
        INSERT INTO content_version (id, blast_id, language, arm, subject, html, text, sha256)
        SELECT b.id * 2 + l, b.id, (ARRAY['en','fr'])[l], '', 'Write by Friday: weavers held', '<p>{{ greeting }}</p>',
               '{{ greeting }} {{ act_url }}', repeat('0', 64)
        FROM blast b, generate_series(1, 2) l
        """,
    ),
    (
        "deliveries",
        """
        INSERT INTO delivery (blast_id, supporter_id, dispatch_no, skip_reason, outcome, outcome_at)
        SELECT b.id, 1 + ((i::bigint - 1) * s.stride + b.id * 31) % :n, i / 1000,
               CASE WHEN i % 400 = 0 THEN 'acted' END,
               CASE WHEN b.id = 5 AND i > s.size / 2 THEN NULL WHEN i % 1300 = 1 THEN 'complained' WHEN i % 90 = 1 THEN 'bounced'
                    WHEN i % 30 = 1 THEN NULL ELSE 'delivered' END,
               CAST(:now AS timestamptz) - interval '1 day'
        FROM blast b
        CROSS JOIN LATERAL (
            SELECT CASE WHEN b.id IN (1, 5) THEN CAST(:large AS integer)
                        ELSE LEAST(CAST(:rest AS integer) / (SELECT count(*)::integer FROM blast WHERE rule <> 'before-3'), CAST(:n AS integer)) END AS size,
                   1 AS stride
        ) s
        CROSS JOIN LATERAL generate_series(1, s.size) i
        WHERE b.rule <> 'before-3'
        ON CONFLICT DO NOTHING
        """,
    ),
    (
        "requests",
        """
        INSERT INTO dispatch (blast_id, no, public_id, content_version_id, due_at, send_by, counts_at, canary, n,
                              first_supporter_id, last_supporter_id, state, attempts, inflight_at, settled_at)
        SELECT d.blast_id, d.dispatch_no, md5(d.blast_id || '-' || d.dispatch_no), d.blast_id * 2 + 1, b.scheduled_at,
               b.send_by, b.scheduled_at, FALSE, count(*), min(d.supporter_id), max(d.supporter_id),
               CASE WHEN b.id = 5 AND d.dispatch_no * 2000 > CAST(:large AS integer) THEN 'planned'
                    WHEN d.blast_id % 97 = 1 AND d.dispatch_no = 3 THEN 'ambiguous' ELSE 'accepted' END,
               1, b.scheduled_at + make_interval(secs => d.dispatch_no),
               CASE WHEN b.id = 5 THEN CAST(:now AS timestamptz) - make_interval(secs => d.dispatch_no / 10.0)
                    ELSE b.scheduled_at + make_interval(secs => d.dispatch_no + 1) END
        FROM delivery d JOIN blast b ON b.id = d.blast_id
        GROUP BY d.blast_id, d.dispatch_no, b.id
        """,
    ),
    (
        "actions",
        """
        INSERT INTO action (supporter_id, campaign_id, addressee_id, channel, at, day)
        SELECT d.supporter_id, b.campaign_id, 2 * b.campaign_id - 1, (ARRAY['post','email','post','phone'])[1 + d.supporter_id % 4],
               t.at, t.at::date
        FROM delivery d JOIN blast b ON b.id = d.blast_id
        CROSS JOIN LATERAL (SELECT b.scheduled_at + make_interval(hours => (d.supporter_id * 13 % 300)::integer) AS at) t
        WHERE b.rule = 'launch' AND d.supporter_id % 14 = 3 ON CONFLICT DO NOTHING
        """,
    ),
    (
        "presses",
        """
        INSERT INTO press (campaign_id, supporter_id, at)
        SELECT b.campaign_id, d.supporter_id, b.scheduled_at + interval '2 hours'
        FROM delivery d JOIN blast b ON b.id = d.blast_id
        WHERE b.rule = 'launch' AND d.supporter_id % 14 IN (3, 4) ON CONFLICT DO NOTHING
        """,
    ),
    (
        "letters by demand",
        """
        INSERT INTO demand_count (demand_id, campaign_id, letters)
        SELECT d.id, d.campaign_id, a.letters * (4 - d.position) / 3
        FROM (SELECT id, campaign_id, position FROM demand UNION ALL SELECT 0, id, 1 FROM campaign) d JOIN (SELECT campaign_id, count(*) AS letters FROM action GROUP BY campaign_id) a
          ON a.campaign_id = d.campaign_id
        """,
    ),
    (
        "the audit log",
        """
        INSERT INTO audit_entry (at, actor, what, object, details, mac)
        SELECT CAST(:now AS timestamptz) - make_interval(mins => i), 'organiser:1', (ARRAY['campaign.state','blast.state','supporter.stop'])[1 + i % 3],
               'campaign:' || (1 + i % CAST(:campaigns AS integer)), '{}'::json, sha256(i::text::bytea)
        FROM generate_series(1, 50000) i
        """,
    ),
)
