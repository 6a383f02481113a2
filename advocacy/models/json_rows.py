"""A list of rows handed to a statement as one JSON parameter, whatever its length, on each database."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import FromClause, Integer, String, bindparam, cast, column, func, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Types = Mapping[str, TypeEngine[Any]]


def json_rows(session: Session, name: str, rows: Sequence[Mapping[str, Any]], types: Types) -> FromClause:
    """Return a table named `name` with the columns of `types`, holding `rows`. Instants are aware."""
    on_server = session.get_bind().dialect.name == "postgresql"
    written = json.dumps([{key: _plain(row[key], on_server=on_server) for key in types} for row in rows])
    parameter = bindparam(None, written, String())
    if on_server:
        columns = [column(key, type_) for key, type_ in types.items()]
        records = func.jsonb_to_recordset(cast(parameter, JSONB)).table_valued(*columns, name=name)
        return records.render_derived(with_types=True)
    values = func.json_each(parameter).table_valued(column("value", String()), name=f"{name}_json")
    # Numbers and texts are called so: SQLite joins by an index of its own making only columns of the same kind.
    picked = [
        (cast if isinstance(type_, Integer | String) else type_coerce)(
            func.json_extract(values.c.value, f"$.{key}"), type_
        ).label(key)
        for key, type_ in types.items()
    ]
    # Read once: as a plain sub-query the JSON would be taken apart again for each row it is joined to.
    return select(*picked).cte(name).prefix_with("MATERIALIZED")


def _plain(value: Any, *, on_server: bool) -> Any:
    """SQLite compares instants as text, so they are written exactly as it keeps them."""
    if isinstance(value, datetime):
        utc = value.astimezone(UTC)
        return utc.isoformat() if on_server else utc.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
