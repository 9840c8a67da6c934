"""What public search reads, and how it reads it."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connections
from django.db.models import Q, QuerySet

from wsr.registry.comparison import Draft
from wsr.registry.enums import SHOWN, Act
from wsr.registry.ids import ALPHABET, LENGTH, BadPublicId, printed, read_public_id
from wsr.registry.models import Facet, Listing, Record
from wsr.registry.names import fold
from wsr.tenancy import current_alias
from wsr.tenancy.models import Program

PAGE_SIZE = 50
COUNTED = 1000  # more results than this are shown as "more than"
FACETS = ("country", "region", "standing", "products")
FACET_VALUES = 40  # of products, the most frequent


# ── Written by the publisher ─────────────────────────────────────────────────────────────────────


def save_listings(program: Program, versions: Iterable[tuple[Draft, Record]]) -> None:
    """Make search show these versions."""
    rows = [_listing(program, draft, record) for draft, record in versions]
    fields = [f.name for f in Listing._meta.concrete_fields if f.name not in {"id", "program", "public_id"}]
    Listing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["program", "public_id"], update_fields=fields
    )


def _listing(program: Program, draft: Draft, record: Record) -> Listing:
    content = draft.said["content"]
    listing = Listing(
        program=program,
        public_id=record.public_id,
        kind=record.kind,
        version=record.version,
        act=record.act,
        publication=record.publication,
        published_at=record.published_at,
        digest=draft.digest,
        is_shown=draft.act in SHOWN,
        merged_into=content.get("merged_into", "") if draft.act == Act.MERGE else "",
    )
    if listing.is_shown:
        listing.name = content["name"][:300]
        listing.name_key = fold(content["name"])[:300]
        listing.search = fold(
            f"{content['name']} {draft.search} {record.public_id} {printed(record.public_id)}"
        )
        parts = [content.get(name) for name in ("address", "city", "region")]
        listing.place = ", ".join(part for part in parts if part)[:700]
        listing.country, listing.region = content.get("country", ""), content.get("region", "")
        listing.standing, listing.products = content.get("standing", ""), content.get("products", [])
        listing.latitude, listing.longitude = content.get("latitude"), content.get("longitude")
        listing.related = _related(content)
    return listing


def _related(content: dict[str, Any]) -> list[str]:
    refs = [part for value in content.values() for part in (value if isinstance(value, list) else [value])]
    return [ref["public_id"] for ref in refs if isinstance(ref, dict) and "public_id" in ref]


_COUNT = """
INSERT INTO registry_facet (id, program_id, name, kind, value, count)
SELECT uuidv7(), %(program)s, facet.name, listing.kind, facet.value, count(*) FROM registry_listing AS listing,
  LATERAL (SELECT 'country', country UNION ALL SELECT 'region', region UNION ALL SELECT 'standing', standing
           UNION ALL SELECT 'kind', listing.kind UNION ALL SELECT 'products', unnest(products)) AS facet (name, value)
WHERE program_id = %(program)s AND is_shown AND facet.value <> '' GROUP BY facet.name, listing.kind, facet.value
"""


def count_facets(program: Program) -> None:
    """Count anew how many records of the program have each value."""
    Facet.objects.filter(program=program).delete()
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(_COUNT, {"program": program.pk})


# ── Read by the public ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Query:
    """What somebody looks for. `related`: public id of a record that the found ones name. `after`: where the page begins."""

    text: str = ""
    program: str = ""
    kind: str = ""
    country: str = ""
    region: str = ""
    standing: str = ""
    product: str = ""
    related: str = ""
    after: str = ""

    @classmethod
    def read(cls, parameters: Any) -> "Query":
        """From the query string of an address; unknown parameters are ignored, long ones cut."""
        names = {"text": "q"} | {name: name for name in cls.__dataclass_fields__ if name != "text"}
        return cls(
            **{name: parameters.get(key, "").strip().replace("\x00", "")[:200] for name, key in names.items()}
        )

    def url(self, **changes: str) -> str:
        """The query string with some values replaced; a changed filter begins at the first page."""
        values = {**self.__dict__, "after": "", **changes}
        values["q"] = values.pop("text")
        return "?" + urlencode({name: value for name, value in values.items() if value})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the page was chosen."""
        return any(value for name, value in self.__dict__.items() if name != "after")


