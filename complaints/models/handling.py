"""Who works on a complaint, who must not, and where it went when it is not for this program."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import ASSIGNMENT_MOVES, AssignmentState, Part
from complaints.models.complaints import Complaint, OfComplaint
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Assignment(OfComplaint):
    """Somebody's part in a complaint. Who accepted one that has not ended is in the complaint's circle.

    An emergency opening ends by itself (`ends_at`), has its reason in the vault, and alarms at once.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.CharField(max_length=20, choices=Part.choices)
    state = models.CharField(max_length=20, choices=AssignmentState.choices, default=AssignmentState.ASKED)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta(OfComplaint.Meta):
        constraints = [
            models.CheckConstraint(name="assignment_part_known", condition=Q(part__in=Part.values)),
            models.UniqueConstraint(
                fields=["program", "complaint", "person", "part"],
                condition=Q(state__in=(AssignmentState.ASKED, AssignmentState.ACCEPTED)),
                name="complaint_part_once",
            ),
            models.CheckConstraint(
                name="emergency_ends", condition=~Q(part=Part.EMERGENCY) | Q(ends_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["program", "person", "state", "part"], name="assignment_of_person")]

    def may_become(self, state: AssignmentState) -> bool:
        """Whether the table of moves allows it."""
        return state in ASSIGNMENT_MOVES[AssignmentState(self.state)]


class Wall(ProgramModel):
    """A person may know nothing of a complaint, or of any complaint about a supplier: she gets 404. Ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    complaint = ProgramForeignKey(Complaint, related_name="walls", null=True, blank=True)
    supplier = ProgramForeignKey(Participation, related_name="+", null=True, blank=True)
    reason = models.TextField(_("reason"))
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="wall_has_one_subject",
                condition=Q(complaint__isnull=False, supplier=None)
                | Q(complaint=None, supplier__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["program", "person", "complaint"],
                condition=Q(ended_at=None),
                name="wall_of_complaint",
            ),
            models.UniqueConstraint(
                fields=["program", "person", "supplier"], condition=Q(ended_at=None), name="wall_of_supplier"
            ),
        ]


class Referral(OfComplaint):
    """A complaint outside the scope, given to somebody who can help. Recorded, not lost, and off the program's clocks.

    Source: `domain.md` 2.5 (A34) and its check value in 5.6. In the vault: `words`, what the partner was told.
    """

    partner = models.CharField(_("whom"), max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    was_taken = models.BooleanField(null=True)
