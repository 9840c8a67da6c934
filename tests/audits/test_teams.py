"""Who goes: asked, independent, or barred by a tie."""

import pytest

from audits.enums import AssignmentState, Tie
from audits.models import Bar, Declaration, Finding, Inspection, TeamMember
from audits.operations import records, teams
from audits.operations.handing_over import hand_over
from audits.operations.states import NotOnTeam
from programs.models import Workplace
from tests import factories
from tests.audits import making
from wsr.accounts.grants import GRANTS, Permission, Role
from wsr.accounts.models import Membership
from wsr.accounts.operations import members
from wsr.errors import DomainError
from wsr.history.models import Event, Held
from wsr.notices.models import Outbox

pytestmark = pytest.mark.django_db(databases=["default", "engine"])
AT = making.AT


def answer(program, visit, person, *, ties=(), scope=making.as_auditor):
    with scope(program, person):
        return teams.accept(inspection_id=visit.pk, ties=ties, statement="As I know.", by=person, at=AT)


def sees(program, person, scope) -> int:
    with scope(program, person):
        return Inspection.objects.count() + TeamMember.objects.count()


def test_accepting_keeps_the_declaration_and_tells_who_planned(program):
    visit = making.inspection(program)
    member = answer(program, visit, visit.lead)
    assert (member.state, member.answered_at) == (AssignmentState.ACCEPTED, AT)
    with making.as_staff(program, visit.planner):
        assert Declaration.objects.get().bars is False
        told = Outbox.objects.get(kind="inspection_answered")
        assert (told.to, told.secret_of) == ({"people": [str(visit.planner.pk)]}, visit.pk)
        assert told.context == {"inspection": str(visit.pk)}
    with pytest.raises(teams.CannotAnswer):
        answer(program, visit, visit.lead)


def test_only_who_inspects_is_asked_and_only_staff_are_in_charge(program, director):
    visit = making.inspection(program)
    brand = factories.member(program, Role.BRAND_OFFICER)
    stranger = factories.person()
    said = {"inspection_id": visit.pk, "by": visit.planner, "at": AT}
    with making.as_staff(program, visit.planner):
        for person, role in ((brand, "auditor"), (stranger, "auditor"), (visit.lead, "in_charge")):
            with pytest.raises(teams.CannotAsk):
                teams.ask(**said, person_id=person.pk, role=role)
        with pytest.raises(teams.CannotAsk, match="before"):
            teams.ask(**said, person_id=visit.lead.pk, role="auditor")
        assert teams.ask(**said, person_id=director.pk, role="in_charge").role == "in_charge"


def test_who_declines_reads_nothing_more_and_can_be_asked_again(program):
    visit = making.inspection(program)
    with making.as_auditor(program, visit.lead):
        gone = teams.decline(inspection_id=visit.pk, reason="Ill", by=visit.lead, at=AT)
    assert (gone.state, gone.reason) == (AssignmentState.DECLINED, "Ill")
    assert sees(program, visit.lead, making.as_auditor) == 0
    with making.as_staff(program, visit.planner):
        teams.ask(inspection_id=visit.pk, person_id=visit.lead.pk, role="lead", by=visit.planner, at=AT)
    assert answer(program, visit, visit.lead).state == AssignmentState.ACCEPTED


def test_who_is_taken_off_reads_nothing_more_and_is_told(program):
    visit = making.under_way(program)
    making.finding(program, visit)
    said = {"inspection_id": visit.pk, "person_id": visit.lead.pk, "by": visit.planner, "at": AT}
    with making.as_staff(program, visit.planner):
        with pytest.raises(DomainError):
            teams.remove(**said, reason="")
        teams.remove(**said, reason="Changed shifts")
        assert Outbox.objects.filter(kind="inspection_removed", secret_of=visit.pk).count() == 1
        assert Finding.objects.count() == 1
        with pytest.raises(teams.CannotAnswer):
            teams.remove(**said, reason="Again")
    assert sees(program, visit.lead, making.as_auditor) == 0
    with pytest.raises(Inspection.DoesNotExist):
        making.finding(program, visit, provision_id=visit.code_id)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.INSPECTOR_IN_CHARGE])
