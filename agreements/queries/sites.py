"""What is open in this room for those who work on a site."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.models import StopDuty
from programs.models import Workplace
from programs.queries.sites import OpenLine
from wsr.accounts.grants import Permission


def contractors_shown(
    *,
    participation_ids: Collection[UUID],
    site: Workplace,
    program_slug: str,
    permissions: Collection[str],
    lines: dict[UUID, list[OpenLine]],
) -> None:
    """Duties to end somebody's work there, and duties to end its own."""
    del site
    if Permission.ESCALATION_READ not in permissions:
        return
    page = reverse("agreements:duties", args=[program_slug])
    active = StopDuty.objects.active()
    for field, label in (
        ("supplier_id", _("others must stop giving it work")),
        ("brand_id", _("duties to stop giving others work")),
    ):
        for key, count in _counted(active, field, participation_ids):
            lines[key].append(OpenLine(label, count, page))


def _counted(rows: QuerySet[StopDuty], field: str, ids: Collection[UUID]) -> QuerySet[Any, Any]:
    found = rows.filter(**{f"{field}__in": list(ids)}).order_by()
    return found.values(field).annotate(n=Count("pk")).values_list(field, "n")
