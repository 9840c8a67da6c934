"""The map among many workplaces, and the report of a year."""

import datetime as dt
import gzip
import time
from collections.abc import Iterator

from django.core.cache import cache
from django.db import connections
from django.test import Client

from tests import factories
from tests.bench.measure import Result, at_most_bytes, time_at_most
from wsr.registry import gates, operations, publishing, reports
from wsr.registry.grid import FINEST, WORLD
from wsr.tenancy import engine_scope, program_scope
from wsr.tenancy.models import Program

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
VIEWS = 60
PLACES_OF_REPORT = 1_000

# Places lie in clusters, as farms and factories do: forty regions, and a tenth of them anywhere.
_LISTINGS = """
INSERT INTO registry_listing (program_id, public_id, kind, version, act, publication, published_at, merged_into, is_shown, digest, name, name_key,
  search, place, country, region, standing, products, related, identifiers, latitude, longitude)
SELECT %s, 'M' || lpad(translate(upper(to_hex(n)), '0', 'Z'), 9, 'Y'), 'workplace', 1, 'first', 1, now(), '', true, sha256(n::text::bytea),
  'Place ' || n, 'place ' || n, 'place ' || n, 'Road ' || n, 'BD', 'Region ' || n %% 40, '', '{}', '{}', '{}',
  CASE WHEN n %% 10 = 0 THEN (n * 7919 %% 12000) / 100.0 - 50 ELSE 10 + (n %% 40) + sin(n) * 2 END,
  CASE WHEN n %% 10 = 0 THEN (n * 104729 %% 34000) / 100.0 - 170 ELSE (n %% 40) * 7 - 140 + cos(n * 3) * 2 END
FROM generate_series(1, %s::bigint) AS n
"""
_PLACES = """
INSERT INTO programs_workplace (program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
  country, disclosure_precision, sector, kind, products, languages, os_id, external_ids, created_at, updated_at)
SELECT %s, %s, 'Place ' || n, 'PLACE ' || n, '{}', 'Road ' || n, 'ROAD', 'Gazipur', 'Dhaka', '1700', 'BD', 'exact', '', '', '{Shirts}', '{}', '', '{}', now(), now()
FROM generate_series(1, %s::bigint) AS n
"""


def results(listings: int) -> Iterator[Result]:
    """`listings`: workplaces on the map."""
    program = factories.program("bench-map")
    with connections["admin"].cursor() as cursor:
        cursor.execute(_LISTINGS, [program.pk, listings])
        cursor.execute("VACUUM ANALYZE registry_listing")
    yield from _views(listings)
    yield _report()


def _views(listings: int) -> Iterator[Result]:
    cache.clear()
    client = Client()
    areas = [WORLD]
    while len(areas) < VIEWS:  # what somebody sees who goes closer, and from there to all sides
        nearer = areas[len(areas) // 5]
        areas += [
            nearer.zoomed(1) if nearer.zoom < FINEST else nearer.moved(3, 1),
            *(nearer.moved(*way) for way in ((8, 0), (-8, 0), (0, 4), (0, -4))),
        ]
    fresh, cached, sizes = [], [], []
    for taken in (fresh, cached):
        for area in areas[:VIEWS]:
            start = time.perf_counter()
            answer = client.get(
                "/registry/map/cells/",
                {"area": str(area)},
                headers={"host": "testserver", "accept-encoding": "gzip"},
            )
            taken.append(time.perf_counter() - start)
            sizes.append(len(answer.content))
            gzip.decompress(answer.content)
    what = f"record: a view of the map among {listings:,} workplaces"
    yield time_at_most(f"{what}, p95, cached", sorted(cached)[int(VIEWS * 0.95)], 0.100)
    yield time_at_most(f"{what}, p95, not cached", sorted(fresh)[int(VIEWS * 0.95)], 0.500)
    yield at_most_bytes(f"{what}, largest", max(sizes), 2_048)


def _report() -> Result:
    program = _published()
    start = time.perf_counter()
    with engine_scope(program.pk):
        reports.make(
            program=program,
            title="Annual report",
            starts_on=AT.date(),
            ends_on=AT.date() + dt.timedelta(days=300),
            at=AT,
        )
    taken = time.perf_counter() - start
    return time_at_most(f"record: annual report of {PLACES_OF_REPORT:,} workplaces", taken, 10.0)


def _published() -> Program:
    program = factories.program("bench-report")
    director = factories.member(program, "director")
    supplier = factories.supplier(program, rung="good_standing")
    with connections["admin"].cursor() as cursor:
        cursor.execute(_PLACES, [program.pk, supplier.pk, PLACES_OF_REPORT])
    with program_scope(program.pk):
        for state in gates.states(program.pk):
            if not state.is_open:
                operations.override_gate(
                    gate=state.key, reason="Measured with made-up data.", by=director, at=AT
                )
    with engine_scope(program.pk):
        publishing.publish(program=program, at=AT + dt.timedelta(days=1), by=None)
    return program
