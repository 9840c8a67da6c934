"""What the demo tells of visits: over three seasons, and each missed date with what followed from it."""

from agreements.models import Escalation, StopDuty
from audits.models import CorrectiveAction, Inspection, Report
from programs.models import Participation, Sourcing
from tests.demo import person
from wsr.accounts.grants import Role
from wsr.tenancy import program_scope


def test_visits_of_three_seasons_one_announced_and_one_that_only_its_team_knows_of(demos):
    program = demos["farms-demo"]
    with program_scope(program.pk, person_id=person("farms", Role.DIRECTOR).pk):
        seasons = set(Inspection.objects.filter(state="issued").values_list("season__name", flat=True))
        assert seasons >= {"First season (demo)", "Season before (demo)", "Season of today (demo)"}
        assert Inspection.objects.filter(state="planned").count() == 1
        assert set(Report.objects.values_list("stage", flat=True)) == {"issued"}
        states = set(CorrectiveAction.objects.values_list("state", flat=True))
        assert states == {"proposed", "agreed", "verified"}
    with program_scope(program.pk, person_id=person("farms", Role.INSPECTOR_IN_CHARGE).pk):
        assert Inspection.objects.get(state="planned", is_announced=False).workplace_name == "Demo Farm Birch"


def test_every_missed_date_is_on_the_ladder_and_every_suspension_binds_its_brands(demos):
    for program in demos.values():
        with program_scope(program.pk):
            for action in CorrectiveAction.objects.exclude(laddered_for=None):
                assert Escalation.objects.filter(supplier=action.supplier_id).exists()
            for supplier in Participation.objects.suppliers():
                case = Escalation.objects.open().filter(supplier=supplier).first()
                assert case is None or case.rung.key == supplier.rung
                bound = set(
                    StopDuty.objects.active().filter(supplier=supplier).values_list("brand", flat=True)
                )
                stops = case is not None and case.rung.stops_purchases
                buying = Sourcing.objects.filter(supplier=supplier, ended_on=None)
                assert bound == (set(buying.values_list("brand", flat=True)) if stops else set())
                assert not StopDuty.objects.active().filter(supplier=supplier, clause=None).exists()
