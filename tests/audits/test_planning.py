"""Planning a visit: what is checked, what is copied, and who can know of it."""

import datetime as dt
from decimal import Decimal

import pytest

from audits.enums import InspectionKind, InspectionState
from audits.models import Bar, Inspection
from audits.operations import planning, teams
from audits.operations.states import CannotMove, Stale
from programs.models import Workplace
from tests import factories
from tests.audits import making
from wsr.accounts.grants import Role
from wsr.errors import DomainError
from wsr.history.models import Event, Held
from wsr.notices.models import Outbox
from wsr.tenancy.models import OPEN

pytestmark = pytest.mark.django_db(databases=["default", "engine"])
AT, DAY = making.AT, making.DAY


@pytest.fixture
def planner(program):
    """An inspector in charge, in a program with a code."""
    making.code(program)
    return factories.member(program, Role.INSPECTOR_IN_CHARGE)


def plan(program, planner, workplace, **fields):
    said = {
        "kind": InspectionKind.BASELINE,
        "starts_on": DAY,
        "ends_on": DAY,
        "is_announced": False,
        **fields,
    }
    with making.as_staff(program, planner):
        return planning.plan(workplace_id=workplace.pk, by=planner, at=AT, **said)


def test_a_plan_copies_the_place_and_the_floor_of_its_day(program, planner):
    making.floor(program, "50")
    season = making.season(program)
    farm = factories.workplace(
        program,
        name="North Field",
        address="1 Farm Road",
        city="Immokalee",
        latitude=Decimal("26.41"),
        longitude=Decimal("-81.41"),
        languages=["es", "ht"],
    )
    visit = plan(program, planner, farm, kind=InspectionKind.SEASONAL, purpose=" Payroll ")
    assert (visit.workplace_name, visit.address, visit.languages) == (
        "North Field",
        "1 Farm Road, Immokalee",
        ["es", "ht"],
    )
    assert (visit.supplier_id, visit.season, visit.code.number) == (farm.supplier_id, season, 1)
    assert (visit.interview_share, visit.purpose, visit.secret_of) == (Decimal("0.5"), "Payroll", visit.pk)


@pytest.mark.parametrize("percent", [None, ""])
def test_without_a_rule_there_is_no_floor(program, planner, percent):
    making.floor(program, percent)
    assert plan(program, planner, factories.workplace(program)).interview_share is None


def test_an_announced_visit_is_open_and_numbered_at_once(program, planner, director):
    one, two = (plan(program, planner, factories.workplace(program), is_announced=True) for _ in range(2))
    assert (one.number, two.number, one.secret_of) == (1, 2, OPEN)
    with making.as_staff(program, director):
        assert Inspection.objects.count() == 2
        assert Event.objects.filter(event="inspection.planned").count() == 2


def test_an_unannounced_visit_leaves_nothing_outside_its_circle(program, planner, director):
    auditor = factories.member(program, Role.AUDITOR)
    visit = plan(program, planner, factories.workplace(program), team=[(auditor.pk, "lead")])
    with making.as_staff(program, director):
        assert not Inspection.objects.exists()
        assert not Event.objects.filter(event__startswith="inspection").exists()
        assert not Held.objects.exists()
        assert not Outbox.objects.exists()
    with making.as_staff(program, planner):
        assert Held.objects.count() == 2
        assert list(Outbox.objects.values_list("kind", "secret_of")) == [("inspection_asked", visit.pk)]
    with making.as_auditor(program, auditor):
        assert Inspection.objects.get() == visit


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ends_on": DAY - dt.timedelta(days=1)}, "last day"),
        ({"starts_on": DAY - dt.timedelta(days=9), "ends_on": DAY - dt.timedelta(days=8)}, "are over"),
        ({"kind": InspectionKind.SEASONAL}, "No season"),
        ({"follows_id": Inspection(id="018f0000-0000-7000-8000-000000000000").pk}, "Follow up"),
    ],
)
def test_what_cannot_be_planned(program, planner, fields, words):
    with pytest.raises(planning.CannotPlan, match=words):
        plan(program, planner, factories.workplace(program), **fields)


