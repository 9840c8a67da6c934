"""Seasons: the stretches of a year that a program counts in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wsr.tenancy.models import ProgramModel


class Season(ProgramModel):
    """One season, both days included. Seasons of a program do not overlap."""

    name = models.CharField(_("name"), max_length=100)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta(ProgramModel.Meta):
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(name="season_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return self.name
