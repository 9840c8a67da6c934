"""A page of inspections through the API, of 100,000 in one program, of 2,000 suppliers: as staff who see all of them, and as an auditor on 200 teams."""

import statistics
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connections
from django.test import Client

from tests import factories
from tests.api.letting_in import Caller, let_in
from tests.audits import making
from tests.bench.measure import Result, time_at_most
from wsr.tenancy.models import OPEN

INSPECTIONS = 100_000
TEAMS = 200
PAGES = 60
BAR = 0.150  # seconds

_FILL = """
SET session_replication_role = replica;
INSERT INTO audits_inspection SELECT (jsonb_populate_record(i, jsonb_build_object(
  'id', gen_random_uuid(), 'number', n + 1000, 'secret_of', %(open)s, 'is_announced', true,
  'supplier_id', md5('supplier ' || n %% 2000)::uuid, 'updated_at', now() - n * interval '1 minute'
))).* FROM audits_inspection i, generate_series(1, %(count)s) n WHERE i.id = %(like)s;
INSERT INTO tenancy_circlemember (program_id, circle_id, person_id)
SELECT program_id, id, %(person)s FROM audits_inspection WHERE id <> %(like)s LIMIT %(teams)s;
SET session_replication_role = origin;
"""


def results() -> Iterator[Result]:
    """Two rows: the slowest but five of a hundred, walking from page to page."""
    settings.API_REQUESTS_PER_MINUTE = 10**9
    program = factories.program("bench-lists")
    visit = making.under_way(program)
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            _FILL,
            {
                "open": str(OPEN),
                "count": INSPECTIONS,
                "like": visit.pk,
                "person": visit.lead.pk,
                "teams": TEAMS,
            },
        )
        cursor.execute("VACUUM ANALYZE audits_inspection")
        cursor.execute("VACUUM ANALYZE tenancy_circlemember")
    for who, person in (("staff", factories.member(program, "director")), ("auditor", visit.lead)):
        factories.second_factor(person)
        yield time_at_most(
            f"page of 50 of {INSPECTIONS:,} inspections through the API, {who}, p95",
            _p95(Caller(Client(), let_in(person)), f"/api/v1/programs/{program.slug}/inspections/"),
            BAR,
        )


def _p95(ask: Caller, there: str) -> float:
    taken, cursor = [], ""
    for _page in range(PAGES):
        start = time.perf_counter()
        answer = ask("GET", there + (f"?cursor={cursor}" if cursor else ""))
        taken.append(time.perf_counter() - start)
        assert answer.status_code == 200, answer.content
        cursor = answer.json()["next_cursor"] or ""
    return statistics.quantiles(taken, n=20)[-1]
