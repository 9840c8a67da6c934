"""The essential that this room can show: names and places of everyone taking part are on record."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import queries
from programs.enums import Precision
from programs.models import Workplace
from wsr.registry.gates import Gate

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


GATES = [
    Gate(
        "names_and_locations",
        gettext_lazy("Names and locations of everyone taking part are public"),
        names_and_locations,
    )
]