def test_a_tie_bars_from_everything_of_the_supplier(program, role):
    """The visit at hand, another one that is planned, one that is over, and all to come: none of them exists for her."""
    scope = making.as_auditor if role == Role.AUDITOR else making.as_staff
    tied = factories.member(program, role)
    farm = factories.workplace(program)
    lead = factories.member(program, Role.AUDITOR)
    past = making.submitted(program, workplace=farm, team=[(lead, "lead"), (tied, "auditor")])
    planner = past.planner
    other, visit = (
        making.inspection(program, planner=planner, workplace=farm, team=[(lead, "lead"), (tied, "auditor")])
        for _ in range(2)
    )
    elsewhere = making.inspection(program, planner=planner, team=[(tied, "lead")])
    with scope(program, tied):
        assert set(Inspection.objects.values_list("pk", flat=True)) == {
            past.pk,
            other.pk,
            visit.pk,
            elsewhere.pk,
        }

    answer(program, visit, tied, ties=[Tie.FAMILY, Tie.PAYMENT], scope=scope)

    with scope(program, tied):
        assert list(Inspection.objects.values_list("pk", flat=True)) == [elsewhere.pk]
        assert not Finding.objects.exists()
        with pytest.raises(Inspection.DoesNotExist):
            teams.decline(inspection_id=other.pk, reason="", by=tied, at=AT)
    with making.as_staff(program, planner):
        states = dict(TeamMember.objects.filter(person=tied).values_list("inspection", "state"))
        assert states == {
            past.pk: "accepted",
            other.pk: "barred",
            visit.pk: "barred",
            elsewhere.pk: "asked",
        }
        assert Bar.objects.filter(person=tied, ended_at=None).count() == 2
    fresh = making.inspection(program, planner=planner, workplace=farm, team=[])
    with making.as_staff(program, planner), pytest.raises(teams.CannotAsk):
        teams.ask(inspection_id=fresh.pk, person_id=tied.pk, role="auditor", by=planner, at=AT)
    announced = making.inspection(program, planner=planner, workplace=farm, team=[], is_announced=True)
    with scope(program, tied):
        assert not Inspection.objects.filter(pk=announced.pk).exists()


def test_a_bar_is_as_secret_as_the_visit_it_was_declared_at(program, director):
    visit = making.inspection(program)
    colleague = factories.member(program, Role.AUDITOR)
    with making.as_staff(program, visit.planner):
        teams.ask(inspection_id=visit.pk, person_id=colleague.pk, role="auditor", by=visit.planner, at=AT)
    answer(program, visit, colleague, ties=[Tie.EMPLOYMENT])
    with making.as_staff(program, director):
        assert not Bar.objects.exists()
        assert not Event.objects.filter(event="inspection.barred").exists()
    with making.as_staff(program, visit.planner):
        assert Bar.objects.count() == 1


def test_the_end_of_a_secret_bar_is_held_back_as_well(program, director):
    visit = making.inspection(program)
    tied = factories.member(program, Role.AUDITOR)
    with making.as_staff(program, visit.planner):
        teams.ask(inspection_id=visit.pk, person_id=tied.pk, role="auditor", by=visit.planner, at=AT)
    answer(program, visit, tied, ties=[Tie.FAMILY])
    with making.as_staff(program, visit.planner):
        teams.end_bar(bar_id=Bar.objects.get().pk, reason="It was a namesake", by=visit.planner, at=AT)
        assert Held.objects.filter(event="bar.ended").count() == 1
    with making.as_staff(program, director):
        assert not Held.objects.exists()
        assert not Event.objects.filter(event="bar.ended").exists()


def test_who_is_barred_by_a_secret_visit_plans_nothing_there(program):
    tied = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    visit = making.inspection(program, team=[(tied, "in_charge")])
    answer(program, visit, tied, ties=[Tie.OTHER], scope=making.as_staff)
    with pytest.raises(Workplace.DoesNotExist):
        making.inspection(program, planner=tied, workplace=visit.place, team=[])


def test_a_planner_with_a_tie_hands_over_and_hears_nothing_more(program, director):
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    lead = factories.member(program, Role.AUDITOR)
    visit = making.inspection(program, planner=planner, team=[(planner, "in_charge"), (lead, "lead")])
    answer(program, visit, planner, ties=[Tie.OTHER], scope=making.as_staff)
    assert sees(program, planner, making.as_staff) == 0
    answer(program, visit, lead)
    with making.as_staff(program, director):  # no other inspector: she took over
        assert Inspection.objects.get() == visit
        assert not Outbox.objects.filter(kind="inspection_answered").exists()