@dataclass(frozen=True)
class Choice:
    """One value of a facet, and the address that chooses it or gives it up."""

    value: str
    label: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Found:
    """One page of results. `total` is None above COUNTED. `suggested`: nothing fitted, these are spelled alike."""

    rows: list[Listing]
    total: int | None
    next_url: str
    facets: dict[str, list[Choice]] = field(default_factory=dict)
    suggested: bool = False


def exact_id(text: str) -> str:
    """The public id somebody typed into the search box, or nothing."""
    compact = "".join(letter for letter in text.upper() if letter in ALPHABET)
    if len(compact) != LENGTH or not any(letter.isdigit() for letter in compact):
        return ""
    try:
        return read_public_id(text)
    except BadPublicId:
        return ""


def search(query: Query) -> Found:
    """One page of results with facets, in a number of queries that does not depend on the rows. Runs in `public_scope()`.

    What is rare is found by the indexes of words and values and then sorted; what is frequent by walking the names in order.
    """
    rows = _rows(query)
    with _by_index():
        total = rows.order_by()[: COUNTED + 1].count()
    page: list[Listing] = []
    suggested = False
    with _by_index() if total <= COUNTED else contextlib.nullcontext():
        if total:
            ordered = _after(rows, query.after).select_related("program").order_by("name_key", "id")
            page = list(ordered[: PAGE_SIZE + 1])
        elif query.text:
            page, suggested = _alike(query), True
    more = len(page) > PAGE_SIZE
    page = page[:PAGE_SIZE]
    next_url = query.url(after=f"{page[-1].pk}") if more else ""
    return Found(
        page, total if total <= COUNTED else None, next_url, _facets(query), suggested and bool(page)
    )


@contextlib.contextmanager
def _by_index() -> Iterator[None]:
    """Let PostgreSQL collect rows from the indexes of words and values, never by walking all of them in order."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")


def _rows(query: Query) -> QuerySet[Listing]:
    rows = _filtered(query)
    for word in fold(query.text).split()[:8]:
        rows = rows.filter(search__contains=word)
    return rows


def _filtered(query: Query) -> QuerySet[Listing]:
    rows = Listing.objects.filter(is_shown=True)
    if query.program:
        rows = rows.filter(program__slug=query.program)
    for name in ("kind", "country", "region", "standing"):
        if value := getattr(query, name):
            rows = rows.filter(**{name: value})
    if query.product:
        rows = rows.filter(products__contains=[query.product])
    if query.related:
        rows = rows.filter(related__contains=[query.related])
    return rows


def _after(rows: QuerySet[Listing], after: str) -> QuerySet[Listing]:
    """The rows behind a known one; a cursor nobody made gives the first page."""
    try:
        start = Listing.objects.filter(pk=UUID(after)).values("name_key", "pk").first() if after else None
    except ValueError:
        start = None
    if start is None:
        return rows
    return rows.filter(name_key__gte=start["name_key"]).exclude(
        Q(name_key=start["name_key"], pk__lte=start["pk"])
    )


def _alike(query: Query) -> list[Listing]:
    """Records whose words are spelled like what was typed."""
    found = (
        _filtered(query).filter(search__trigram_word_similar=fold(query.text)).select_related("program")[:200]
    )
    return sorted(found, key=lambda row: (row.name_key, str(row.pk)))[:20]


def _facets(query: Query) -> dict[str, list[Choice]]:
    """The values one may choose, with how many records have them in all; one query."""
    counted = Facet.objects.all()
    if query.program:
        counted = counted.filter(program__slug=query.program)
    totals: dict[tuple[str, str], int] = {}
    for name, kind, value, count in counted.values_list("name", "kind", "value", "count").iterator(
        chunk_size=5000
    ):
        if not query.kind or query.kind == kind or name == "kind":
            totals[name, value] = totals.get((name, value), 0) + count
    chosen = {
        "country": query.country,
        "region": query.region,
        "standing": query.standing,
        "products": query.product,
        "kind": query.kind,
    }
    found: dict[str, list[Choice]] = {name: [] for name in chosen}
    for (name, value), count in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        is_chosen = chosen[name] == value
        parameter = {"products": "product"}.get(name, name)
        if len(found[name]) < FACET_VALUES or is_chosen:
            url = query.url(**{parameter: "" if is_chosen else value})
            found[name].append(Choice(value, value, count, url, is_chosen))
    return found
