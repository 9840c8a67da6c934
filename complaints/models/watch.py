"""The watch over those who complained: whether anybody makes them pay for it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import Act, Channel, CheckInAnswer
from complaints.models.complaints import Complainant, Complaint, OfComplaint
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey


class CheckIn(OfComplaint):
    """One question to one complainant, some days after the employer could see something: does anybody treat you worse for it?

    It waits until it is answered, whatever becomes of the complaint; where nobody was reached it says so. `linked`: the complaint that
    her answer opened. What she said stands there, in the vault.
    """

    complainant = ProgramForeignKey(Complainant, related_name="check_ins")
    act = models.CharField(_("after what"), max_length=20, choices=Act.choices)
    acted_on = models.DateField(_("day of it"))
    days = models.PositiveSmallIntegerField(_("days after it"))
    due_on = models.DateField(_("to be asked on"))
    asked_at = models.DateTimeField(_("last tried"), null=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    answer = models.CharField(
        max_length=20, choices=CheckInAnswer.choices, default=CheckInAnswer.OPEN, blank=True
    )
    answered_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    linked = ProgramForeignKey(Complaint, related_name="+", null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("due_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="check_in_act_known", condition=Q(act__in=Act.values)),
            models.CheckConstraint(
                name="check_in_answer_known", condition=Q(answer__in=CheckInAnswer.values)
            ),
            models.CheckConstraint(
                name="check_in_answered_has_date",
                condition=Q(answer=CheckInAnswer.OPEN, answered_at=None)
                | ~Q(answer=CheckInAnswer.OPEN) & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="check_in_harm_is_linked",
                condition=~Q(answer=CheckInAnswer.HARM) | Q(linked__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["program", "complainant", "due_on"],
                condition=~Q(act=Act.UNASKED),
                name="check_in_once_a_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["program", "due_on"], condition=Q(answer=CheckInAnswer.OPEN), name="check_in_open"
            ),
            models.Index(fields=["program", "linked"], name="check_in_of_linked"),
        ]
