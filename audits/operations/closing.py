"""A workplace has closed: visits planned for the days after do not take place."""

from datetime import datetime
from typing import Any

from django.db import connections
from django.utils.translation import gettext as _

from audits.enums import InspectionState
from audits.models import Inspection
from audits.operations.planning import cancel
from programs.models import Workplace
from wsr.accounts.models import Person
from wsr.tenancy import current_alias


def workplace_closed(*, workplace: Workplace, by: Person | None, at: datetime, **_others: Any) -> None:
    """Cancel the announced visits; whoever knows of a secret one is told and cancels it. `by` learns nothing of those."""
    planned = Inspection.objects.filter(
        workplace_id=workplace.pk, state=InspectionState.PLANNED, starts_on__gt=workplace.closed_on
    ).exclude(is_announced=False)
    for pk in planned.order_by("pk").values_list("pk", flat=True):
        cancel(inspection_id=pk, reason=_("The workplace has closed."), by=by, at=at)
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT audits_workplace_closed(%s, %s, %s)", [workplace.pk, workplace.closed_on, at])
