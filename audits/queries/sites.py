"""What is open in this room for those who work on a site."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.models import CorrectiveAction
from programs.queries.sites import OpenLine
from wsr.accounts.grants import Permission


def contractors_shown(
    *,
    participation_ids: Collection[UUID],
    program_slug: str,
    permissions: Collection[str],
    lines: dict[UUID, list[OpenLine]],
    **_others: Any,
) -> None:
    """Corrective actions of each that are not verified as fixed, at whichever workplace."""
    if Permission.ACTION_READ not in permissions:
        return
    rows = CorrectiveAction.objects.unfixed().filter(supplier__in=list(participation_ids)).order_by()
    page = reverse("audits:actions", args=[program_slug])
    for supplier_id, count in rows.values_list("supplier_id").annotate(n=Count("pk")):
        lines[supplier_id].append(
            OpenLine(_("corrective actions to fix"), count, f"{page}?supplier={supplier_id}")
        )
