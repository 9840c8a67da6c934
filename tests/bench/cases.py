"""A program with many complaints as years of work leave them: most closed, some under way, one in ten that nobody has; made by SQL, not by acts."""

from django.db import connections
from django.db.models import Model

from complaints.models import Assignment, Complaint, Message, TriageRule, Wall
from complaints.operations import parts
from programs.models import Participation, Severity
from tests import factories
from tests.complaints import making
from tests.factories import AT, PASSWORD
from wsr.accounts.models import Person
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

SLUG, HANDLER = "bench-complaints", "handler@example.org"
STAFF, SUPPLIERS, RULES, SEVERITIES = 100, 2_000, 10, 4
CASES = 30  # with words that can be read, in the part of HANDLER
TEXT = "They lock the door every night. " * 20

_SUPPLIERS = """
INSERT INTO programs_participation (program_id, part, name, name_key, parent_name, country, website, lei, os_id, registry_number, rung,
  created_at, updated_at)
SELECT %(program)s, 'supplier', 'Supplier ' || n, 'SUPPLIER ' || n, '', 'BD', '', '', '', '', '', now(), now() FROM generate_series(1, %(suppliers)s) n;
INSERT INTO programs_workplace (program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
  country, disclosure_precision, sector, kind, products, languages, os_id, external_ids, worker_count, created_at, updated_at)
SELECT program_id, id, name, name_key, '{}', '', '', '', '', '', 'BD', 'exact', '', '', '{}', '{}', '', '{}', 500, now(), now()
FROM programs_participation WHERE program_id = %(program)s;
"""