def test_somebody_else_ends_a_bar(program):
    visit = making.inspection(program, is_announced=True)
    tied = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    with making.as_staff(program, visit.planner):
        teams.ask(inspection_id=visit.pk, person_id=tied.pk, role="auditor", by=visit.planner, at=AT)
    answer(program, visit, tied, ties=[Tie.OTHER], scope=making.as_staff)
    with making.as_staff(program, tied):
        bar = Bar.objects.get()
        with pytest.raises(teams.CannotEnd):
            teams.end_bar(bar_id=bar.pk, reason="I say so", by=tied, at=AT)
    with making.as_staff(program, visit.planner):
        with pytest.raises(DomainError):
            teams.end_bar(bar_id=bar.pk, reason="", by=visit.planner, at=AT)
        assert teams.end_bar(bar_id=bar.pk, reason="Sold", by=visit.planner, at=AT).ended_at == AT
        with pytest.raises(teams.CannotEnd):
            teams.end_bar(bar_id=bar.pk, reason="Sold", by=visit.planner, at=AT)
    with making.as_staff(program, tied):
        assert Inspection.objects.count() == 1


def test_who_has_not_accepted_writes_nothing(program):
    colleague = factories.member(program, Role.AUDITOR)
    visit = making.under_way(program)
    with making.as_staff(program, visit.planner):
        teams.ask(inspection_id=visit.pk, person_id=colleague.pk, role="auditor", by=visit.planner, at=AT)
    with making.as_auditor(program, colleague), pytest.raises(NotOnTeam):
        records.put_findings(inspection_id=visit.pk, items=[], by=colleague, at=AT)


# ── The last one in charge ───────────────────────────────────────────────────────────────────────


def leave_program(program, person, director):
    with making.as_staff(program, director):
        membership = Membership.objects.get(person=person)
        members.end_membership(membership_id=membership.pk, handover="", by=director, at=AT)


def test_the_last_in_charge_who_leaves_is_followed_by_the_other_inspectors(program, director):
    visit = making.accepted(program)
    heir = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    leave_program(program, visit.planner, director)
    with making.as_staff(program, director):
        assert not Inspection.objects.exists()
        assert not Outbox.objects.exists()
    with making.as_staff(program, heir):
        assert Inspection.objects.get().pk == visit.pk
        told = Outbox.objects.get(kind="inspection_handed_over")
        assert (told.to, told.secret_of) == ({"people": [str(heir.pk)]}, visit.pk)


def test_where_no_inspector_is_left_the_directors_take_over(program, director):
    visit = making.accepted(program)
    leave_program(program, visit.planner, director)
    with making.as_staff(program, director):
        assert Inspection.objects.get().pk == visit.pk


def test_nothing_is_handed_over_while_somebody_in_charge_stays(program, director):
    second = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    lead = factories.member(program, Role.AUDITOR)
    visit = making.inspection(program, team=[(lead, "lead"), (second, "in_charge")])
    third = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    leave_program(program, visit.planner, director)
    assert (sees(program, third, making.as_staff), sees(program, director, making.as_staff)) == (0, 0)
    with making.as_staff(program, second):
        teams.decline(inspection_id=visit.pk, reason="Ill", by=second, at=AT)
    assert sees(program, third, making.as_staff) > 0
    assert sees(program, director, making.as_staff) == 0


def test_nobody_who_is_barred_takes_over(program, director):
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    tied = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    visit = making.inspection(program, planner=planner)
    with making.as_staff(program, director):
        Bar.objects.create(person=tied, supplier_id=visit.supplier_id, tie="family", begun_at=AT)
    leave_program(program, planner, director)
    assert sees(program, tied, making.as_staff) == 0
    assert sees(program, director, making.as_staff) > 0


def test_an_outsider_cannot_make_a_visit_change_hands(program, director):
    """Called for somebody who still plans, or about a circle one is not in, the function does nothing."""
    visit = making.inspection(program)
    with making.as_staff(program, director):
        hand_over(person_id=visit.planner.pk, at=AT)
        hand_over(person_id=visit.planner.pk, inspection_id=visit.pk, at=AT)
    assert sees(program, director, making.as_staff) == 0


def test_the_database_hands_over_to_the_roles_that_plan():
    staff = {role for role in Role if Permission.INSPECTION_PLAN in GRANTS[role]}
    assert staff == {Role.INSPECTOR_IN_CHARGE, Role.DIRECTOR}
