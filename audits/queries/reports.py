"""Reads of reports: lists of versions, and what differs between two seals."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from audits.models import Report, Seal
from wsr.history.operations import canonical


def reports() -> QuerySet[Report]:
    """Reports that the reader may see, with what lists show of them as columns: no other table is read for it."""
    return Report.objects.annotate(
        workplace_name=KT("body__workplace__name"),
        supplier_name=KT("body__supplier__name"),
        kind=KT("body__inspection__kind"),
        ended_on=KT("body__inspection__ended_on"),
        inspection_number=KT("body__inspection__number"),
    )


# ── Two seals beside each other ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Changed:
    """One value of a record, before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """What happened to one record between two seals: `how` is added, removed or changed."""

    kind: str
    label: str
    how: str
    changes: list[Changed] = field(default_factory=list)


# Of a record, what only says when it was written.
_UNTOLD = frozenset({"version", "updated_at", "received_at", "seal", "reason", "submitted_at"})


def seals_of(inspection_id: UUID) -> list[Seal]:
    """The seals of an inspection, the last first."""
    return list(
        Seal.objects.filter(inspection_id=inspection_id).select_related("sealed_by").order_by("-number")
    )


def is_intact(seal: Seal) -> bool:
    """Whether the sealed bytes still have the hash that was written beside them."""
    return hashlib.sha256(seal.body.encode()).hexdigest() == seal.sha256


def differences(before: Seal, after: Seal, names: Mapping[str, str]) -> list[Difference]:
    """What changed from one seal to the next, record by record. `names`: what ids in the records are called."""
    said = [_named(json.loads(seal.body), names) for seal in (before, after)]
    old, new = said
    found: list[Difference] = []
    for kind in sorted({*old, *new}):
        was, now = old.get(kind), new.get(kind)
        if _are_records(was) or _are_records(now):
            found += _of_records(kind, was or [], now or [])
        elif isinstance(was, dict) and isinstance(now, dict):
            changes = list(_changes(was, now))
            found += [Difference(kind, "", "changed", changes)] if changes else []
        elif was != now and kind not in _UNTOLD:
            found.append(Difference("", "", "changed", [Changed(kind, was, now)]))
    return found


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """The same with names in place of ids, but for the ids of the records themselves."""
    if isinstance(value, dict):
        return {key: one if key == "id" else _named(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def _are_records(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and "id" in one for one in value)
    )


def _of_records(kind: str, was: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Difference]:
    old, new = {one["id"]: one for one in was}, {one["id"]: one for one in now}
    for pk, one in new.items():
        if pk not in old:
            yield Difference(kind, _label(one), "added")
        elif changes := list(_changes(old[pk], one)):
            yield Difference(kind, _label(one), "changed", changes)
    for pk, one in old.items():
        if pk not in new:
            yield Difference(kind, _label(one), "removed")


def _changes(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Changed]:
    for name in sorted({*was, *now} - _UNTOLD):
        if was.get(name) != now.get(name):
            yield Changed(name, _plain(was.get(name)), _plain(now.get(name)))


def _label(one: dict[str, Any]) -> str:
    told = ("title", "caption", "provision_id", "held_on", "name", "person_id")
    return next((str(one[name]) for name in told if one.get(name)), one["id"])


def _plain(value: Any) -> Any:
    return canonical(value) if isinstance(value, dict | list) else "" if value is None else value
