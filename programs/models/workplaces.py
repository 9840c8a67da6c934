"""Workplaces: the farms and factories of suppliers."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.enums import Precision, WorkplaceType
from programs.models.participations import Participation
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class WorkplaceQuerySet(models.QuerySet):
    """Chains of workplaces."""

    def open(self) -> "WorkplaceQuerySet":
        """Not closed."""
        return self.filter(closed_on=None)


class Workplace(ProgramModel):
    """A farm, a factory, or a site for as long as it is built on. What the public learns of its place is `disclosure_precision`.

    Of a site, `ends_on` is its planned last day, moved with a reason; `closed_on` says that it has ended. Housing belongs to a site.
    """

    type = models.CharField(
        _("what it is"),
        max_length=10,
        choices=WorkplaceType.choices,
        default=WorkplaceType.LASTING,
        db_default=WorkplaceType.LASTING,
    )
    ends_on = models.DateField(_("planned last day"), null=True, blank=True)
    site = ProgramForeignKey("programs.Workplace", related_name="housing", null=True, blank=True)

    supplier = ProgramForeignKey(Participation, related_name="workplaces")
    name = models.CharField(_("name"), max_length=300)
    name_key = models.CharField(max_length=300, editable=False)
    also_known_as = ArrayField(
        models.CharField(max_length=300), default=list, blank=True, verbose_name=_("also known as")
    )
    address = models.CharField(_("address"), max_length=600, blank=True)
    address_key = models.CharField(max_length=600, blank=True, editable=False)
    city = models.CharField(_("city"), max_length=200, blank=True)
    region = models.CharField(_("region"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    disclosure_precision = models.CharField(
        _("location in public"), max_length=10, choices=Precision.choices, default=Precision.EXACT
    )
    sector = models.CharField(_("sector"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=100, blank=True)
    products = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name=_("products or crops")
    )
    languages = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("languages spoken")
    )
    worker_count = models.PositiveIntegerField(_("workers"), null=True, blank=True)
    os_id = models.CharField(_("OS ID"), max_length=20, blank=True)
    external_ids = models.JSONField(_("identifiers elsewhere"), default=dict, blank=True)
    opened_on = models.DateField(_("opened"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProgramModel.manager_from(WorkplaceQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="workplace_precision_known", condition=Q(disclosure_precision__in=Precision.values)
            ),
            models.CheckConstraint(name="workplace_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="workplace_country_two_letters", condition=Q(country__regex=r"^[A-Z]{2}$")
            ),
            models.CheckConstraint(
                name="workplace_coordinates_in_pairs",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(name="workplace_type_known", condition=Q(type__in=WorkplaceType.values)),
            models.CheckConstraint(
                name="workplace_site_has_dates",
                condition=Q(type=WorkplaceType.SITE, opened_on__isnull=False, ends_on__gte=F("opened_on"))
                | ~Q(type=WorkplaceType.SITE) & Q(ends_on=None),
            ),
            models.CheckConstraint(
                name="workplace_housing_has_site",
                condition=Q(type=WorkplaceType.HOUSING, site__isnull=False)
                | ~Q(type=WorkplaceType.HOUSING) & Q(site=None),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "name", "id"], name="workplace_by_name"),
            models.Index(
                fields=["program", "site"], condition=Q(site__isnull=False), name="workplace_housing_of_site"
            ),
            models.Index(fields=["program", "country", "name_key"], name="workplace_matching"),
            models.Index(fields=["program", "supplier"], name="workplace_of_supplier"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def runs(self) -> tuple[date, date]:
        """First and planned last day of a site. Raises TypeError for what is none."""
        if self.opened_on is None or self.ends_on is None:
            raise TypeError("Only a site has both days.")
        return self.opened_on, self.ends_on
