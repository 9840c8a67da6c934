"""What was bought and sold, as each side reports it, and the files it came in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.money import columns
from agreements.money.enums import Ended, FileState, ReportSide, RowStatus
from programs.models import Participation, Workplace
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class PurchaseFile(ProgramModel):
    """A file of purchases as it was sent: read, shown with a reason per line and field, then recorded as a whole or not at all."""

    side = models.CharField(max_length=10, choices=ReportSide.choices)
    owner = ProgramForeignKey(Participation, related_name="+")
    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="{place of the column: field}")
    defaults = models.JSONField(default=dict, help_text="{field: value for lines that have none}")
    notes = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=FileState.choices, default=FileState.READ)
    counts = models.JSONField(default=dict, help_text="{status: lines}")
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"))
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="purchase_file_side_known", condition=Q(side__in=ReportSide.values)),
            models.CheckConstraint(name="purchase_file_state_known", condition=Q(state__in=FileState.values)),
        ]
        indexes = [models.Index(fields=["program", "owner", "-sent_at"], name="purchase_file_newest")]

    def __str__(self) -> str:
        return self.name


class PurchaseFileRow(ProgramModel):
    """One line of a file: as it was written, as it was understood, and why it cannot be recorded."""

    file = ProgramForeignKey(PurchaseFile, on_delete=models.CASCADE, related_name="rows")
    owner = ProgramForeignKey(Participation, related_name="+")
    line = models.PositiveIntegerField()
    raw = models.JSONField(default=list)
    cleaned = models.JSONField(default=dict)
    errors = models.JSONField(default=dict, help_text="{field: sentence}")
    status = models.CharField(max_length=10, choices=RowStatus.choices)
    purchase = ProgramForeignKey("Purchase", null=True, blank=True, related_name="+")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "file", "line"], name="purchase_file_line_once"),
            models.CheckConstraint(
                name="purchase_row_status_known", condition=Q(status__in=RowStatus.values)
            ),
        ]


class PurchaseQuerySet(models.QuerySet):
    """Chains of purchases."""

    def current(self) -> "PurchaseQuerySet":
        """That count: neither replaced nor withdrawn."""
        return self.filter(ended_at=None)

    def bought(self) -> "PurchaseQuerySet":
        """As brands report them."""
        return self.filter(side=ReportSide.BRAND)

    def sold(self) -> "PurchaseQuerySet":
        """As suppliers report them."""
        return self.filter(side=ReportSide.SUPPLIER)


class Purchase(ProgramModel):
    """One line of a report: what a brand bought from a supplier over some days, as one side says.

    Never changed: a correction is a new row that replaces it. `seen_at`: when premium and differences were worked out from it.
    """

    side = models.CharField(_("reported as"), max_length=10, choices=ReportSide.choices)
    brand = ProgramForeignKey(Participation, related_name="+")
    supplier = ProgramForeignKey(Participation, related_name="+")
    workplace = ProgramForeignKey(Workplace, null=True, blank=True, related_name="+")
    product = models.CharField(_("product"), max_length=120)
    product_key = models.CharField(max_length=120)
    unit = models.CharField(_("unit"), max_length=30)
    volume = columns.volume(_("volume"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    value = columns.amount(_("value"), null=True, blank=True)
    currency = columns.currency(blank=True)
    replaces = ProgramForeignKey("self", null=True, blank=True, related_name="replaced_by")
    reason = models.TextField(_("reason of the correction"), blank=True)
    file = ProgramForeignKey(PurchaseFile, null=True, blank=True, related_name="purchases")
    line = models.PositiveIntegerField(null=True, blank=True)
    reported_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("reported"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = ProgramModel.manager_from(PurchaseQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="purchase_volume_positive", condition=Q(volume__gt=0)),
            models.CheckConstraint(
                name="purchase_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="purchase_between_two", condition=~Q(brand=F("supplier"))),
            models.CheckConstraint(name="purchase_side_known", condition=Q(side__in=ReportSide.values)),
            models.CheckConstraint(
                name="purchase_value_has_currency",
                condition=Q(value=None, currency="") | (Q(value__gt=0) & columns.is_currency()),
            ),
            models.CheckConstraint(
                name="purchase_ended_has_reason",
                condition=Q(ended_at=None, ended="") | Q(ended_at__isnull=False, ended__in=Ended.values),
            ),
            models.UniqueConstraint(fields=["program", "replaces"], name="purchase_replaced_once"),
            models.UniqueConstraint(
                fields=["program", "side", "brand", "supplier", "workplace", "product_key", "starts_on"],
                condition=Q(ended_at=None),
                name="purchase_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["program", "brand", "side", "ends_on"], name="purchase_of_brand"),
            models.Index(fields=["program", "supplier", "side", "ends_on"], name="purchase_of_supplier"),
            models.Index(fields=["program"], condition=Q(seen_at=None), name="purchase_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.starts_on}–{self.ends_on}"
