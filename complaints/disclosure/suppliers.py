"""Suppliers about which enough complaints came in, by name, where the program publishes both complaints and the names of suppliers.

At least ten in one stretch of months; all other suppliers, and complaints about none that is known, are no record at all. Workplaces are never
counted by themselves.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.disclosure.counts import span
from complaints.models import SupplierCount
from complaints.queries.public import RULES, by_supplier
from programs.disclosure import decisions
from programs.models import Participation
from programs.queries import today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since

COUNT = "supplier_complaint"
KINDS = [
    PublicKind(
        COUNT,
        "supplier_complaints",
        _("Complaints at a supplier"),
        _("Complaints at suppliers"),
        (
            Column("name", _("Name"), "Over which months they are counted."),
            Column("supplier", _("Supplier"), "The participating employer."),
            Column("begins_on", _("From"), "ISO 8601 date, the first day of a month."),
            Column("ends_on", _("Until"), "ISO 8601 date, the last day of a month."),
            Column("complaints", _("Complaints"), "At least ten; with fewer there is no record."),
            Column("of", _("Of all complaints"), "Complaints of the whole program in the same months."),
        ),
    )
]


def present(kind: str) -> QuerySet[SupplierCount]:
    """Those that the program shows."""
    rows = SupplierCount.objects.all()
    return rows if by_supplier(today(timezone.now())) else rows.none()


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records; of these subjects only, if they are named."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    for row in rows.select_related("table", "supplier").order_by("table__ends_on", "pk"):
        content = {
            "name": f"Complaints, {span(row.table.begins_on, row.table.ends_on)}",
            "supplier": Ref("supplier", row.supplier_id, row.supplier.name),
            "begins_on": row.table.begins_on.isoformat(),
            "ends_on": row.table.ends_on.isoformat(),
            "complaints": row.count,
            "of": row.table.total,
        }
        yield PublicRecord(COUNT, row.pk, content, {}, row.table.ends_on, search=row.supplier.name)


def changed(kind: str, since: Since) -> set[UUID]:
    """Those made since, those of renamed suppliers; all of them where a decision changed."""
    if decisions.changed(since, *RULES):
        return set(SupplierCount.objects.values_list("pk", flat=True))
    renamed = SupplierCount.objects.filter(supplier__in=since.changed_ids(Participation.objects.suppliers()))
    return since.changed_ids(SupplierCount.objects.all()) | set(renamed.values_list("pk", flat=True))