def test_a_closed_workplace_cannot_be_inspected(program, planner):
    with pytest.raises(planning.CannotPlan, match="closed"):
        plan(program, planner, factories.workplace(program, closed_on=DAY))


def test_without_a_code_in_force_nothing_is_inspected(program):
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    with pytest.raises(planning.CannotPlan, match="code"):
        plan(program, planner, factories.workplace(program))


def test_another_programs_workplace_does_not_exist(program, planner, other_program):
    with pytest.raises(Workplace.DoesNotExist):
        plan(program, planner, factories.workplace(other_program))


def test_who_is_barred_plans_nothing_there(program, planner):
    farm = factories.workplace(program)
    with making.as_staff(program, planner):
        Bar.objects.create(person=planner, supplier_id=farm.supplier_id, tie="family", begun_at=AT)
    with pytest.raises(Workplace.DoesNotExist):
        plan(program, planner, farm)


def test_a_follow_up_names_a_visit_that_is_over(program):
    first = making.submitted(program)
    second = making.inspection(
        program,
        planner=first.planner,
        workplace=first.place,
        kind=InspectionKind.FOLLOW_UP,
        follows_id=first.pk,
    )
    assert second.follows_id == first.pk


def test_the_plan_changes_until_the_visit_begins(program):
    visit = making.accepted(program)
    later = DAY + dt.timedelta(days=3)
    with making.as_staff(program, visit.planner):
        said = {"inspection_id": visit.pk, "by": visit.planner, "at": AT}
        changed = planning.change_plan(**said, starts_on=later, ends_on=later, if_version=1)
        assert (changed.starts_on, changed.version) == (later, 2)
        with pytest.raises(Stale):
            planning.change_plan(**said, purpose="Housing", if_version=1)
        assert planning.change_plan(**said, ends_on=later).version == 2
        with pytest.raises(planning.CannotPlan):
            planning.change_plan(**said, ends_on=DAY)


def test_the_days_of_a_visit_under_way_stay(program):
    visit = making.under_way(program)
    said = {"inspection_id": visit.pk, "by": visit.planner, "at": AT}
    with making.as_staff(program, visit.planner):
        assert planning.change_plan(**said, purpose="Housing").purpose == "Housing"
        with pytest.raises(CannotMove):
            planning.change_plan(**said, ends_on=DAY + dt.timedelta(days=1))


def test_a_cancelled_secret_visit_stays_with_its_circle(program, director):
    visit = making.accepted(program)
    with making.as_staff(program, visit.planner):
        with pytest.raises(DomainError):
            planning.cancel(inspection_id=visit.pk, reason=" ", by=visit.planner, at=AT)
        gone = planning.cancel(inspection_id=visit.pk, reason="Flood", by=visit.planner, at=AT)
        assert (gone.state, gone.secret_of, gone.number) == (InspectionState.CANCELLED, visit.pk, None)
        with pytest.raises(CannotMove):
            planning.cancel(inspection_id=visit.pk, reason="Flood", by=visit.planner, at=AT)
        with pytest.raises(teams.CannotAsk):
            teams.ask(inspection_id=visit.pk, person_id=visit.lead.pk, role="lead", by=visit.planner, at=AT)
    with making.as_staff(program, director):
        assert not Inspection.objects.exists()
        assert not Event.objects.filter(event__startswith="inspection").exists()


def test_nobody_outside_the_circle_changes_or_cancels(program, director):
    visit = making.inspection(program)
    said = {"inspection_id": visit.pk, "by": director, "at": AT}
    with making.as_staff(program, director):
        with pytest.raises(Inspection.DoesNotExist):
            planning.change_plan(**said, purpose="What?")
        with pytest.raises(Inspection.DoesNotExist):
            planning.cancel(**said, reason="No")


def test_another_programs_inspection_does_not_exist(program, other_program, planner):
    visit = making.inspection(other_program)
    with making.as_staff(program, planner), pytest.raises(Inspection.DoesNotExist):
        planning.cancel(inspection_id=visit.pk, reason="No", by=planner, at=AT)
