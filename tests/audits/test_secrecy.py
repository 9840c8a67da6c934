"""Nobody outside the circle can know of an unannounced visit before it is over: every table that each reader can read, before and after."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest
from django.db import connections

from audits.enums import Tie
from audits.models import Evidence, EvidencePlace
from audits.operations import planning, teams, visits
from tests import factories
from tests.audits import making
from wsr.accounts.grants import Role
from wsr.accounts.operations import members
from wsr.files.models import StoredFile
from wsr.history.models import Event
from wsr.notices.kinds import subscribable
from wsr.notices.models import Notice
from wsr.notices.relay import relay
from wsr.notices.webhooks import operations as webhooks
from wsr.tenancy import Audience, current_alias, engine_scope, person_scope, program_scope, public_scope
from wsr.tenancy.models import OPEN

AT = making.AT

# Column by column: a grant may name single columns. Rows are compared as text, so that a changed one shows as well as a new one.
_READABLE = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND has_column_privilege(current_user, c.oid, a.attnum, 'SELECT')
GROUP BY c.relname ORDER BY c.relname
"""


def everything() -> dict[str, tuple[int, str]]:
    """{table: (rows, digest of all their columns)} of what the active reader can read."""
    found = {}
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(_READABLE)
        for table, columns in cursor.fetchall():
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f'SELECT ROW({names})::text FROM "{table}" ORDER BY 1')
            rows = [row[0] for row in cursor.fetchall()]
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def changed(before: dict, after: dict) -> set[str]:
    return {table for table in after if before.get(table) != after[table]}


class Stage:
    """A program with everybody in it, and one supplier that two brands and its own manager care about."""

    def __init__(self) -> None:
        self.program = factories.program()
        making.code(self.program)
        companies = {part: factories.organization(kind=part) for part in ("brand", "supplier")}
        supplier = factories.supplier(self.program, organization=companies["supplier"])
        brand = factories.brand(self.program, organization=companies["brand"])
        factories.sourcing(self.program, brand=brand, supplier=supplier)
        self.farm = factories.workplace(self.program, supplier=supplier)
        self.planner = factories.member(self.program, Role.INSPECTOR_IN_CHARGE)
        self.lead, self.second, self.tied, self.shy, self.removed, self.elsewhere = (
            factories.member(self.program, Role.AUDITOR) for _ in range(6)
        )
        self.staff = {
            role: factories.member(self.program, role)
            for role in Role
            if role in (Role.DIRECTOR, Role.INSPECTOR_IN_CHARGE, Role.CASE_HANDLER, Role.OBSERVER)
        }
        self.outside = {
            "brand": (Audience.BRAND, Role.BRAND_OFFICER, companies["brand"]),
            "supplier": (Audience.SUPPLIER, Role.SUPPLIER_MANAGER, companies["supplier"]),
        }
        self.outsiders = {
            name: (audience, factories.member(self.program, role, organization=company), company)
            for name, (audience, role, company) in self.outside.items()
        }
        with program_scope(self.program.pk):  # whoever listens to everything hears nothing of it
            webhooks.add(
                label="All",
                url="https://127.0.0.1:9/",
                kinds=[kind.name for kind in subscribable()],
                by=self.staff[Role.DIRECTOR],
                at=AT,
            )
        making.inspection(self.program, team=[(self.elsewhere, "lead")])
        relay(at=AT)

    def readers(self) -> Iterator[tuple[str, AbstractContextManager]]:
        """Everybody outside the circle, and the scope she reads in."""
        key = self.program.pk
        for role, person in self.staff.items():
            yield role, program_scope(key, person_id=person.pk)
        yield "auditor of another visit", program_scope(key, Audience.AUDITOR, person_id=self.elsewhere.pk)
        for name, (audience, person, company) in self.outsiders.items():
            yield name, program_scope(key, audience, person_id=person.pk, organization_id=company.pk)
        yield "public", public_scope()
        yield "engine in the program", engine_scope(key)
        yield "engine", engine_scope()
        yield "director, before she chose", person_scope(self.staff[Role.DIRECTOR].pk)

    def read(self) -> dict[str, dict[str, tuple[int, str]]]:
        seen = {}
        for name, scope in self.readers():
            with scope:
                seen[name] = everything()
        return seen


