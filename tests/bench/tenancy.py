"""What the two fences cost: the same statement with row-level security, and by a superuser whom no policy binds."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from django.db import connections, transaction
from django.db.models import QuerySet

from programs.models import Workplace
from programs.queries import workplaces_found
from tests.bench.measure import Result, at_most, medians
from wsr.tenancy import program_scope

_INSERT = """
INSERT INTO programs_workplace (program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
  country, disclosure_precision, sector, kind, products, languages, os_id, external_ids, closed_on, created_at, updated_at)
VALUES (%s, %s, 'New place', 'NEW PLACE', '{}', '1 Road', '1 ROAD', '', '', '', 'BD', 'exact', '', '', '{}', '{}', '', '{}', current_date, now(), now())
"""
_BY_HAND = """
SELECT id, name FROM programs_workplace WHERE program_id = %s AND id IN (
  SELECT id FROM programs_workplace WHERE program_id = %s AND ((name || E'\n' || name_key || E'\n' || address) ILIKE %s
    OR (name || E'\n' || name_key || E'\n' || address) ILIKE %s)
  UNION SELECT w.id FROM programs_participation s JOIN programs_workplace w ON w.program_id = s.program_id AND w.supplier_id = s.id
    WHERE s.program_id = %s AND s.name ILIKE %s) ORDER BY name, id LIMIT 50
"""
_SCOPE = (
    "SELECT set_config('role', 'none', true), set_config('wsr.program', %s, true), set_config('wsr.person', '', true), "
    "set_config('wsr.organization', '', true)"
)


def results(largest: UUID, median: UUID) -> Iterator[Result]:
    """The rows of row-level security, for the largest and the median program."""
    for label, program in (("largest", largest), ("median", median)):
        for what, bar, sql, values in _statements(program):
            floor, ours = medians(
                partial(_floor, program, sql, values),
                partial(_ours, program, sql, values),
                times=30,
                at_least_seconds=1.5,
            )
            yield at_most(f"row-level security: {what}, {label} program", floor, ours, bar)
        for word in ("padma", "zzzq", "garments"):
            yield _search(label, program, word)
    yield from _scope(median)


def _statements(program: UUID) -> list[tuple[str, float, str, tuple]]:
    with program_scope(program):
        rows = Workplace.objects.all()
        supplier = rows.values_list("supplier_id", flat=True)[0]
        return [
            ("list 50", 1.10, *_compiled(rows.order_by("name", "pk")[:50])),
            ("open count", 1.10, *_count(rows.open())),
            ("insert", 1.10, _INSERT, (program, supplier)),
            ("whole count", 1.25, *_count(rows)),
        ]


def _compiled(rows: QuerySet) -> tuple[str, tuple]:
    sql, values = rows.query.sql_with_params()
    return sql, tuple(values)


def _count(rows: QuerySet) -> tuple[str, tuple]:
    sql, values = _compiled(rows.order_by().values("pk"))
    return f"SELECT count(*) FROM ({sql}) AS counted", values


def _run(alias: str, sql: str, values: tuple) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, values)
        if cursor.description:
            cursor.fetchall()


def _floor(program: UUID, sql: str, values: tuple) -> None:
    """A transaction with the same settings, by a role that no policy binds."""
    with transaction.atomic(using="admin"):
        _run("admin", _SCOPE, (str(program),))
        _run("admin", sql, values)


def _ours(program: UUID, sql: str, values: tuple) -> None:
    with program_scope(program):
        _run("default", sql, values)


def _search(label: str, program: UUID, word: str) -> Result:
    with program_scope(program):
        rows = (
            workplaces_found(Workplace.objects.all(), word).order_by("name", "pk").values("id", "name")[:50]
        )
        sql, values = _compiled(rows)
    pattern = f"%{word}%"
    by_hand = (program, program, pattern, pattern.upper(), program, pattern)
    floor, ours = medians(
        lambda: _floor(program, _BY_HAND, by_hand),
        lambda: _ours(program, sql, values),
        times=30,
        at_least_seconds=1.5,
    )
    return at_most(f"row-level security: search “{word}”, {label} program", floor, ours, 1.25)


def _scope(program: UUID) -> Iterator[Result]:
    """A page of 15 queries by id in the scope, against a session that is there already, and against no fence at all."""
    with program_scope(program):
        ids = list(Workplace.objects.values_list("pk", flat=True)[:15])

    def page(alias: str) -> None:
        for pk in ids:
            _run(alias, "SELECT * FROM programs_workplace WHERE program_id = %s AND id = %s", (program, pk))

    def unfenced() -> None:
        with transaction.atomic(using="admin"):
            page("admin")

    def entered() -> None:
        with transaction.atomic(using="owner"):
            page("owner")

    def ours() -> None:
        with program_scope(program):
            page("default")

    connections["owner"].settings_dict = connections["admin"].settings_dict  # who may become anybody
    connections["owner"].close()
    _run("owner", "SET ROLE wsr_staff", ())
    _run("owner", "SELECT set_config('wsr.program', %s, false)", (str(program),))
    bare, there, scoped = medians(unfenced, entered, ours, times=200, at_least_seconds=2)
    connections["owner"].close()
    what = "page of 15 queries by id"
    yield at_most(f"entering the scope: {what}, against a session that stays in it", there, scoped, 1.10)
    yield at_most(f"entering the scope: {what}, against one without fences", bare, scoped, 1.10)
