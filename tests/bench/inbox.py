"""My work today of a director of ten programs, each with a thousand open clocks and what a season leaves on a desk; by the clock.

Three rows, because what was answered before is kept (`wsr.ui.answers`). *One changed*: before each visit one act is done in one of the ten
programs, in turn: a clock that the director sees starts, a corrective action is reported, a colleague plans a visit, something is kept in
person. *Nothing changed*: she loads the page again. *Cold*: nothing is kept, as after a new version of the code.
"""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID, uuid4

from django.db import connections
from django.test import Client
from django.utils import timezone

from audits.enums import TeamRole
from tests import factories
from tests.audits import making
from tests.bench.measure import Result, time_at_most
from tests.factories import sign_in
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.lengths import Length
from wsr.handover.models import Keeper
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

PROGRAMS, CLOCKS, ACTIONS, VISITS, KEPT = 10, 1_000, 15, 2, 20
TIMES = 30
BAR, COLD = 0.2, 1.5  # seconds

_CLOCKS = """
INSERT INTO deadlines_clock (program_id, kind, subject_type, subject_id, title, url, started_at, due_at, length_value, length_unit,
  extended_by, extensions, basis, certainty, source, calendar_country, time_zone, rule_version, skipped, is_clipped, state, ladder, rung_ats,
  rung, next_rung_at, wake_at, failures, error, reason)
SELECT %s, (ARRAY['agreements.escalation_review', 'agreements.obligation_decided', 'audits.report_issued', 'programs.education_reported'])[1 + n %% 4],
  'bench.thing', gen_random_uuid(), 'Thing ' || n, '', now() - interval '20 days', now() + (n - 300) * interval '1 hour', 21, 'days', 0, 0,
  'binding', 'documented', '', 'BD', 'Asia/Dhaka', '0123456789abcdef', '[]', false, 'running', '{due}', '{}', 0, NULL, NULL, 0, '', ''
FROM generate_series(1, %s) AS n RETURNING subject_id
"""


def results() -> Iterator[Result]:
    """p95 by the clock of each of the three."""
    person = factories.person("ten@example.org", name="Ten Programs")
    slugs = [f"bench-{number}" for number in range(20, 20 + PROGRAMS)]
    programs = list(Program.objects.filter(slug__in=slugs).order_by("slug"))
    for program in programs:
        _fill(program, person)
    with connections["admin"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    desk = Client()
    sign_in(desk, person)
    acts = _acts(programs, person)
    desk.get("/inbox/")
    what = f"work of today over {PROGRAMS} programs"
    yield time_at_most(f"{what}, one changed, p95", _p95(desk, lambda: next(acts)()), BAR)
    yield time_at_most(f"{what}, nothing changed, p95", _p95(desk, lambda: None), BAR)
    yield time_at_most(f"{what}, cold, p95", _p95(desk, _forget), COLD)


def _p95(desk: Client, before: Callable[[], object]) -> float:
    taken = []
    for _turn in range(TIMES):
        before()
        start = time.perf_counter()
        answer = desk.get("/inbox/")
        taken.append(time.perf_counter() - start)
        assert answer.status_code == 200
    return statistics.quantiles(taken, n=20, method="inclusive")[-1]


def _forget() -> None:
    with connections["admin"].cursor() as cursor:
        cursor.execute("DELETE FROM ui_answer")


def _acts(programs: list[Program], person: Person) -> Iterator[Callable[[], object]]:
    """One act in one program, then another one in the next."""
    places = {program.pk: factories.workplace(program) for program in programs}
    planners = {program.pk: factories.member(program, "inspector_in_charge") for program in programs}
    leads = {program.pk: factories.member(program, "auditor") for program in programs}
    kinds = [
        lambda program: _start(program),
        lambda program: making.action(program, workplace=places[program.pk], state="reported"),
        lambda program: making.inspection(
            program,
            planner=planners[program.pk],
            team=[(leads[program.pk], TeamRole.LEAD)],
            workplace=places[program.pk],
            is_announced=True,
        ),
        lambda program: _keep(program, [_start(program)], person),
    ]
    return (partial(kinds[n % len(kinds)], programs[n % len(programs)]) for n in itertools.count())


def _start(program: Program) -> UUID:
    with program_scope(program.pk):
        subject_id = uuid4()
        clocks.start(
            kind="agreements.obligation_decided",
            subject=("bench.thing", subject_id),
            started_at=timezone.now(),
            at=timezone.now(),
            title="A thing",
            length=Length(3, "days"),
        )
    return subject_id


def _fill(program: Program, person: Person) -> None:
    factories.member(program, "director", person=person)
    place = factories.workplace(program)
    for _number in range(ACTIONS):
        making.action(program, workplace=place, state="reported")
    for _number in range(VISITS):
        making.inspection(program, workplace=place, is_announced=True)
    with program_scope(program.pk), connections["default"].cursor() as cursor:
        cursor.execute(_CLOCKS, [program.pk, CLOCKS])
        subjects = [row[0] for row in cursor.fetchall()]
    _keep(program, subjects[290 : 290 + KEPT], person)


def _keep(program: Program, subjects: list[UUID], person: Person) -> None:
    with program_scope(program.pk):
        Keeper.objects.bulk_create(
            Keeper(
                program_id=program.pk,
                subject_type="bench.thing",
                subject_id=pk,
                person=person,
                given_by=person,
                given_at=factories.AT,
            )
            for pk in subjects
        )
