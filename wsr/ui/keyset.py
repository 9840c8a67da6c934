"""Keyset pages: a page begins after (or before) a known row, so the thousandth page costs what the first does.

Rows are ordered by one expression and then by primary key, both in the same direction, so that PostgreSQL can walk one index
either way. An absent value counts as greater than every other, which is PostgreSQL's own order.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet

KEY = "_sort_key"


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors that lead on from them; empty where there is nothing further."""

    rows: list[Any]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Keyset:
    """An ordering: `field` is a path or an annotation, with a leading minus for descending; empty for the primary key alone."""

    field: str

    @property
    def is_descending(self) -> bool:
        """Greatest first."""
        return self.field.startswith("-")

    def page(self, queryset: QuerySet, *, size: int, after: str = "", before: str = "") -> Page:
        """One page. A cursor that cannot be read gives the first page. One query."""
        rows = queryset.annotate(**{KEY: F(self.field.lstrip("-") or "pk")})
        backward = bool(before)
        start = self._decode(rows, before or after)
        if start is None:
            backward = False
        else:
            rows = rows.filter(self._beyond(rows, start, descending=self.is_descending != backward))
        sign = "-" if self.is_descending != backward else ""
        found = list(rows.order_by(f"{sign}{KEY}", f"{sign}pk")[: size + 1])
        more, found = len(found) > size, found[:size]
        if backward:
            found.reverse()
        if not found:
            return Page([])
        has_before, has_after = (more, True) if backward else (start is not None, more)
        return Page(
            found,
            before=self._encode(found[0]) if has_before else "",
            after=self._encode(found[-1]) if has_after else "",
        )

    def ordered(self, queryset: QuerySet) -> QuerySet:
        """All rows in the order of the pages."""
        sign = "-" if self.is_descending else ""
        rows = queryset.annotate(**{KEY: F(self.field.lstrip("-") or "pk")})
        return rows.order_by(f"{sign}{KEY}", f"{sign}pk")

    def _encode(self, row: Any) -> str:
        text = json.dumps([getattr(row, KEY), str(row.pk)], default=str, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _decode(self, rows: QuerySet, cursor: str) -> tuple[Any, Any] | None:
        if not cursor:
            return None
        try:
            value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if (
                isinstance(value, str) and b"\0" in value.encode()
            ):  # PostgreSQL takes neither this nor half a character
                return None
            output = rows.query.annotations[KEY].output_field
            return (None if value is None else output.to_python(value), rows.model._meta.pk.to_python(pk))
        except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError):
            return None

    def _beyond(self, rows: QuerySet, start: tuple[Any, Any], *, descending: bool) -> Q:
        value, pk = start
        way = "lt" if descending else "gt"
        further = Q(**{f"pk__{way}": pk})
        absent = Q(**{f"{KEY}__isnull": True})
        if value is None:
            return ~absent | further if descending else absent & further
        strictly, equal = Q(**{f"{KEY}__{way}": value}), Q(**{KEY: value})
        if not self._may_be_absent(rows):
            # The plain bound lets PostgreSQL begin in the middle of the index.
            return Q(**{f"{KEY}__{way}e": value}) & (strictly | further)
        beyond = strictly | (equal & further)
        return beyond if descending else beyond | absent

    def _may_be_absent(self, rows: QuerySet) -> bool:
        path = self.field.lstrip("-") or "pk"
        if "__" in path or path in rows.query.annotations:
            return True
        return path != "pk" and bool(rows.model._meta.get_field(path).null)
