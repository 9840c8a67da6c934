"""What this room shows for the principles: inspections with an issued report, findings, and how many were corrected."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from audits.disclosure.totals import TOTAL
from programs.showing import Fact, Published, Shows


def _gains(published: Published) -> Iterable[Fact]:
    yield published.column(_("Findings of inspections"), TOTAL, "findings")
    yield published.column(_("Findings verified as corrected"), TOTAL, "corrected")


def _verification(published: Published) -> Iterable[Fact]:
    yield published.column(_("Inspections with an issued report"), TOTAL, "inspections")
    yield published.column(_("Workplaces inspected"), TOTAL, "workplaces")


SHOWS = [Shows("gains", _gains), Shows("verification", _verification)]
