"""What the search of the console finds of programs."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs import queries
from programs.tables import BrandTable, SupplierTable, WorkplaceTable
from wsr.accounts.grants import Permission
from wsr.ui.search import Source

SEARCH = [
    Source(
        _("Workplaces"),
        WorkplaceTable,
        lambda: queries.workplaces(on=queries.today(timezone.now())),
        "programs:workplaces",
        Permission.WORKPLACE_READ,
    ),
    Source(_("Suppliers"), SupplierTable, queries.suppliers, "programs:suppliers", Permission.SUPPLIER_READ),
    Source(
        _("Brands"),
        BrandTable,
        lambda: queries.brands(on=queries.today(timezone.now())),
        "programs:brands",
        Permission.SOURCING_READ,
    ),
]
