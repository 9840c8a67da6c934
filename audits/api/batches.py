"""Many acts at once: each item has its own result, and none undoes another.

Consecutive answers of one visit are written together, and so are interviews and findings; everything else item by item, each in a
savepoint of its own.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.utils.translation import gettext as _
from rest_framework import serializers

from audits.api import inputs, outputs
from audits.api.shape import moment, pointer_of
from audits.models import Finding
from audits.operations import records, visits
from audits.operations.records import Invalid, Put
from wsr.accounts.models import Person
from wsr.api.problems import places
from wsr.api.serializers import Input
from wsr.errors import DomainError, Stale
from wsr.tenancy import atomic

logger = logging.getLogger(__name__)

OUTCOMES = ("applied", "duplicate", "conflict", "invalid")
TYPES = ("response", "interview", "finding", "withdrawal", "visit")


class WithdrawalFields(inputs.ReasonIn):
    """Why the finding `id` was a mistake."""


class BatchItem(Input):
    """One act. `type` says which, and the member of that name holds its fields. Without `if_version` it is new."""

    type = serializers.ChoiceField(choices=TYPES)
    id = serializers.UUIDField(
        required=False, help_text="Of the record, a UUIDv7 made by the device. A visit needs none."
    )
    inspection_id = serializers.UUIDField()
    noted_at = moment(help_text="By the clock of the device.")
    if_version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        allow_null=True,
        help_text="The version you changed.",
    )
    response = inputs.ResponseFields(required=False)
    interview = inputs.InterviewFields(required=False)
    finding = inputs.FindingFields(required=False)
    withdrawal = WithdrawalFields(required=False)
    visit = inputs.VisitIn(required=False)

    def validate(self, item: dict[str, Any]) -> dict[str, Any]:
        """Exactly the member that `type` names."""
        given = [name for name in TYPES if name in item]
        if given != [item["type"]]:
            raise serializers.ValidationError({item["type"]: _("Send this member, and none of the others.")})
        if item["type"] == "withdrawal" and "id" not in item:
            raise serializers.ValidationError({"id": _("Say which finding.")})
        return item


class _Unread(serializers.ListSerializer):
    """Takes the items as they are: each is checked by itself."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """A list of 1 to 500."""
        if not isinstance(data, list) or not 1 <= len(data) <= inputs.MOST_ITEMS:
            raise serializers.ValidationError(
                _("Send a list of 1 to %(most)d items.") % {"most": inputs.MOST_ITEMS}
            )
        return data


class UnreadItem(BatchItem):
    """As described, checked later."""

    class Meta:
        list_serializer_class = _Unread
        ref_name = "BatchItem"


class BatchIn(Input):
    """Up to 500 acts, done in their order."""

    items = UnreadItem(many=True, min_length=1, max_length=inputs.MOST_ITEMS)


class PlaceOut(serializers.Serializer):
    """What is wrong with an item, and where."""

    detail = serializers.CharField()
    pointer = serializers.CharField(help_text="JSON pointer into the item.")


class ResultOut(serializers.Serializer):
    """What became of one item."""

    outcome = serializers.ChoiceField(choices=[(name, name) for name in OUTCOMES])
    id = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="Its ETag now.")
    current = serializers.JSONField(
        allow_null=True, help_text="With `conflict`: the record as the server has it."
    )
    errors = PlaceOut(many=True, help_text="With `invalid`: what to mend.")


class BatchOut(serializers.Serializer):
    """A result per item, in their order."""

    results = ResultOut(many=True)


@dataclass(frozen=True)
class Result:
    """What became of one item."""

    outcome: str
    id: UUID | None = None
    version: int | None = None
    current: Any = None
    errors: list[dict[str, str]] = field(default_factory=list)


def apply(items: Iterable[Any], *, by: Person, at: datetime) -> list[Result]:
    """Do the items in their order, inside the caller's transaction."""
    read = [_read(item) for item in items]
    found: list[Result] = []
    for key, group in groupby(read, key=_together):
        run = list(group)
        found += _many(*key, run, by, at) if key else [_one(item, by, at) for item in run]
    return found


type Item = dict[str, Any]


def _read(raw: Any) -> Item | Result:
    item = BatchItem(data=raw)
    if item.is_valid():
        return dict(item.validated_data)
    return Result(
        "invalid",
        errors=[{"pointer": place.pointer or "", "detail": place.detail} for place in places(item.errors)],
    )


