"""A program that began with nothing: set up part by part, lived in once, and published only when what makes it worker-driven stands."""

import datetime as dt

import pytest
from django.db import connections
from django.test import Client

from agreements.models import StopDuty
from audits.enums import ReportStage
from audits.models import Report
from complaints.models import Complaint
from complaints.operations import parts
from complaints.operations import rules as triage
from programs.models import CodeVersion, Rung, Severity
from programs.operations import codes, participations, scales, sourcing, workplaces
from programs.operations.education import scheduling, sessions
from programs.operations.rules import set_rule
from programs.operations.starting import start_program
from tests import factories
from tests.agreements.signing import Table
from tests.audits import making, reported
from tests.factories import AT
from tests.registry.conftest import REASON
from wsr.accounts.models import OrganizationKind
from wsr.history.models import Event
from wsr.registry import gates, operations, publishing
from wsr.registry.publishing import GateClosed
from wsr.tenancy import engine_scope, program_scope

TODAY = AT.date()
RULES = {
    "disclosure.supplier_names": "published",
    "disclosure.brand_names": "published",
    "education.session_every": 12,
    "clocks.complaint_acknowledged": 3,
    "clocks.complaint_closed": 30,
}
# {essential: what takes it away, and what brings it back}; as the owner of the server, past every fence and trigger
WITHOUT = {
    "financial_support": ("UPDATE agreements_clause SET kind = 'access' WHERE kind = 'financial_support'",
                          "UPDATE agreements_clause SET kind = 'financial_support' WHERE parameters ? 'forms'"),
    "stop_purchase": ("UPDATE agreements_clause SET kind = 'access' WHERE kind = 'stop_purchase'",
                      "UPDATE agreements_clause SET kind = 'stop_purchase' WHERE parameters ? 'stop_within'"),
    "education": ("UPDATE programs_educationsession SET worker_educators = 0",
                  "UPDATE programs_educationsession SET worker_educators = 2"),
    "independent_inspection": ("UPDATE audits_report SET stage = 'replaced'", "UPDATE audits_report SET stage = 'issued'"),
    "names_and_locations": ("UPDATE programs_workplace SET disclosure_precision = 'withheld'",
                            "UPDATE programs_workplace SET disclosure_precision = 'exact'"),
    "complaint_line": ("UPDATE complaints_triagerule SET valid_until = valid_from + 1",
                       "UPDATE complaints_triagerule SET valid_until = NULL"),
}  # fmt: skip


def past_the_fences(sql):
    with connections["admin"].cursor() as cursor:
        cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT")
        # the constraints of a table hold all the same


@pytest.fixture
def lived_in(transactional_db):
    """The program, its director and its workplace, with all that the set-up list asks."""
    director = factories.person("director@example.org")
    program = start_program(name="New", slug="new", blueprint="empty", director=director, by=director, at=AT)
    who = {"by": director, "at": AT}
    with program_scope(program.pk, person_id=director.pk):
        union = participations.add(part="worker_organization", name="Union", **who)
        participations.add(part="monitor", name="Monitor", **who)
        for label in ("In good standing", "Suspended"):
            scales.add_rung(label=label, **who)
        out = Rung.objects.last()
        scales.set_rung(
            rung_key=out.key,
            label=out.label,
            stops_purchases=True,
            is_public=True,
            valid_from=who["at"].date(),
            **who,
        )
        scales.add_severity(label="Grave", **who)
        code = CodeVersion.objects.get()
        grave = Severity.objects.get().pk
        codes.add_provision(
            code_id=code.pk, reference="1.1", title="Wages", text="Paid.", severity_id=grave, **who
        )
        codes.put_in_force(code_id=code.pk, on=TODAY, **who)
        for key, value in RULES.items():
            set_rule(key=key, value=value, valid_from=TODAY, **who)
        triage.set_rule(
            label={"en": "Wages"}, scope="within", severity_id=grave, is_urgent=False, partner="", on=TODAY, **who
        )  # fmt: skip
        grower = participations.add(part="supplier", name="Grower", country="US", joined_on=TODAY, **who)
        place = workplaces.add(
            supplier_id=grower.pk, name="Field", country="US", region="Florida", worker_count=40,
            languages=["en"], **who,
        )  # fmt: skip
    account = factories.organization(OrganizationKind.BRAND, name="Brand")
    brand = factories.brand(program, name="Brand", country="US", organization=account)
    signatory = factories.member(program, "brand_signatory", organization=account)
    for _number in range(2):
        factories.member(program, "case_handler")
    Table(program, director, signatory, account, brand, union).in_force()
    with program_scope(program.pk, person_id=director.pk):
        sourcing.start(brand_id=brand.pk, supplier_ids=[grower.pk], started_on=TODAY, **who)
    return program, director, place


