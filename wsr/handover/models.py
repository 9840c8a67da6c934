"""Who keeps something in person, what was handed from whom to whom, and who stands in for whom."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramModel


class Keeper(ProgramModel):
    """Somebody who keeps in person what otherwise everybody with the permission sees to. Named by label and id; never a matter of a circle."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "subject_type", "subject_id"], name="keeper_once"),
        ]
        indexes = [models.Index(fields=["program", "person"], name="kept_by_person")]


class Handed(ProgramModel):
    """One thing that went from one person to another, as it was called that day. Read by those three alone: the list of what they gave and got.

    History says the same for good; what only a circle may know of stands there and not here.
    """

    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    before = models.ForeignKey(Person, models.PROTECT, related_name="+")
    to = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        indexes = [
            models.Index(fields=["program", "to", "-at"], name="handed_to"),
            models.Index(fields=["program", "by", "-at"], name="handed_by"),
        ]


class AbsenceQuerySet(models.QuerySet[Any]):
    """Chains of absences."""

    def on(self, day: date) -> "AbsenceQuerySet":
        """Those of a day."""
        return self.lasting(day).filter(starts_on__lte=day)

    def lasting(self, day: date) -> "AbsenceQuerySet":
        """Those that are not over on a day."""
        return self.filter(Q(back_on=None) | Q(back_on__gt=day), ends_on__gte=day)


class Absence(ProgramModel):
    """A person is away, the first and the last day included, and who stands in for her, if anybody."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stand_in = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stands in")
    )
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))
    back_on = models.DateField(null=True, help_text="Where she came back sooner: the first day.")
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects = ProgramModel.manager_from(AbsenceQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="absence_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="absence_stood_in_by_another", condition=Q(stand_in=None) | ~Q(stand_in=F("person"))
            ),
        ]
        indexes = [models.Index(fields=["program", "ends_on"], name="absence_by_end")]
