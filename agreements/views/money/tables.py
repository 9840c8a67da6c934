"""The lists of money."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.money.enums import DifferenceKind, DifferenceState, InvoiceState, PaymentState, ReportSide
from agreements.templatetags.money import money, plain
from wsr.ui.tables import Column, Empty, Table

_TONES = {
    InvoiceState.OPEN: "due",
    InvoiceState.PAID: "ok",
    PaymentState.CLAIMED: "info",
    PaymentState.RECEIVED: "ok",
    PaymentState.NOT_RECEIVED: "bad",
    DifferenceState.OPEN: "due",
    DifferenceState.EXPLAINED: "info",
    DifferenceState.SETTLED: "ok",
    DifferenceState.WRITTEN_OFF: "warn",
}


def tone(row: Any) -> str:
    """The tone of a state."""
    return _TONES.get(row.state, "")


def _amount(name: str) -> Any:
    return lambda row: money(getattr(row, name), row.currency)


def _days(row: Any) -> str:
    return f"{row.starts_on.isoformat()} – {row.ends_on.isoformat()}" if row.starts_on else ""


class NameFilter(filters.FilterSet):
    """By the name of a brand, a supplier or a product."""

    q = filters.CharFilter(label=_("Search by name or product"), method="search")

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By name."""
        asked = Q(brand__name__icontains=value) | Q(supplier__name__icontains=value)
        fields = {field.name for field in rows.model._meta.get_fields()}
        return rows.filter(asked | Q(product__icontains=value) if "product" in fields else asked)


class PurchaseFilter(NameFilter):
    """What narrows reports."""

    side = filters.ChoiceFilter(label=_("Reported as"), choices=ReportSide.choices)
    ended = filters.BooleanFilter(
        label=_("No longer counts"), field_name="ended_at", lookup_expr="isnull", exclude=True
    )