# Of ten one is new and nobody has it, two are under way, seven are over. Each supplier has them from all years, each handler as well.
_MADE = """
SET session_replication_role = replica;
CREATE TEMP TABLE made AS SELECT n, md5('complaint ' || n)::uuid AS id, now() - n * interval '1 minute' AS at,
  CASE WHEN n %% 10 > 0 THEN (%(people)s::uuid[])[1 + n / 10 %% %(staff)s] END AS person,
  CASE WHEN n %% 1000 = 0 THEN 'set_aside' WHEN n %% 10 = 0 THEN 'received' WHEN n %% 500 = 1 THEN 'appealed'
    WHEN n %% 10 < 3 THEN (ARRAY['accepted', 'investigating', 'investigating', 'resolving', 'in_review'])[1 + n / 10 %% 5]
    WHEN n %% 100 = 9 THEN (ARRAY['referred', 'not_covered', 'withdrawn', 'abuse'])[1 + n / 100 %% 4] ELSE 'closed' END AS state
  FROM generate_series(1, %(count)s) n;
CREATE TEMP TABLE supplier AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM programs_participation WHERE program_id = %(program)s;
"""
_COMPLAINT = {
    "id": "m.id",
    "number": "lpad(n::text, 9, '0')",
    "received_at": "m.at",
    "updated_at": "m.at",
    "handler_id": "person",
    "is_handled": "person IS NOT NULL",
    "state": "m.state",
    "closed_at": "CASE WHEN m.state = 'closed' THEN least(now(), m.at + n %% 60 * interval '1 day') END",
    "channel": "(ARRAY['web', 'web', 'web', 'hotline', 'hotline', 'text', 'paper'])[1 + n %% 7]",
    "filed_by": "(ARRAY['worker', 'worker', 'worker', 'worker', 'group', 'union', 'program'])[1 + n / 7 %% 7]",
    "rule_id": "(%(rules)s::uuid[])[n / 3 %% 11]",
    "severity_id": "(%(severities)s::uuid[])[n / 5 %% 5]",
    "supplier_id": "supplier.id",
    "is_urgent": "n %% 50 < 2",
    "is_retaliation": "n %% 100 = 7",
}
_ASSIGNMENT = {"id": "gen_random_uuid()", "complaint_id": "m.id", "person_id": "person"}
_MESSAGE = {
    "id": "gen_random_uuid()",
    "complaint_id": "m.id",
    "at": "m.at",
    "read_at": "CASE WHEN n %% 97 > 0 THEN m.at END",
}
_BESIDE = """
INSERT INTO tenancy_circle (id, program_id) SELECT id, %(program)s FROM made WHERE person IS NOT NULL;
INSERT INTO tenancy_circlemember (program_id, circle_id, person_id) SELECT %(program)s, id, person FROM made WHERE person IS NOT NULL;
INSERT INTO deadlines_clock (program_id, kind, subject_type, subject_id, title, url, started_at, due_at, length_value, length_unit,
  extended_by, extensions, basis, certainty, source, calendar_country, time_zone, rule_version, skipped, is_clipped, state, ladder, rung_ats,
  rung, next_rung_at, wake_at, failures, error, reason, ended_at, met_at)
SELECT %(program)s, CASE WHEN is_new THEN 'complaints.acknowledged' ELSE 'complaints.closed' END, 'complaints.complaint', id, 'A complaint', '',
  at, at + %(count)s * interval '1 minute', 21, 'days', 0, 0, 'binding', 'documented', '', 'BD', 'Asia/Dhaka', '0123456789abcdef', '[]', false,
  CASE WHEN ended THEN 'met' ELSE 'running' END, '{due}', '{}', 0, NULL, NULL, 0, '', '',
  CASE WHEN ended THEN at END, CASE WHEN ended THEN at END
FROM (SELECT *, n %% 10 = 0 AS is_new, n %% 10 > 2 AS ended FROM made) m;
SET session_replication_role = origin;
"""
# Indexes that no constraint stands on: made again at the end, which is quicker than keeping them up row by row.
_TABLES = (
    *("complaints_complaint", "complaints_assignment", "complaints_message"),
    *("tenancy_circle", "tenancy_circlemember", "deadlines_clock"),
)
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY (%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def _many(model: type[Model], like: str, but: dict[str, str], others: str) -> str:
    """Rows like the one of the complaint `like` but for some columns, one for each row of `made` beside `others`."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(but.get(column, f"k.{column}") for column in columns)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} k, made m{others} AND k.{like} = %(like)s;"


def fill(count: int) -> None:
    """One program with so many complaints, a hundred who handle them, and some that HANDLER can open; she is walled off from one supplier."""
    program = factories.program(SLUG)
    ana = factories.member(program, "case_handler", person=Person.objects.create_user(HANDLER, PASSWORD))
    director = factories.member(program, "director")
    like = making.complaint(program, text="They lock the door.")
    making.take(program, like, ana)
    people = [ana.pk, *(factories.member(program, "case_handler").pk for _ in range(STAFF - 1))]
    with connections["admin"].cursor() as cursor:
        cursor.execute(_SUPPLIERS, {"program": program.pk, "suppliers": SUPPLIERS})
    with program_scope(program.pk, person_id=director.pk):
        rules, severities = _rules(director), _severities()
        Wall.objects.create(
            person=ana,
            supplier=Participation.objects.order_by("pk")[0],
            reason="Her sister works there.",
            begun_at=AT,
            begun_by=director,
        )
    named = {"count": count, "like": like.pk, "people": people, "staff": STAFF, "program": program.pk}
    named |= {"rules": rules, "severities": severities}
    of_supplier = f", supplier WHERE supplier.place = n / 11 %% {SUPPLIERS}"
    with connections["admin"].cursor() as cursor:
        cursor.execute(_INDEXES, [list(_TABLES)])
        indexes = dict(cursor.fetchall())
        cursor.execute(f"SET maintenance_work_mem = '256MB'; DROP INDEX {', '.join(indexes)}")
        for statement in (
            _MADE,
            _many(Complaint, "id", _COMPLAINT, of_supplier),
            _many(Assignment, "complaint_id", _ASSIGNMENT, " WHERE person IS NOT NULL"),
            _many(Message, "complaint_id", _MESSAGE, ", generate_series(1, 3) WHERE true"),
            _BESIDE,
        ):
            cursor.execute(statement, named)
        for statement in indexes.values():
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    for _turn in range(CASES):
        case = making.complaint(program, text=TEXT, is_urgent=True)
        with program_scope(program.pk, person_id=ana.pk):
            parts.take(complaint_id=case.pk, by=ana, at=AT)


def people() -> tuple[Program, Person, list[str]]:
    """The program, who handles there, and the addresses of the complaints that she can open."""
    program, ana = Program.objects.using("default").get(slug=SLUG), Person.objects.get(email=HANDLER)
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM complaints_complaint c JOIN vault_casekey k ON k.id = c.id WHERE handler_id = %s",
            [ana.pk],
        )
        return program, ana, [f"/p/{SLUG}/complaints/{row[0]}/" for row in cursor.fetchall()]


def _rules(by: Person) -> list[object]:
    rows = [
        TriageRule(
            key=f"rule-{n}", label={"en": f"Rule {n}"}, position=n, valid_from=AT, set_by=by, set_at=AT
        )
        for n in range(RULES)
    ]
    for row in rows:
        row.save()
    return [row.pk for row in rows]


def _severities() -> list[object]:
    rows = [
        Severity(key=f"severity-{n}", label=f"Severity {n}", position=n, certainty="set_by_program")
        for n in range(SEVERITIES)
    ]
    for row in rows:
        row.save()
    return [row.pk for row in rows]