def _together(item: Item | Result) -> tuple[str, UUID] | None:
    """Type and visit of a record; None for what is done by itself."""
    if isinstance(item, Result) or item["type"] not in _MANY:
        return None
    return item["type"], item["inspection_id"]


def _many(kind: str, inspection_id: UUID, items: list[Any], by: Person, at: datetime) -> list[Result]:
    wanted = [
        {
            "record_id": item.get("id"),
            "noted_at": item["noted_at"],
            "if_version": item.get("if_version"),
            **item[kind],
        }
        for item in items
    ]
    try:
        done = _MANY[kind](inspection_id=inspection_id, items=wanted, by=by, at=at)
    except (DomainError, ObjectDoesNotExist):
        return [_one(item, by, at) for item in items]  # one of them spoils it for all: tell which
    return [_result(kind, put) for put in done]


def _one(item: Item | Result, by: Person, at: datetime) -> Result:
    if isinstance(item, Result):
        return item
    kind = item["type"]
    try:
        with atomic():
            return _DO[kind](item, by, at)
    except Stale as error:
        return _conflict(kind, error.current)
    except Invalid as error:
        return _invalid(f"/{kind}/{pointer_of(error)}", error)
    except ObjectDoesNotExist:
        what = "/id" if kind == "withdrawal" else "/inspection_id"
        return Result("invalid", errors=[{"pointer": what, "detail": _("There is no such record.")}])
    except DomainError as error:
        return _invalid("", error)
    except IntegrityError:  # of this item alone: its savepoint is rolled back
        logger.exception("item of a batch refused by the database type=%s", kind)
        return _invalid("", DomainError(_("The database refused this item. Send it by itself.")))


def _put(put: Callable[..., Put]) -> Callable[[Item, Person, datetime], Result]:
    def do(item: Item, by: Person, at: datetime) -> Result:
        done = put(
            inspection_id=item["inspection_id"],
            record_id=item.get("id"),
            noted_at=item["noted_at"],
            if_version=item.get("if_version"),
            by=by,
            at=at,
            **item[item["type"]],
        )
        return Result(done.outcome, done.row.pk, done.row.version)

    return do


def _withdraw(item: Item, by: Person, at: datetime) -> Result:
    before = Finding.objects.get(pk=item["id"], inspection_id=item["inspection_id"])
    row = records.withdraw_finding(
        finding_id=before.pk,
        reason=item["withdrawal"]["reason"],
        by=by,
        at=at,
        if_version=item.get("if_version"),
    )
    return Result("duplicate" if before.withdrawn_at else "applied", row.pk, row.version)


def _visit(item: Item, by: Person, at: datetime) -> Result:
    row = visits.change_visit(
        inspection_id=item["inspection_id"],
        by=by,
        at=at,
        if_version=item.get("if_version"),
        **item["visit"],
    )
    return Result("applied" if row.updated_at == at else "duplicate", row.pk, row.version)


_MANY: Mapping[str, Callable[..., list[Put]]] = {
    "response": records.put_responses,
    "interview": records.put_interviews,
    "finding": records.put_findings,
}
_DO: Mapping[str, Callable[[Item, Person, datetime], Result]] = {
    "response": _put(records.put_response),
    "interview": _put(records.put_interview),
    "finding": _put(records.put_finding),
    "withdrawal": _withdraw,
    "visit": _visit,
}
_SHAPES = {
    "response": outputs.ResponseOut,
    "interview": outputs.InterviewOut,
    "finding": outputs.FindingOut,
    "withdrawal": outputs.FindingOut,
    "visit": outputs.InspectionOut,
}


def _result(kind: str, put: Put) -> Result:
    if put.outcome in (records.APPLIED, records.DUPLICATE):
        return Result(put.outcome, put.row.pk, put.row.version)
    if put.outcome == records.STALE:
        return _conflict(kind, put.row)
    if isinstance(put.error, Invalid):
        return _invalid(f"/{kind}/{pointer_of(put.error)}", put.error)
    return _invalid("", put.error)


def _conflict(kind: str, row: Any) -> Result:
    return Result("conflict", row.pk, row.version, _SHAPES[kind](row).data)


def _invalid(pointer: str, error: Exception | None) -> Result:
    return Result("invalid", errors=[{"pointer": pointer, "detail": str(error)}])
