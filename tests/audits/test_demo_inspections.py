"""The demo shows a visit in each of its lives."""

from audits.demo import build
from audits.models import CorrectiveAction, Finding, Inspection, Report
from programs.models import CodeVersion, Workplace
from tests import factories
from tests.audits import making
from wsr.accounts.grants import Role
from wsr.tenancy import program_scope


def test_a_baseline_with_its_report_an_announced_visit_and_one_that_the_director_cannot_see(
    program, director, at
):
    making.code(program)
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    factories.member(program, Role.AUDITOR)
    for name in ("Farm A", "Farm B", "Farm C"):
        factories.workplace(program, name=name)
    build(program=program, director=director, at=at)
    with program_scope(program.pk, person_id=director.pk):
        open_ones = dict(Inspection.objects.values_list("workplace_name", "state"))
        assert open_ones == {"Farm A": "issued", "Farm C": "planned"}
        assert Finding.objects.count() == 3
        assert Report.objects.get().stage == "issued"
        states = CorrectiveAction.objects.order_by("number").values_list("state", flat=True)
        assert list(states) == ["agreed", "agreed", "proposed"]
    with program_scope(program.pk, person_id=planner.pk):
        assert Inspection.objects.get(workplace_name="Farm B").is_secret


def test_a_program_without_workplaces_gets_none(program, director, at):
    factories.member(program, Role.INSPECTOR_IN_CHARGE)
    factories.member(program, Role.AUDITOR)
    build(program=program, director=director, at=at)
    with program_scope(program.pk):
        assert not Inspection.objects.exists()
        assert not Workplace.objects.exists()
        assert not CodeVersion.objects.exists()
