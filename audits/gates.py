"""The essential that this room can show: inspection is independent of the brands, by what really happened."""

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.enums import AssignmentState, ReportStage
from audits.models import Declaration, Report, TeamMember
from programs.enums import Part
from programs.models import Participation
from wsr.accounts.models import Membership
from wsr.registry.gates import Gate

BOUND = (Part.BRAND, Part.SUPPLIER)


def independent_inspection(program_id: UUID) -> bool | str:
    """At least one report is issued; all who worked on those inspections declared that nothing ties them to the supplier, and
    none of them acts for a brand or a supplier in the program. In the program's scope.
    """
    reports = Report.objects.filter(stage=ReportStage.ISSUED)
    if not reports.exists():
        return _("No report of an inspection is issued yet.")
    declared = Declaration.objects.filter(
        inspection=OuterRef("inspection"), person=OuterRef("person"), ties=[]
    )
    team = TeamMember.objects.filter(
        inspection__in=reports.values("inspection_id"), state=AssignmentState.ACCEPTED
    )
    undeclared = team.filter(~Exists(declared)).select_related("inspection").order_by("pk").first()
    if undeclared:
        return _("Somebody worked on inspection %(number)s without a declaration of independence.") % {
            "number": undeclared.inspection.number
        }
    outside = (
        Participation.objects.filter(part__in=BOUND).exclude(organization=None).values("organization_id")
    )
    bound = Membership.objects.active().filter(person=OuterRef("person"), organization__in=outside)
    tied = team.filter(Exists(bound)).select_related("inspection").order_by("pk").first()
    if tied:
        return _("Somebody who worked on inspection %(number)s acts for a brand or a supplier.") % {
            "number": tied.inspection.number
        }
    return True


GATES = [
    Gate(
        "independent_inspection",
        gettext_lazy("Inspection is independent of the brands"),
        independent_inspection,
        "audits:inspections",
    )
]
