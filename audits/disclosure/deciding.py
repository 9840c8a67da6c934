"""What the program decided about findings."""

from datetime import date

from django.db.models import QuerySet

from audits.enums import ReportStage
from audits.models import Report
from programs import queries

RULES = (
    "disclosure.findings",
    "disclosure.supplier_names",
    "disclosure.smallest_group",
    "correction.scoring",
)
PUBLISHED, COUNT, TOTALS = "published", "count", "totals"


def decided(on: date) -> str:
    """`published`, `count`, `totals` or nothing. Single workplaces only where the program names its suppliers."""
    values = dict(queries.rules(on=on).filter(key__in=RULES[:2]).values_list("key", "value"))
    said = str(values.get("disclosure.findings") or "")
    if said not in (PUBLISHED, COUNT, TOTALS):
        return ""
    return said if values.get("disclosure.supplier_names") == "published" else TOTALS


def issued() -> QuerySet[Report]:
    """The reports that hold."""
    return Report.objects.filter(stage=ReportStage.ISSUED)
