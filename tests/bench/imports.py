"""Importing a list with matching, against the same done by hand: COPY, set-based SQL, blocked rapidfuzz, INSERT … SELECT."""

import csv
import io
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator

from django.db import connections, transaction
from rapidfuzz import fuzz, process

from tests import factories
from tests.bench.measure import Result, at_most
from wsr.imports import operations
from wsr.jobs.models import Job, State
from wsr.tenancy import program_scope

AT = factories.AT
ROUNDS = 3
FIRST = 100  # rows, unmeasured: what a process loads once
STATED_FOR = 100_000  # rows; comparing by hand grows with their square, and what is done once weighs more in a short list
_KNOWN = """
INSERT INTO programs_workplace (program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
  country, disclosure_precision, sector, kind, products, languages, os_id, external_ids, created_at, updated_at)
SELECT %s, %s, name, name_key, '{}', address, address_key, city, region, postal_code, country, 'exact', '', '', products, '{}', '', '{}', now(), now()
FROM (
  SELECT DISTINCT ON (name_key) w.* FROM programs_workplace w JOIN tenancy_program p ON p.id = w.program_id AND p.slug ~ '^bench-[0-9]+$'
) AS one ORDER BY md5(name_key) LIMIT %s
RETURNING name, address, city, region, postal_code
"""


def results(rows: int) -> Iterator[Result]:
    """One row: lists of the same kind into programs that know the same workplaces, by hand and by us in turn."""
    _by_us("import-first", FIRST)
    by_hand, by_us = [], []
    for number in range(ROUNDS):
        program = factories.program(f"import-by-hand-{number}")
        by_hand.append(_by_hand(program, _list(_know(program, rows), rows)))
        by_us.append(_by_us(f"import-by-us-{number}", rows))
    yield at_most(
        f"import: {rows:,} rows with matching against {rows:,} workplaces, checked and applied",
        statistics.median(by_hand),
        statistics.median(by_us),
        2.0 if rows >= STATED_FOR else None,
    )


def _by_us(slug: str, rows: int) -> float:
    program = factories.program(slug)
    return _ours(program, _list(_know(program, rows), rows))


def _know(program, rows: int) -> list[tuple]:
    supplier = factories.supplier(program)
    with connections["admin"].cursor() as cursor:
        cursor.execute(_KNOWN, [program.pk, supplier.pk, rows])
        known = cursor.fetchall()
        cursor.execute("ANALYZE programs_workplace")
    return known


def _list(known: list[tuple], rows: int) -> str:
    """Half as known, 30 % with one letter wrong, 18 % new, 2 % without a name."""
    chance = random.Random(7)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Factory Name", "Address", "City", "State", "Postal Code", "Country"])
    for number in range(rows):
        name, address, city, region, postal = known[number % len(known)]
        kind = chance.random()
        if kind > 0.98:
            name = ""
        elif kind > 0.80:
            name, address = f"Newcomer {chance.randrange(10**9):x} {name[::-1][:9]}", f"{number} New Street"
        elif kind > 0.50:
            place = chance.randrange(len(name))
            name = name[:place] + chance.choice("abcdefgh") + name[place + 1 :]
        writer.writerow([name, address, city, region, postal, "Bangladesh"])
    return out.getvalue()


def _ours(program, text: str) -> float:
    director = factories.member(program, "director")
    start = time.perf_counter()
    with program_scope(program.pk, person_id=director.pk):
        batch = operations.upload(
            chunks=[text.encode()], name="list.csv", media_type="text/csv", by=director, at=AT
        )
        batch = operations.map_columns(batch_id=batch.pk, target="workplaces", source=batch.source, columns=batch.mapping, defaults=batch.defaults,
                                       by=director, at=AT)  # fmt: skip
        Job.objects.filter(pk=batch.job_id).update(state=State.DONE, ended_at=AT)
    with program_scope(program.pk, person_id=director.pk):
        operations.check(batch_id=batch.pk, by=director, at=AT, progress=lambda done, total: None)
    with program_scope(program.pk, person_id=director.pk):
        operations.apply(batch_id=batch.pk, by=director, at=AT)
    return time.perf_counter() - start


_STAGE = "CREATE TEMP TABLE staged (name text, address text, city text, region text, postal text, country text) ON COMMIT DROP"
_CLEAN = """
CREATE TEMP TABLE clean ON COMMIT DROP AS SELECT row_number() OVER () AS line, name, upper(regexp_replace(name, '[^[:alnum:]]+', ' ', 'g')) AS key,
  address, upper(regexp_replace(address, '[^[:alnum:]]+', ' ', 'g')) AS address_key, city, region, postal,
  CASE country WHEN 'Bangladesh' THEN 'BD' END AS country, CASE WHEN name = '' THEN 'The row has no name.' ELSE '' END AS error FROM staged
"""
_UNKNOWN = """
SELECT c.line, c.key FROM clean c WHERE c.error = '' AND NOT EXISTS (
  SELECT FROM programs_workplace w WHERE w.program_id = %s AND w.country = c.country AND w.name_key = c.key) ORDER BY c.line
"""
_SUPPLIERS = """
INSERT INTO programs_participation (program_id, part, name, name_key, parent_name, country, website, lei, os_id, registry_number, rung, created_at, updated_at)
SELECT %s, 'supplier', name, key, '', country, '', '', '', '', '', now(), now() FROM clean WHERE line = ANY(%s)
"""
_PLACES = """
INSERT INTO programs_workplace (program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
  country, disclosure_precision, sector, kind, products, languages, os_id, external_ids, created_at, updated_at)
SELECT s.program_id, s.id, c.name, c.key, '{}', c.address, c.address_key, c.city, c.region, c.postal, c.country, 'exact', '', '', '{}', '{}', '', '{}', now(), now()
FROM clean c JOIN programs_participation s ON s.program_id = %s AND s.name_key = c.key WHERE c.line = ANY(%s)
"""


def _by_hand(program, text: str) -> float:
    """What somebody who knows the tables would type once. No dry run, no questions, no history, no undo."""
    start = time.perf_counter()
    with transaction.atomic(using="admin"), connections["admin"].cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY staged FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL (name))") as copy:
            copy.write(text)
        cursor.execute(_CLEAN)
        cursor.execute("SELECT name_key FROM programs_workplace WHERE program_id = %s", [program.pk])
        known = [key for (key,) in cursor.fetchall()]
        cursor.execute(_UNKNOWN, [program.pk])
        unknown = cursor.fetchall()
        blocks = defaultdict(list)
        for key in known:
            blocks[key[:1]].append(key)
        new = [
            line
            for line, key in unknown
            if process.extractOne(key, blocks[key[:1]], scorer=fuzz.ratio, score_cutoff=80) is None
        ]
        cursor.execute(_SUPPLIERS, [program.pk, new])
        cursor.execute(_PLACES, [program.pk, new])
    return time.perf_counter() - start
