"""What the addresses of this room share: `fields=`, how records are told apart, and refusals with a pointer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers

from audits.operations.records import EARLIEST, LATEST, Invalid
from wsr.api import paging
from wsr.api.door import ProgramAPIView, respond
from wsr.api.problems import Place, Problem
from wsr.api.serializers import Query

LONG_TEXT = 20_000


class FieldsQuery(Query):
    """The parameter with which a device on a poor line asks for less."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """DRF has a use of its own for the name `fields`, so the parameter is added here."""
        wanted = serializers.CharField(
            max_length=500,
            required=False,
            help_text="Only these fields of each entry, separated by commas.",
        )
        return {**super().get_fields(), "fields": wanted}


class Out(serializers.Serializer):
    """A record as it is told. `fields` in the context narrows it to those."""

    @property
    def _readable_fields(self) -> Any:
        wanted = self.context.get("fields") if self.is_outermost else None
        return (field for field in super()._readable_fields if wanted is None or field.field_name in wanted)

    @property
    def is_outermost(self) -> bool:
        """Not part of another record."""
        holder = self.parent.parent if isinstance(self.parent, serializers.ListSerializer) else self.parent
        return holder is None


def moment(**options: Any) -> serializers.DateTimeField:
    """When something was, by the clock of the device: it may be wrong, and is kept as it was said."""
    return serializers.DateTimeField(validators=[_plausible], **options)


def _plausible(value: datetime) -> None:
    if not EARLIEST <= value <= LATEST:
        raise serializers.ValidationError(_("This is no moment of our days."))


class View(ProgramAPIView):
    """An address of the auditors' API."""

    def items(self, rows: Any, *, next_cursor: str = "") -> HttpResponse:
        """As the platform's, with `fields=`."""
        return respond({"items": self.shown(rows, many=True), "next_cursor": next_cursor or None})

    def shown(self, rows: Any, *, many: bool = False) -> Any:
        """Rows in the shape of `output`, narrowed to the fields that were asked for."""
        return self.endpoint.output(rows, many=many, context={"fields": self._wanted()}).data

    def listed(self, rows: QuerySet, *, by: str) -> HttpResponse:
        """One page of rows without `updated_at`, by another moment of theirs."""
        found = paging.page(rows, cursor=self.query.get("cursor", ""), limit=self.query["limit"], by=by)
        return self.items(found.rows, next_cursor=found.next_cursor)

    def _wanted(self) -> frozenset[str] | None:
        text = self.query.get("fields", "")
        if not text:
            return None
        wanted = {name.strip() for name in text.split(",")}
        if unknown := wanted - set(self.endpoint.output().fields):
            why = _("There is no field %(name)s.") % {"name": sorted(unknown)[0][:60]}
            raise Problem("invalid", errors=[Place(why, parameter="fields")])
        return frozenset(wanted)


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