@pytest.fixture
def stage(transactional_db, settings):
    """Everybody, and nothing planned at the farm yet."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    return Stage()


# What delivering messages needs: the relay reads them, its login belongs to no person.
OF_THE_RELAY = {"notices_outbox", "notices_notice", "notices_digest"}
# What tells staff that a visit which is over waits for review.
OF_A_REVIEW = {"notices_outbox", "deadlines_asked", "deadlines_clock"}
# What staff see once the visit is over: its records and its history.
OF_A_VISIT = {
    "audits_inspection",
    "audits_teammember",
    "audits_declaration",
    "audits_bar",
    "audits_response",
    "audits_interview",
    "audits_finding",
    "audits_evidence",
    "audits_seal",
    "files_storedfile",
    "history_event",
    "history_payload",
}


def live(stage: Stage):
    """All that can happen before a visit is over, and the relay behind it."""
    program, lead, planner = stage.program, stage.lead, stage.planner
    people = (stage.second, stage.tied, stage.shy, stage.removed)
    visit = making.accepted(program, planner=planner, workplace=stage.farm, team=[(lead, "lead")])
    with making.as_staff(program, planner):
        for person in people:
            teams.ask(inspection_id=visit.pk, person_id=person.pk, role="auditor", by=planner, at=AT)
        planning.change_plan(inspection_id=visit.pk, purpose="Payroll and housing", by=planner, at=AT)
    for person, ties in ((stage.second, []), (stage.tied, [Tie.FAMILY]), (stage.removed, [])):
        with making.as_auditor(program, person):
            teams.accept(inspection_id=visit.pk, ties=ties, statement="", by=person, at=AT)
    with making.as_auditor(program, stage.shy):
        teams.decline(inspection_id=visit.pk, reason="Ill", by=stage.shy, at=AT)
    with making.as_staff(program, planner):
        teams.remove(inspection_id=visit.pk, person_id=stage.removed.pk, reason="Too many", by=planner, at=AT)
    with making.as_auditor(program, lead):
        visits.arrive(inspection_id=visit.pk, workers_present=120, by=lead, at=AT)
        visits.change_visit(inspection_id=visit.pk, summary="Quiet", by=lead, at=AT)
    making.response(program, visit)
    making.interview(program, visit, workers=62)
    key = making.finding(program, visit).row.pk
    making.finding(program, visit, record_id=key, title="Exit locked", if_version=1)
    with making.as_auditor(program, lead):
        photo(visit, lead)
    relay(at=AT)
    return visit


def photo(visit, by) -> None:
    """A photo with its place, as rows."""
    file = StoredFile.objects.create(
        sha256="b" * 64,
        size=3,
        name="exit.jpg",
        media_type="image/jpeg",
        stored_by=by,
        stored_at=AT,
        circle_id=visit.pk,
        secret_of=visit.pk,
    )
    said = {"secret_of": visit.pk, "inspection": visit, "supplier_id": visit.supplier_id}
    times = {"by": by, "noted_at": AT, "received_at": AT, "updated_at": AT}
    row = Evidence.objects.create(pk=uuid4(), file=file, sent_sha256="c" * 64, **said, **times)
    EvidencePlace.objects.create(evidence=row, latitude="23.81", longitude="90.41", taken_at=AT, **said)


def test_nobody_can_know_of_it_before_it_is_over(stage):
    before = stage.read()
    live(stage)
    after = stage.read()
    for reader, tables in after.items():
        allowed = OF_THE_RELAY if reader.startswith("engine") else set()
        assert changed(before[reader], tables) <= allowed, reader


def test_afterwards_staff_see_all_of_it_and_nobody_else_anything(stage):
    before = stage.read()
    visit = live(stage)
    with making.as_auditor(stage.program, stage.lead):
        visits.leave(inspection_id=visit.pk, by=stage.lead, at=AT)
        visits.submit(inspection_id=visit.pk, by=stage.lead, at=AT)
    after = stage.read()
    for reader, tables in after.items():
        seen = changed(before[reader], tables)
        if reader in stage.staff:
            assert OF_A_VISIT <= seen <= OF_A_VISIT | OF_A_REVIEW, reader
        elif reader == "engine in the program":
            assert seen <= OF_A_VISIT | OF_A_REVIEW | OF_THE_RELAY, reader
        elif reader == "engine":
            assert seen <= {"history_event", "history_payload"} | OF_A_REVIEW | OF_THE_RELAY, reader
        else:
            assert seen == set(), reader
    director = after[Role.DIRECTOR]
    assert (director["audits_inspection"][0], director["audits_bar"][0]) == (1, 1)
    with program_scope(stage.program.pk, person_id=stage.staff[Role.DIRECTOR].pk):
        assert not EvidencePlace.objects.exists()
        told = Event.objects.filter(subject_type="audits.inspection", subject_id=visit.pk)
        assert told.count() >= 10
        assert StoredFile.objects.get().secret_of == OPEN


def test_a_cancelled_one_never_happened_for_others(stage):
    before = stage.read()
    visit = live(stage)
    with making.as_staff(stage.program, stage.planner):
        planning.cancel(inspection_id=visit.pk, reason="Flood", by=stage.planner, at=AT)
    relay(at=AT)
    for reader, tables in stage.read().items():
        allowed = OF_THE_RELAY if reader.startswith("engine") else set()
        assert changed(before[reader], tables) <= allowed, reader


def test_the_director_learns_nothing_by_ending_the_planners_membership(stage):
    """The planner's visits go to the other inspector; what the director can read is her own act and nothing else."""
    live(stage)
    director = stage.staff[Role.DIRECTOR]
    with program_scope(stage.program.pk, person_id=director.pk):
        before = everything()
        membership = stage.planner.memberships.get(program=stage.program)
        members.end_membership(membership_id=membership.pk, handover="", by=director, at=AT)
    relay(at=AT)
    with program_scope(stage.program.pk, person_id=director.pk):
        seen = changed(before, everything())
    assert seen == {"accounts_membership", "history_event", "history_payload"}


def test_sessions_and_sign_in_tell_nothing(stage):
    """What the login of every page reads outside a program: people, sessions, organizations."""

    def read() -> dict[str, tuple[int, str]]:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("wsr_app",)
        return everything()

    before = read()
    live(stage)
    assert changed(before, read()) == set()


def test_messages_say_where_to_read_and_nothing_else(stage, mailoutbox):
    visit = live(stage)
    address = f"/inspections/{visit.pk}/"
    told = [message for message in mailoutbox if str(visit.pk) in message.body]
    assert {message.to[0] for message in told} >= {stage.lead.email, stage.second.email, stage.removed.email}
    assert all(address in message.body for message in told)
    facts = (stage.farm.name, visit.supplier_name, str(visit.starts_on), "Payroll", "Exit", "family", "Ill")
    for message in told:
        text = f"{message.subject} {message.body}".lower()
        assert not [fact for fact in facts if f" {fact.lower()} " in text.replace("\n", " ")]
    with person_scope(stage.lead.pk):
        assert Notice.objects.filter(url__endswith=address).count() >= 2
