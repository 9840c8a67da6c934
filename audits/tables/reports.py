"""The list of reports."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audits.enums import InspectionKind, ReportStage
from audits.models import Report
from audits.queries.shown_reports import kind_label
from wsr.ui.tables import Column, Empty, Table

_TONES = {ReportStage.FOR_REPLY: "due", ReportStage.ISSUED: "ok", ReportStage.REPLACED: ""}


def _tone(row: Any) -> str:
    return _TONES.get(row.stage, "")


class ReportFilter(filters.FilterSet):
    """What narrows the list of reports."""

    q = filters.CharFilter(label=_("Search by workplace or supplier"), method="search")
    kind = filters.ChoiceFilter(
        label=_("Kind"), field_name="body__inspection__kind", choices=InspectionKind.choices
    )
    stage = filters.ChoiceFilter(label=_("State"), choices=ReportStage.choices)

    def search(self, rows: QuerySet[Report], name: str, value: str) -> QuerySet[Report]:
        """By workplace or supplier, as they were called on that day."""
        return rows.filter(Q(workplace_name__icontains=value) | Q(supplier_name__icontains=value))


class ReportTable(Table):
    """Reports of inspections, every version that the reader may see."""

    name = "reports"
    filterset = ReportFilter
    default_sort = "-ended_on"
    columns: ClassVar = [
        Column("workplace_name", _("Workplace"), sort="workplace_name", link="audits:report"),
        Column("supplier_name", _("Supplier"), sort="supplier_name"),
        Column("kind", _("Kind"), value=lambda row: kind_label(row.kind), sort="kind"),
        Column("ended_on", _("Inspected"), sort="ended_on"),
        Column("stage", _("State"), value="get_stage_display", sort="stage", tone=_tone),
        Column("findings", _("Findings"), value=lambda row: len(row.body["findings"]), numeric=True),
        Column("issued_at", _("Issued"), hidden=True),
        Column("number", _("Version"), numeric=True, hidden=True),
        Column("inspection_number", _("Inspection"), numeric=True, hidden=True),
    ]
    empty = Empty(
        _("No reports yet"),
        _(
            "The report of an inspection appears here when it is given to you: what was found, with the reply beside it."
        ),
    )
