"""Organizations' parts in a program, their dated standing, and who buys from whom."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.enums import Part
from wsr.accounts.models import Organization
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class ParticipationQuerySet(models.QuerySet):
    """Chains of participations: the faces of organizations."""

    def brands(self) -> "ParticipationQuerySet":
        """Participating buyers."""
        return self.filter(part=Part.BRAND)

    def suppliers(self) -> "ParticipationQuerySet":
        """Participating employers."""
        return self.filter(part=Part.SUPPLIER)

    def worker_organizations(self) -> "ParticipationQuerySet":
        """Those the program belongs to."""
        return self.filter(part=Part.WORKER_ORGANIZATION)

    def monitors(self) -> "ParticipationQuerySet":
        """Those who inspect and handle complaints."""
        return self.filter(part=Part.MONITOR)

    def present(self) -> "ParticipationQuerySet":
        """Not ended."""
        return self.filter(ended_on=None)


class Participation(ProgramModel):
    """An organization's part in this program, under the name the program knows it by.

    Whether it also has an account of its own is `organization`; most suppliers never do.
    """

    part = models.CharField(_("part"), max_length=20, choices=Part.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=300)
    name_key = models.CharField(max_length=300, editable=False, help_text="Normalized name, for matching.")
    parent_name = models.CharField(_("group"), max_length=300, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    website = models.URLField(_("website"), blank=True)
    lei = models.CharField(_("LEI"), max_length=20, blank=True)
    os_id = models.CharField(_("OS ID"), max_length=20, blank=True)
    registry_number = models.CharField(_("registry number"), max_length=60, blank=True)
    rung = models.CharField(
        _("standing"),
        max_length=40,
        blank=True,
        help_text="Key of the present rung; written by operations only.",
    )
    joined_on = models.DateField(_("joined"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProgramModel.manager_from(ParticipationQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="participation_part_known", condition=Q(part__in=Part.values)),
            models.CheckConstraint(name="participation_has_name", condition=~Q(name="")),
            # An organization with an account has one part in a program; its portal shows what belongs to that part.
            models.UniqueConstraint(
                fields=["program", "organization"],
                condition=Q(organization__isnull=False),
                name="participation_of_organization_once",
            ),
            models.CheckConstraint(
                name="participation_ends_after_joining",
                condition=Q(ended_on=None) | Q(joined_on=None) | Q(ended_on__gte=F("joined_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "part", "name", "id"], name="participation_by_name"),
            models.Index(fields=["program", "part", "name_key", "country"], name="participation_matching"),
        ]

    def __str__(self) -> str:
        return self.name


class Rung(ProgramModel):
    """One step of the program's own ladder of standing. What it means is a rule, and stands here as the rule is today (`programs.meanings`)."""

    key = models.SlugField(max_length=40)
    label = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("order"), help_text="0 is good standing; higher is worse.")
    stops_purchases = models.BooleanField(
        _("brands must stop buying"), null=True, help_text="None: nobody has decided."
    )
    is_public = models.BooleanField(
        _("shown in public"), null=True, help_text="None: nobody has decided; then it is not shown."
    )
    is_step = models.BooleanField(
        default=True,
        help_text="A supplier is put there by the program; it does not go by itself, as when it withdraws.",
    )
    certainty = models.CharField(max_length=20)
    source = models.CharField(max_length=300, blank=True)

    class Meta(ProgramModel.Meta):
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="rung_key_once")]

    def __str__(self) -> str:
        return self.label


class StandingEvent(ProgramModel):
    """A dated change of standing: effective on one day, known on another. Never changed; a correction is a new event."""

    participation = ProgramForeignKey(Participation, related_name="standing_events")
    rung = ProgramForeignKey(Rung, related_name="+")
    effective_on = models.DateField(_("effective"))
    recorded_at = models.DateTimeField(_("recorded"))
    reason = models.TextField(_("reason"))
    provision_reference = models.CharField(_("provision"), max_length=100, blank=True)
    condition_for_return = models.TextField(_("condition for return"), blank=True)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)

    class Meta(ProgramModel.Meta):
        indexes = [
            models.Index(
                fields=["program", "participation", "-effective_on", "-recorded_at"], name="standing_newest"
            )
        ]


class SourcingQuerySet(models.QuerySet):
    """Chains of sourcing."""

    def current(self, *, on: date) -> "SourcingQuerySet":
        """In effect on a day."""
        return self.filter(Q(started_on=None) | Q(started_on__lte=on), Q(ended_on=None) | Q(ended_on__gt=on))


class Sourcing(ProgramModel):
    """A brand buys from a supplier, or from one workplace of it."""

    brand = ProgramForeignKey(Participation, related_name="sources_from")
    supplier = ProgramForeignKey(Participation, related_name="sold_to")
    workplace = ProgramForeignKey("programs.Workplace", related_name="sold_to", null=True, blank=True)
    tier = models.CharField(_("tier"), max_length=30, blank=True)
    started_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProgramModel.manager_from(SourcingQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "brand", "supplier", "workplace"],
                condition=Q(ended_on=None),
                name="sourcing_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="sourcing_ends_after_start",
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(name="sourcing_between_two", condition=~Q(brand=F("supplier"))),
        ]
        indexes = [models.Index(fields=["program", "supplier"], name="sourcing_of_supplier")]
