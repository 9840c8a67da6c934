"""Many rows of one table in one statement: what all share and what each has of its own as JSON, which the database takes apart.

`bulk_create` prepares each value of each row by itself; for 200 findings that takes longer than the database needs to write them.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connections, models

from wsr.tenancy import current_alias


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, not empty; those without an id get theirs. Types: what `json` knows, dates, times, UUIDs and decimals.

    Raises IntegrityError where an id is taken.
    """
    fields = type(rows[0])._meta.concrete_fields
    table = type(rows[0])._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(
        "coalesce(one.id, uuidv7())" if field.primary_key else f'one."{field.column}"' for field in fields
    )
    names = [(field.column, field.attname) for field in fields if not field.primary_key]
    first = rows[0].__dict__
    same = {
        column: first[name]
        for column, name in names
        if all(row.__dict__[name] is first[name] for row in rows)
    }
    own = [(column, name) for column, name in names if column not in same]
    said = [
        {"id": row.pk if row._is_pk_set() else None} | {column: row.__dict__[name] for column, name in own}
        for row in rows
    ]
    source = f"jsonb_populate_recordset(jsonb_populate_record(NULL::{table}, %s), %s)"
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {source} AS one RETURNING id",  # noqa: S608 -- names of our own columns
            [json.dumps(same, default=str), json.dumps(said, default=str)],
        )
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            _stands(row)


def _stands(row: Any) -> None:
    """As Django marks what it has saved."""
    row._state.adding = False
    row._state.db = current_alias()
