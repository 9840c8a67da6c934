"""News as the public reads it: from the registry's tables alone."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from wsr.registry.disclosure import in_words
from wsr.registry.models import Content, Listing, Record
from wsr.tenancy.models import Program

NEWS = "news_item"  # as `programs.disclosure.news` publishes it


@dataclass(frozen=True)
class Item:
    """One published news item in its newest version."""

    program: Program
    public_id: str
    title: str
    dated_on: date
    kind: str
    language: str
    text: str
    withdrawn_on: date | None
    reason: str
    published_at: datetime


def shown(program: Program | None = None) -> QuerySet[Listing]:
    """Listings of the news of one program, or of all, with `dated` (their day) and `record` (the id of the newest version)."""
    newest = Record.objects.filter(public_id=OuterRef("public_id"), version=OuterRef("version"))
    rows = Listing.objects.filter(kind=NEWS, is_shown=True).select_related("program")
    if program is not None:
        rows = rows.filter(program=program)
    return rows.annotate(
        dated=Subquery(newest.values("effective_on")[:1]), record=Subquery(newest.values("pk")[:1])
    )


def items(listings: Iterable[Any]) -> list[Item]:
    """What these listings of `shown` say. One query."""
    rows = list(listings)
    bodies = Content.objects.filter(pk__in=[row.record for row in rows]).values_list("pk", "body")
    said = {pk: json.loads(body)["content"] for pk, body in bodies}
    return [_item(row, said[row.record]) for row in rows if row.record in said]


def _item(row: Any, content: dict[str, Any]) -> Item:
    withdrawn = content["withdrawn_on"]
    return Item(
        program=row.program,
        public_id=row.public_id,
        title=content["name"],
        dated_on=date.fromisoformat(content["dated_on"]),
        kind=in_words("news_kind", content["news_kind"]),
        language=content["language"],
        text=content["text"],
        withdrawn_on=date.fromisoformat(withdrawn) if withdrawn else None,
        reason=content["withdrawn_because"],
        published_at=row.published_at,
    )