class PurchaseTable(Table):
    """Reports of purchases."""

    name = "purchases"
    filterset = PurchaseFilter
    default_sort = "-starts_on"
    columns = [
        Column("product", _("Product"), sort="product", link="agreements:purchase"),
        Column("brand", _("Brand"), value="brand.name", sort="brand__name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("starts_on", _("Days"), value=_days, sort="starts_on"),
        Column(
            "volume",
            _("Volume"),
            value=lambda row: f"{plain(row.volume)} {row.unit}",
            sort="volume",
            numeric=True,
        ),
        Column("side", _("Reported as"), value="get_side_display", sort="side"),
        Column("ended", _("No longer counts"), value="get_ended_display", hidden=True),
        Column("workplace", _("Workplace"), value="workplace.name", hidden=True),
        Column("value", _("Value"), value=_amount("value"), numeric=True, hidden=True),
        Column("reported_at", _("Reported"), sort="reported_at", hidden=True),
    ]
    empty = Empty(
        _("No purchases reported yet"),
        _(
            "Brands report what they bought, suppliers what they sold. The premium follows from the first, and both are compared."
        ),
    )


class AccrualTable(Table):
    """Premium as it was worked out."""

    name = "premium"
    filterset = NameFilter
    default_sort = "-starts_on"
    columns = [
        Column("brand", _("Brand"), value="brand.name", sort="brand__name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("starts_on", _("Days"), value=_days, sort="starts_on"),
        Column("product", _("Product"), sort="product"),
        Column("volume", _("Volume"), value=lambda row: f"{plain(row.volume)} {row.unit}", numeric=True),
        Column("rate", _("Rate"), value=lambda row: plain(row.rate), numeric=True),
        Column("amount", _("Premium"), value=_amount("amount"), sort="amount", numeric=True),
        Column("workers_part", _("For workers"), value=_amount("workers_part"), numeric=True),
        Column(
            "supplier_part", _("Supplier keeps"), value=_amount("supplier_part"), numeric=True, hidden=True
        ),
        Column(
            "is_difference",
            _("After a correction"),
            value=lambda row: _("Yes") if row.is_difference else "",
            hidden=True,
        ),
        Column("accrued_at", _("Worked out"), sort="accrued_at", hidden=True),
    ]
    empty = Empty(
        _("No premium yet"),
        _(
            "It follows from what brands report and from the premium clause of their agreement, a moment after each report."
        ),
    )


class InvoiceFilter(NameFilter):
    """What narrows invoices."""

    state = filters.ChoiceFilter(label=_("State"), choices=InvoiceState.choices)


class InvoiceTable(Table):
    """Invoices."""

    name = "invoices"
    filterset = InvoiceFilter
    default_sort = "-issued_on"
    columns = [
        Column("number", _("Number"), link="agreements:invoice"),
        Column("kind", _("For"), value="get_kind_display", sort="kind"),
        Column("brand", _("Brand"), value="brand.name", sort="brand__name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("amount", _("Amount"), value=_amount("amount"), sort="amount", numeric=True),
        Column("issued_on", _("Issued"), sort="issued_on"),
        Column("due_on", _("Due"), sort="due_on"),
        Column("state", _("State"), value="get_state_display", sort="state", tone=tone),
    ]
    empty = Empty(
        _("No invoices yet"),
        _("An invoice asks a brand for premium that was worked out, or for its program fee."),
    )


class PaymentFilter(NameFilter):
    """What narrows payments."""

    state = filters.ChoiceFilter(label=_("State"), choices=PaymentState.choices)


class PaymentTable(Table):
    """Payments."""

    name = "payments"
    filterset = PaymentFilter
    default_sort = "-paid_on"
    columns = [
        Column("amount", _("Amount"), value=_amount("amount"), sort="amount", link="agreements:payment"),
        Column("brand", _("Brand"), value="brand.name", sort="brand__name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("paid_on", _("Paid on"), sort="paid_on"),
        Column("way", _("Way"), value="get_way_display"),
        Column("workers_part", _("For workers"), value=_amount("workers_part"), numeric=True),
        Column("state", _("State"), value="get_state_display", sort="state", tone=tone),
        Column("reference", _("Reference"), hidden=True),
    ]
    empty = Empty(
        _("No payments yet"), _("A brand says that it paid; who should have the money says whether it came.")
    )


class EscrowTable(Table):
    """What went into escrow and out of it."""

    name = "escrow"
    default_sort = "-entered_at"
    columns = [
        Column("happened_on", _("Day"), sort="happened_on"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("direction", _("Direction"), value="get_direction_display"),
        Column("amount", _("Amount"), value=_amount("amount"), numeric=True),
        Column("balance", _("Balance after it"), value=_amount("balance"), numeric=True),
        Column("note", _("Note")),
        Column("entered_at", _("Entered"), sort="entered_at", hidden=True),
    ]
    empty = Empty(
        _("Nothing was put into escrow"), _("Premium waits here where its supplier has no agreement yet.")
    )


class SupplierFilter(filters.FilterSet):
    """By the name of the supplier."""

    q = filters.CharFilter(
        label=_("Search by supplier"), field_name="supplier__name", lookup_expr="icontains"
    )


class PayrollTable(Table):
    """What payrolls passed on."""

    name = "payroll"
    filterset = SupplierFilter
    default_sort = "-starts_on"
    columns = [
        Column(
            "starts_on", _("Payroll period"), value=_days, sort="starts_on", link="agreements:payroll_report"
        ),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("paid_on", _("Paid out on"), sort="paid_on"),
        Column("worker_count", _("Workers"), sort="worker_count", numeric=True),
        Column("total_paid", _("Paid to workers"), value=_amount("total_paid"), numeric=True),
        Column("share_kept", _("Kept"), value=_amount("share_kept"), numeric=True),
        Column("proof", _("Proof"), value=lambda row: _("Yes") if row.proof_id else ""),
        Column("ended", _("No longer counts"), value="get_ended_display", hidden=True),
    ]
    empty = Empty(
        _("No payroll reported yet"),
        _("Suppliers report what each payroll period passed on to workers, in totals."),
    )


class DifferenceFilter(NameFilter):
    """What narrows differences."""

    state = filters.ChoiceFilter(label=_("State"), choices=DifferenceState.choices)
    kind = filters.ChoiceFilter(label=_("What differs"), choices=DifferenceKind.choices)


class DifferenceTable(Table):
    """Differences as work."""

    name = "differences"
    filterset = DifferenceFilter
    default_sort = "-found_at"
    columns = [
        Column(
            "kind", _("What differs"), value="get_kind_display", sort="kind", link="agreements:difference"
        ),
        Column("brand", _("Brand"), value="brand.name", sort="brand__name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("product", _("Product"), sort="product"),
        Column("starts_on", _("Days"), value=_days, sort="starts_on"),
        Column("state", _("State"), value="get_state_display", sort="state", tone=tone),
        Column("found_at", _("Found"), sort="found_at", hidden=True),
    ]
    empty = Empty(
        _("Nothing differs"),
        _(
            "What brands and suppliers report is compared. A difference that is larger than the program tolerates comes here."
        ),
    )


class SupportTable(Table):
    """Other financial support."""

    name = "support"
    filterset = NameFilter
    default_sort = "-starts_on"
    columns = [
        Column("form", _("Form"), value="get_form_display", sort="form", link="agreements:support"),
        Column("brand", _("Brand"), value="brand.name", sort="brand__name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("amount", _("Amount"), value=_amount("amount"), numeric=True),
        Column("starts_on", _("From"), sort="starts_on"),
        Column("ends_on", _("Until"), sort="ends_on"),
        Column(
            "confirmed",
            _("Confirmed"),
            value=lambda row: _("By both sides") if row.confirmed == 2 else _("Not by both sides yet"),
            tone=lambda row: "ok" if row.confirmed == 2 else "due",
        ),
    ]
    empty = Empty(
        _("No other support on record"),
        _("Loans, prepayments, better prices and commitments to orders, private to the two sides."),
    )
