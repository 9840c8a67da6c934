"""Pages of lists by cursor: stable under changes, and as quick at the end as at the beginning."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from rest_framework import serializers

from wsr.api.problems import Place, Problem

LIMIT = 50
MOST = 500


class PageQuery(serializers.Serializer):
    """The parameters that every list has."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MOST, default=LIMIT, help_text="How many entries at most."
    )
    cursor = serializers.CharField(
        max_length=300,
        required=False,
        help_text="`next_cursor` of the page before; leave it out for the first.",
    )


@dataclass(frozen=True)
class Page:
    """Rows, and the cursor of the next ones; empty where there are none."""

    rows: Sequence[Any]
    next_cursor: str


def page(rows: QuerySet, *, cursor: str, limit: int, by: str = "updated_at") -> Page:
    """Rows after the cursor, by (`by`, id): a moment that every row has, and its id."""
    ordered = rows.order_by(by, "pk")
    if cursor:
        updated_at, key = decode(cursor)
        table = rows.model._meta.db_table
        after = RawSQL(f'("{table}"."{by}", "{table}"."id") > (%s, %s)', (updated_at, key))  # noqa: S611 -- the name of a table
        ordered = ordered.annotate(is_after=after).filter(is_after=True)
    found = list(ordered[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], encode(getattr(more, by), more.pk) if more is not None else "")


def encode(moment: datetime, key: UUID) -> str:
    """A cursor behind a row."""
    text = json.dumps([moment.isoformat(), str(key)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, UUID]:
    """The place that a cursor names. Raises Problem (400)."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        moment, key = json.loads(text)
        updated_at = datetime.fromisoformat(moment)
        if updated_at.tzinfo is None:
            raise ValueError(moment)
        return updated_at, UUID(key)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        why = _("Use next_cursor as it came.")
        raise Problem("invalid", errors=[Place(why, parameter="cursor")]) from None
