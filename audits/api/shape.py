"""What the addresses of this room share: how records are told apart, and refusals with a pointer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers

from audits.operations.records import EARLIEST, LATEST, Invalid
from wsr.api import paging
from wsr.api.door import ProgramAPIView
from wsr.api.problems import Place, Problem

LONG_TEXT = 20_000


def moment(**options: Any) -> serializers.DateTimeField:
    """When something was, by the clock of the device: it may be wrong, and is kept as it was said."""
    return serializers.DateTimeField(validators=[_plausible], **options)


def _plausible(value: datetime) -> None:
    if not EARLIEST <= value <= LATEST:
        raise serializers.ValidationError(_("This is no moment of our days."))


class View(ProgramAPIView):
    """An address of the auditors' API."""

    def listed(self, rows: QuerySet, *, by: str) -> HttpResponse:
        """One page of rows without `updated_at`, by another moment of theirs."""
        found = paging.page(rows, cursor=self.query.get("cursor", ""), limit=self.query["limit"], by=by)
        return self.items(found.rows, next_cursor=found.next_cursor)


def pointed[T](work: Callable[[], T]) -> T:
    """Do it, and tell which field of the body is wrong where the operation says so. Raises Problem (400)."""
    try:
        return work()
    except Invalid as error:
        raise Problem("invalid", errors=[Place(str(error), pointer=f"/{pointer_of(error)}")]) from None


def pointer_of(error: Invalid) -> str:
    """The name by which the API knows a column."""
    return {"provision": "provision_id", "severity": "severity_id", "repeat_of": "repeat_of_id"}.get(
        error.field, error.field
    )
