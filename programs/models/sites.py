"""Sites that end: when their end was moved, and who works for whom there."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.enums import ON_TOP, ContractorRole
from programs.models.participations import Participation
from programs.models.workplaces import Workplace
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class SiteExtension(ProgramModel):
    """The planned end of a site was moved. Never changed."""

    site = ProgramForeignKey(Workplace, related_name="extensions")
    before_on = models.DateField()
    ends_on = models.DateField(_("planned last day"))
    reason = models.TextField(_("reason"))
    recorded_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(name="site_extension_moves", condition=~Q(ends_on=F("before_on"))),
            models.CheckConstraint(name="site_extension_has_reason", condition=~Q(reason="")),
        ]


class EngagementQuerySet(models.QuerySet):
    """Chains of engagements."""

    def current(self, *, on: date) -> "EngagementQuerySet":
        """At work on a day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on), started_on__lte=on)

    def open(self) -> "EngagementQuerySet":
        """Not ended."""
        return self.filter(ended_on=None)


class Engagement(ProgramModel):
    """Somebody works on a site from one day until another, for whoever hired it there; nobody hired those on top.

    A trigger refuses a second place on the site at the same time, and anyone who would work for itself, however far round.
    """

    site = ProgramForeignKey(Workplace, related_name="engagements")
    contractor = ProgramForeignKey(Participation, related_name="engagements")
    hired_by = ProgramForeignKey(Participation, related_name="hired", null=True, blank=True)
    role = models.CharField(_("as"), max_length=20, choices=ContractorRole.choices)
    started_on = models.DateField(_("since"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProgramModel.manager_from(EngagementQuerySet)

    class Meta(ProgramModel.Meta):
        ordering = ["started_on", "id"]
        constraints = [
            models.CheckConstraint(name="engagement_role_known", condition=Q(role__in=ContractorRole.values)),
            models.CheckConstraint(
                name="engagement_ends_after_start",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="engagement_hired_by_somebody",
                condition=Q(hired_by=None, role__in=[role.value for role in ON_TOP])
                | Q(hired_by__isnull=False) & ~Q(role=ContractorRole.DEVELOPER),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "site"], name="engagement_of_site"),
            models.Index(fields=["program", "contractor"], name="engagement_of_contractor"),
            models.Index(fields=["program", "hired_by"], name="engagement_of_hirer"),
        ]

    def __str__(self) -> str:
        return str(self.get_role_display())
