"""What inspections say on a program's first page. Counts leave out what the reader may not know of: the database does."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.enums import InspectionState
from audits.models import Inspection
from audits.queries.planning import IN_FIELD
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.ui.home import Step, Tile


def ahead(request: HttpRequest) -> Tile | None:
    """How many inspections are planned or under way."""
    if Permission.INSPECTION_READ not in request.permissions:
        return None
    url = reverse("audits:board", args=[request.program.slug])
    return Tile(_("Inspections ahead"), Inspection.objects.filter(state__in=IN_FIELD).count(), url, order=40)


def late(request: HttpRequest) -> Step | None:
    """That days of planned visits have passed, for those who plan."""
    if Permission.INSPECTION_PLAN not in request.permissions:
        return None
    passed = Inspection.objects.filter(state=InspectionState.PLANNED, ends_on__lt=today(timezone.now()))
    if not passed.exists():
        return None
    return Step(
        _("Plan visits anew whose days have passed"),
        reverse("audits:board", args=[request.program.slug]),
        why=_("Nobody arrived on the planned days. Change the days or cancel the visit."),
        order=45,
    )


TILES = [ahead, late]
