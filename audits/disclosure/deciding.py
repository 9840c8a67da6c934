"""What the program decided about findings, and when a decision may have changed."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from audits.enums import ReportStage
from audits.models import Report
from programs import queries
from programs.models import Rule
from wsr.registry.disclosure import Since

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


def decision_changed(since: Since) -> bool:
    """Whether one of the rules was written, came into force or ended since the last publication."""
    rules = Rule.objects.filter(key__in=RULES)
    day = day_of(since)
    dated = rules.filter(Q(valid_from__gte=day) | Q(valid_until__gte=day)).exists()
    return dated or bool(since.changed_ids(rules))


def day_of(since: Since) -> date:
    """The last day that had begun everywhere when the last publication was made; what is dated later may have come true."""
    return (since.at - timedelta(days=1)).date()
