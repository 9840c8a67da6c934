"""Tables of allowed moves, enforced by the database as well.

The table stands once, in the room's `enums.py`; its `policies.py` names it, and the catalog makes a trigger of it:

    MOVES = [moves("agreements.Agreement", "state", AGREEMENT_MOVES, brand={})]

A new row begins in the first state of the table. `brand` and `supplier` name the moves that portal roles may make by themselves;
without an entry a portal role may make none, whatever columns it may write. An end of the table has an empty set.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

OUTSIDE = ("brand", "supplier", "auditor", "worker")


@dataclass(frozen=True)
class Moves:
    """Which state may follow which, in one column of one table. `first`: the states a new row may have."""

    table: str
    column: str
    allowed: frozenset[tuple[str, str]]
    first: frozenset[str]
    by: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of trigger and function."""
        return f"moves_{self.table}_{self.column}"[:63]

    @property
    def body(self) -> str:
        """The trigger function's body. A refused move is a check violation that names both states."""
        changed = f'TG_OP = \'UPDATE\' AND OLD."{self.column}" IS DISTINCT FROM NEW."{self.column}"'
        lines = [
            "BEGIN",
            f"  IF TG_OP = 'INSERT' AND NEW.\"{self.column}\" <> ALL ({_array(self.first)}) THEN",
            f"    RAISE EXCEPTION '{self.table} cannot begin as %', NEW.\"{self.column}\" USING ERRCODE = 'check_violation';",
            "  END IF;",
            f"  IF {changed} THEN",
            f"    IF {_pair(self.column)} <> ALL ({_array(_joined(self.allowed))}) THEN",
            (
                f'      RAISE EXCEPTION \'{self.table}: % cannot become %\', OLD."{self.column}", NEW."{self.column}"'
                " USING ERRCODE = 'check_violation';"
            ),
            "    END IF;",
        ]
        for audience in OUTSIDE:
            lines += [
                (
                    f"    IF current_setting('role') = 'wsr_{audience}' AND {_pair(self.column)} <> ALL"
                    f" ({_array(_joined(self.by.get(audience, frozenset())))}) THEN"
                ),
                f"      RAISE EXCEPTION '{self.table}: this move is not for {audience}' USING ERRCODE = 'insufficient_privilege';",
                "    END IF;",
            ]
        return "\n".join([*lines, "  END IF;", "  RETURN NEW;", "END"])

    @property
    def mark(self) -> str:
        """Kept as the function's comment, to see that the table of moves did not change."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:16]


def moves(
    label: str,
    column: str,
    table: Mapping[Any, Iterable[Any]],
    *,
    first: Iterable[Any] | None = None,
    **by: Mapping[Any, Iterable[Any]],
) -> Moves:
    """`moves("agreements.Agreement", "state", AGREEMENT_MOVES, brand={State.OPEN: {State.SUBMITTED}})`.

    `first` defaults to the first state of the table.
    """
    return Moves(
        apps.get_model(label)._meta.db_table,
        column,
        _pairs(table),
        frozenset(map(str, first if first is not None else [next(iter(table))])),
        {audience: _pairs(allowed) for audience, allowed in by.items()},
    )


def declared() -> list[Moves]:
    """The tables of moves of all apps."""
    found: list[Moves] = []
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.policies"):
            found += getattr(import_module(f"{config.name}.policies"), "MOVES", [])
    return found


def apply(cursor: Any, present: set[str]) -> list[str]:
    """Make the triggers of the tables that exist what is declared; returns what was done."""
    done = []
    for item in declared():
        if item.table not in present or not _difference(cursor, item):
            continue
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {item.name}() RETURNS trigger LANGUAGE plpgsql AS $moves$\n{item.body}\n$moves$"
        )
        cursor.execute(f"COMMENT ON FUNCTION {item.name}() IS '{_comment(cursor, item)}'")
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER {item.name} BEFORE INSERT OR UPDATE OF "{item.column}" ON "{item.table}" '
            f"FOR EACH ROW EXECUTE FUNCTION {item.name}()"
        )
        cursor.execute(f'ALTER TABLE "{item.table}" ENABLE TRIGGER {item.name}')
        done.append(f"Moves of {item.table} set.")
    return done


def differences(cursor: Any, present: set[str]) -> list[str]:
    """Tables of moves that the database does not enforce as declared, one sentence each."""
    return [
        sentence for item in declared() if item.table in present and (sentence := _difference(cursor, item))
    ]


def _difference(cursor: Any, item: Moves) -> str:
    cursor.execute(
        """
        SELECT coalesce(obj_description(p.oid, 'pg_proc'), '') FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = %s::regclass AND t.tgname = %s AND p.proname = %s AND t.tgenabled <> 'D'
        """,
        [item.table, item.name, item.name],
    )
    row = cursor.fetchone()
    if row and row[0] == _comment(cursor, item):
        return ""
    return f"{item.table} does not enforce its table of moves."


def _comment(cursor: Any, item: Moves) -> str:
    """What was declared and what stands there, so that neither can change unseen."""
    cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [item.name])
    row = cursor.fetchone()
    return f"{item.mark} {hashlib.sha256((row[0] if row else '').encode()).hexdigest()[:16]}"


def _pairs(table: Mapping[Any, Iterable[Any]]) -> frozenset[tuple[str, str]]:
    return frozenset((str(start), str(end)) for start, ends in table.items() for end in ends)


def _joined(pairs: Iterable[tuple[str, str]]) -> set[str]:
    return {f"{start}>{end}" for start, end in pairs}


def _array(values: Iterable[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{value}'" for value in sorted(values)) + "]::text[]"


def _pair(column: str) -> str:
    return f'(OLD."{column}" || \'>\' || NEW."{column}")'
