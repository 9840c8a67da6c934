"""What follows from a complaint in the room of inspections. Only this side knows of the tie."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from complaints.enums import MeasureState
from complaints.models.complaints import OfComplaint
from programs.models import Provision, Severity
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey


class Measure(OfComplaint):
    """A corrective action born from a complaint, as it was worded here. In the vault: `title`, `action`.

    `action_id` names the corrective action of `audits`, which knows nothing of this row. Words that may point to somebody are held
    back (`was_held`) until they are changed or a second person sends them as they are.
    """

    state = models.CharField(max_length=10, choices=MeasureState.choices, default=MeasureState.HELD)
    was_held = models.BooleanField(default=False)
    provision = ProgramForeignKey(Provision, related_name="+", null=True)
    severity = ProgramForeignKey(Severity, related_name="+", null=True)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    sent_on = models.DateField(null=True)
    action_id = models.UUIDField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("written_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="measure_state_known", condition=Q(state__in=MeasureState.values)),
            models.CheckConstraint(
                name="measure_sent_is_one",
                condition=~Q(state=MeasureState.SENT)
                | Q(action_id__isnull=False, sent_on__isnull=False, sent_by__isnull=False),
            ),
            models.CheckConstraint(
                name="measure_held_sent_by_another",
                condition=Q(sent_by=None) | Q(was_held=False) | ~Q(sent_by=F("written_by")),
            ),
        ]
