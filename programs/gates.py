"""The essentials that this room can show: names and places of everyone taking part are on record, and workers are taught by workers."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs import queries
from programs.enums import DueState, Precision
from programs.models import EducationDue, Workplace
from programs.queries import education
from programs.schedule import COMMITTEE, FIRST, STEP
from wsr.registry.gates import Gate

A_YEAR = timedelta(days=365)
NAMES = ("disclosure.supplier_names", "disclosure.brand_names")


def names_and_locations(program_id: UUID) -> bool | str:
    """Whether the program publishes names, has a workplace on record, and at most half of them hide even their region.

    In the program's scope.
    """
    in_force = queries.rules(on=queries.today(timezone.now()))
    named = dict(in_force.filter(key__in=NAMES).values_list("key", "value"))
    if any(named.get(key) != "published" for key in NAMES):
        return _("The rules under “What is public” do not publish the names of suppliers and brands.")
    workplaces = Workplace.objects.all()
    total = workplaces.count()
    if not total:
        return _("No workplace is on record yet.")
    hidden = workplaces.filter(disclosure_precision=Precision.WITHHELD).count()
    if hidden * 2 > total:
        return _("More than half of the workplaces are published without their region.")
    return True


def workers_are_taught(program_id: UUID) -> bool | str:
    """A rule says what every workplace is owed; a session led with worker educators counts as held; and of what fell due in the last year, at
    least half was held. In the program's scope.
    """
    on = queries.today(timezone.now())
    if not set(education.schedule_rules(on=on)) - {COMMITTEE, FIRST, STEP}:
        return _("No rule says when workers are taught: fill in the rules on education.")
    workplaces = Workplace.objects.open().filter(supplier__ended_on=None)
    total, missing = workplaces.count(), workplaces.filter(education_dues=None).count()
    if not total or missing == total:
        return _("No workplace has a schedule of education yet.")
    if missing:
        said = ngettext(
            "%(count)s workplace has no schedule of education yet.",
            "%(count)s workplaces have no schedule of education yet.",
            missing,
        )
        return said % {"count": missing}
    held = education.counted()
    if not held.exists():
        return _("No session with workers is on record as held.")
    if not held.filter(worker_educators__gt=0).exists():
        return _("No session on record was taught by workers: reports name how many worker educators taught.")
    fallen = EducationDue.objects.filter(due_on__gte=on - A_YEAR, due_on__lt=on)
    late, kept = fallen.filter(state=DueState.OWED).count(), fallen.filter(state=DueState.MET).count()
    if late > kept:
        return _("Of what workers were owed in the last year, %(late)s of %(all)s was not held in time.") % {
            "late": late,
            "all": late + kept,
        }
    return True


GATES = [
    Gate("education", gettext_lazy("Workers are taught their rights by workers"), workers_are_taught),
    Gate(
        "names_and_locations",
        gettext_lazy("Names and locations of everyone taking part are public"),
        names_and_locations,
        "programs:rules",
    ),
]