def test_a_program_from_nothing_reaches_everything_and_publishes(lived_in):
    program, director, place = lived_in
    teach(program, director, place)
    inspect(program, place)
    complain(program)
    suspend(program, director, place)

    with program_scope(program.pk, person_id=director.pk):
        assert {state.key: state.missing for state in gates.states(program.pk)} == dict.fromkeys(
            gates.ESSENTIALS, ""
        )
    publish(program, director)
    page = Client().get(f"/registry/{program.slug}/").content.decode()
    assert "Not met" not in page
    for number, essential in enumerate(gates.ESSENTIALS):
        alone(program, director, essential, number)


def alone(program, director, essential, number):
    """One essential missing: refused, then published with the reason for everybody to read, and closed again."""
    take_away, bring_back = WITHOUT[essential]
    past_the_fences(take_away)
    day = AT + dt.timedelta(days=2 * number + 2)
    with pytest.raises(GateClosed) as refused:
        publish(program, director, at=day)
    with program_scope(program.pk, person_id=director.pk):
        missing = [state for state in gates.states(program.pk) if not state.is_met]
        assert [state.key for state in missing] == [essential]
        assert str(missing[0].label) in str(refused.value)
        reason = f"{REASON} {number}"
        made = operations.override_gate(gate=essential, reason=reason, by=director, at=day)
        assert Event.objects.filter(event="registry.gate_overridden", subject_id=made.pk).exists()
    publish(program, director, at=day + dt.timedelta(days=1))
    page = Client().get(f"/registry/{program.slug}/").content.decode()
    assert reason in page
    with program_scope(program.pk, person_id=director.pk):
        operations.end_override(gate=essential, by=director, at=day)
    past_the_fences(bring_back)


def publish(program, director, *, at=AT + dt.timedelta(days=1)):
    with engine_scope(program.pk):
        return publishing.publish(program=program, at=at, by=director)


def teach(program, director, place):
    """A session that workers led, reported and counted."""
    with program_scope(program.pk, person_id=director.pk):
        scheduling.draw_up(at=AT)
        made = sessions.plan(
            workplace_id=place.pk,
            plan=sessions.Plan(
                kind="session", starts_at=AT + dt.timedelta(days=1), minutes=60, leader_id=director.pk,
                languages=["en"], worker_educators=2,
            ),
            by=director,
            at=AT,
        )  # fmt: skip
        sessions.report(
            session_id=made.pk,
            report=sessions.Report(
                attended=30, workers_present=40, is_paid_time=True, management_present=False, worker_educators=2
            ),
            by=director,
            at=made.starts_at + dt.timedelta(hours=2),
        )  # fmt: skip


def inspect(program, place):
    """A visit by people without a tie, with a finding, and its report."""
    visit = making.submitted(program, workplace=place)
    reported.share(program, visit)
    reported.issue(program, visit)
    with program_scope(program.pk):
        assert Report.objects.get().stage == ReportStage.ISSUED


def complain(program):
    """A worker writes, somebody takes it."""
    worker, place = Client(), f"/report/{program.slug}/"
    assert "Wages" in worker.get(f"{place}?q=1").content.decode()
    worker.post(place, {"q": "2", "what": "They did not pay us for two weeks."})
    worker.post(place, {"send": "1"})
    handler = factories.member(program, "case_handler")
    with program_scope(program.pk, person_id=handler.pk):
        parts.take(complaint_id=Complaint.objects.get().pk, by=handler, at=AT)


def suspend(program, director, place):
    """The supplier breaks the code: its brand must stop, and it comes back."""
    with program_scope(program.pk, person_id=director.pk):
        for rung in reversed(Rung.objects.all()):
            participations.change_standing(
                participation_id=place.supplier_id, rung_key=rung.key, effective_on=TODAY, reason="Wages.",
                by=director, at=AT,
            )  # fmt: skip
            assert StopDuty.objects.active().exists() == bool(rung.stops_purchases)
