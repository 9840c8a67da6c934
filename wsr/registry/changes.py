"""What changed between two publications, and everything as it was on a day: for whoever follows a program through time.

A day is asked in two ways: what was true then, as the registry knows it today, and what the registry said then.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from wsr.registry import disclosure, pages, verify
from wsr.registry.enums import SHOWN, Act
from wsr.registry.ids import printed
from wsr.registry.models import Content, Record
from wsr.registry.views import known_on, program_of, publications_of, registry_page
from wsr.tenancy.models import Program
from wsr.ui.navigation import in_language

CHUNK = 2000
SHOWN_ON_PAGE = 100
FIELDS = ("public_id", "kind", "name", "act", "publication", "field", "before", "after")


@dataclass(frozen=True)
class Change:
    """One field of one record that says something else; `field` is empty for a record that is new or gone."""

    public_id: str
    kind: str
    name: str
    act: str
    publication: int
    field: str
    before: str
    after: str


# ── Between two publications ─────────────────────────────────────────────────────────────────────


@registry_page
def between(request: HttpRequest, program_slug: str) -> HttpResponse:
    """What differs between two publications, field by field: a page, CSV or JSON."""
    owner = program_of(program_slug)
    publications = publications_of(owner)
    known = {one.number: one for one in publications}
    newest = publications[0].number
    first, last = _number(request, "from", max(newest - 1, 0)), _number(request, "to", newest)
    first, last = min(first, last), max(first, last)
    if last not in known or (first and first not in known):
        raise Http404("No such publication.")
    wanted = request.GET.get("format", "")
    changes = list(differences(owner, first, last))
    name = f"{owner.slug}-{first}-{last}"
    if wanted == "csv":
        return csv_answer(name, FIELDS, ([getattr(one, field) for field in FIELDS] for one in changes))
    if wanted == "json":
        return JsonResponse({"from": first, "to": last, "changes": [asdict(one) for one in changes]})
    labels = {kind.key: {c.name: str(c.label) for c in kind.columns} for kind in disclosure.kinds().values()}
    context = {
        "program": owner, "publications": publications, "first": first, "last": last, "total": len({one.public_id for one in changes}),
        "groups": _groups(changes, labels), "lang": translation.get_language(),
        "address": f"{reverse('registry:changes', args=[owner.slug])}?from={first}&to={last}",
    }  # fmt: skip
    return HttpResponse(render_to_string("registry/changes.html", context))


def differences(owner: Program, first: int, last: int) -> Iterator[Change]:
    """Field by field, in the order of the registry numbers. Runs in `public_scope()`."""
    rows = Record.objects.filter(program=owner)
    touched = rows.filter(publication__gt=first, publication__lte=last).order_by("public_id")
    ids = touched.values_list("public_id", flat=True).distinct()
    for chunk in batched(ids, CHUNK, strict=False):
        old = _newest(rows.filter(public_id__in=chunk, publication__lte=first))
        new = _newest(rows.filter(public_id__in=chunk, publication__lte=last))
        said = contents_of([*old.values(), *new.values()])
        for public_id in chunk:
            yield from _compared(old.get(public_id), new[public_id], said)


def _newest(rows: QuerySet[Record]) -> dict[str, Record]:
    return {row.public_id: row for row in rows.order_by("public_id", "-version").distinct("public_id")}


def contents_of(rows: Iterable[Record]) -> dict[UUID, dict[str, Any]]:
    """{id: what the version says} of versions that still have their content. One query."""
    held = Content.objects.filter(pk__in=[row.pk for row in rows])
    return {one.pk: json.loads(one.body) for one in held}


def _compared(old: Record | None, new: Record, said: dict[UUID, dict[str, Any]]) -> Iterator[Change]:
    before = said.get(old.pk) if old and old.act in SHOWN else None
    after = said.get(new.pk) if new.act in SHOWN else None
    now, then = (after or {}).get("content", {}), (before or {}).get("content", {})
    name = str(now.get("name") or ("" if new.act == Act.REDACTION else then.get("name", "")))
    head = (new.public_id, new.kind, name, str(new.act), new.publication)
    if before is None or after is None:
        yield Change(*head, "", "", "")
        return
    now, then = now | {"withheld": after["withheld"]}, then | {"withheld": before["withheld"]}
    for field in sorted(now.keys() | then.keys()):
        if now.get(field) != then.get(field):
            yield Change(*head, field, _text(then.get(field)), _text(now.get(field)))


def _text(value: Any) -> str:
    if isinstance(value, dict) and "name" not in value:
        return "; ".join(f"{key}: {one}" for key, one in sorted(value.items()))
    return verify.cell(value)


def _groups(changes: list[Change], labels: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """The first records, each with its fields in words."""
    kinds, found = disclosure.kinds(), dict[str, dict[str, Any]]()
    for one in changes:
        if one.public_id not in found and len(found) == SHOWN_ON_PAGE:
            break
        group = found.setdefault(
            one.public_id,
            {"public_id": one.public_id, "printed_id": printed(one.public_id), "name": one.name, "kind": kinds[one.kind].label if one.kind in kinds else one.kind, "act": Act(one.act).label, "fields": []},
        )  # fmt: skip
        if one.field:
            label = labels.get(one.kind, {}).get(one.field, one.field)
            group["fields"].append((label, one.before, one.after))
    return list(found.values())


# ── As it was on a day ───────────────────────────────────────────────────────────────────────────


@registry_page
def on_day(request: HttpRequest, program_slug: str) -> HttpResponse:
    """Every record of one kind as it was on a day: a page, or CSV in the columns of the data files."""
    owner = program_of(program_slug)
    kinds = disclosure.kinds()
    kind = kinds.get(request.GET.get("kind", "")) or kinds.get("workplace") or next(iter(kinds.values()))
    way = "true" if request.GET.get("as") == "true" else "known"
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = timezone.now().date()
    rows = as_of(owner, kind.key, day, way)
    columns = [column.name for column in disclosure.columns_of(kind)]
    if request.GET.get("format") == "csv":
        return csv_answer(f"{owner.slug}-{kind.plural}-{way}-{day}", columns, _lines(rows, columns))
    listed = list(rows[:SHOWN_ON_PAGE])
    said = contents_of(listed)
    context = {
        "program": owner, "kind": kind, "kinds": list(kinds.values()), "day": day, "way": way, "total": rows.count(),
        "rows": [_shown(row, said[row.pk]["content"]) for row in listed], "lang": translation.get_language(),
        "csv_url": f"{reverse('registry:on_day', args=[owner.slug])}?on={day}&kind={kind.key}&as={way}&format=csv",
        "others": [(one, in_language(f"{reverse('registry:on_day', args=[owner.slug])}?on={day}&kind={one.key}&as={way}")) for one in kinds.values()],
    }  # fmt: skip
    return HttpResponse(render_to_string("registry/on_day.html", context))


def as_of(owner: Program, kind: str, day: date, way: str) -> QuerySet[Record]:
    """The version of each record that was shown (`known`) or is known to be true (`true`) on a day, by registry number."""
    rows = Record.objects.filter(program=owner, kind=kind)
    told = Exists(Content.objects.filter(pk=OuterRef("pk")))
    if way == "known":
        by_then = rows.filter(publication__lte=known_on(owner, day).publication)
        newest = by_then.order_by("public_id", "-version").distinct("public_id").values("pk")
        return rows.filter(told, pk__in=newest, act__in=SHOWN).order_by("public_id")
    true_from = Coalesce("effective_on", TruncDate("published_at", tzinfo=UTC), output_field=DateField())
    by_then = rows.filter(told, act__in=SHOWN).annotate(true_from=true_from).filter(true_from__lte=day)
    newest = by_then.order_by("public_id", "-version").distinct("public_id").values("pk")
    return rows.filter(pk__in=newest).order_by("public_id")


def _lines(rows: QuerySet[Record], columns: list[str]) -> Iterator[list[Any]]:
    for chunk in batched(rows.iterator(CHUNK), CHUNK, strict=False):
        said = contents_of(chunk)
        for row in chunk:
            version = {"version": row.version, "act": Act.FIRST, "disclosed": said[row.pk]}
            values = verify.row({"public_id": row.public_id, "versions": [version]}, columns)
            yield verify.withheld_as_text(values)


def _shown(row: Record, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "public_id": row.public_id,
        "printed_id": printed(row.public_id),
        "name": content.get("name", ""),
        "standing": disclosure.in_words("standing", content.get("standing", "")),
        "since": content.get("standing_since", ""),
        "version": row.version,
        "country": pages.country_name(content.get("country", "") or ""),
    }


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def csv_answer(name: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """A CSV file to download."""
    lines = b"".join([verify.csv_line(list(columns)), *(verify.csv_line(list(row)) for row in rows)])
    return HttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
