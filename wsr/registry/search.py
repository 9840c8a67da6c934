"""What public search reads, and how it reads it."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connections
from django.db.models import Q, QuerySet

from wsr.registry.comparison import Draft
from wsr.registry.enums import SHOWN, Act
from wsr.registry.grid import Area
from wsr.registry.ids import ALPHABET, LENGTH, BadPublicId, printed, read_public_id
from wsr.registry.models import Facet, Listing, Record
from wsr.registry.names import fold
from wsr.tenancy import current_alias
from wsr.tenancy.models import Program

PAGE_SIZE = 50
COUNTED = 1000  # more results than this are shown as "more than"
SORTED = 4000  # more results than this are walked by name instead of sorted
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
        listing.related, listing.identifiers = _related(content), identifiers(content)
    return listing


def identifiers(content: dict[str, Any]) -> list[str]:
    """What others call this record, as kind:value without blanks and signs: in other programs, in lists of brands."""
    found = []
    for kind in ("os_id", "lei", "registry_number"):
        if value := compact(content.get(kind) or ""):
            country = f"{content.get('country', '')}:" if kind == "registry_number" else ""
            found.append(f"{kind}:{country}{value}"[:120])
    return found


def compact(text: str) -> str:
    """An identifier as it is compared: capitals and digits alone."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


_IDENTIFIERS = """
UPDATE registry_listing AS listing SET identifiers = array_remove(ARRAY[
    'os_id:' || nullif(upper(regexp_replace(coalesce(said->>'os_id', ''), '[^[:alnum:]]', '', 'g')), ''),
    'lei:' || nullif(upper(regexp_replace(coalesce(said->>'lei', ''), '[^[:alnum:]]', '', 'g')), ''),
    left('registry_number:' || coalesce(said->>'country', '') || ':'
      || nullif(upper(regexp_replace(coalesce(said->>'registry_number', ''), '[^[:alnum:]]', '', 'g')), ''), 120)
  ]::varchar[], NULL)
FROM registry_record AS record JOIN registry_content AS content ON content.id = record.id AND content.program_id = %(program)s,
  LATERAL (SELECT content.body::jsonb->'content' AS said) AS disclosed
WHERE record.program_id = %(program)s AND listing.program_id = %(program)s AND listing.public_id = record.public_id
  AND listing.version = record.version AND listing.is_shown AND listing.identifiers = '{}'
  AND said ?| ARRAY['os_id', 'lei', 'registry_number']
"""


def fill_identifiers(program: Program) -> None:
    """Give listings of earlier releases the identifiers that their published content says."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(_IDENTIFIERS, {"program": program.pk})


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
    """What somebody looks for. `related`: public id of a record that the found ones name.

    `area`: a stretch of the map, as `grid.Area` writes it. `after`: where the page begins.
    """

    text: str = ""
    program: str = ""
    kind: str = ""
    country: str = ""
    region: str = ""
    standing: str = ""
    product: str = ""
    related: str = ""
    area: str = ""
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

    @property
    def asks_lists(self) -> bool:
        """Whether anything is asked of texts, lists or places, of whose frequency PostgreSQL knows little."""
        return bool(self.text or self.product or self.related or self.area)


@dataclass(frozen=True)
class Choice:
    """One value of a facet, and how many records have it in all."""

    value: str
    count: int
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
    rows = matching(query)
    start = _start(query.after)
    total, ids = _few(query, rows, start)
    page: list[Listing] = []
    if not total:
        page = _alike(query) if query.text else []
    elif total <= SORTED:
        found = Listing.objects.select_related("program").in_bulk(ids)
        page = [found[pk] for pk in ids if pk in found]
    else:
        with _by_name():
            ordered = _after(rows, start).select_related("program").order_by("name_key", "id")
            page = list(ordered[: PAGE_SIZE + 1])
    more = len(page) > PAGE_SIZE
    page = page[:PAGE_SIZE]
    next_url = query.url(after=f"{page[-1].pk}") if more else ""
    return Found(
        page,
        total if total <= COUNTED else None,
        next_url,
        _facets(query),
        suggested=bool(page) and not total,
    )


_FEW = """
WITH fitting AS MATERIALIZED ({fitting}), counted AS (SELECT count(*) AS total FROM fitting)
SELECT total, id FROM counted LEFT JOIN LATERAL (
  SELECT id, name_key FROM fitting WHERE total <= %s AND {after} ORDER BY name_key, id LIMIT %s) AS page ON true
ORDER BY name_key, id
"""


def _few(query: Query, rows: QuerySet[Listing], start: tuple[str, UUID] | None) -> tuple[int, list[UUID]]:
    """(how many fit, counted up to SORTED + 1; the ids of the page, where they are no more than SORTED)."""
    sql, parameters = rows.order_by().values_list("id", "name_key")[: SORTED + 1].query.sql_with_params()
    statement = _FEW.format(fitting=sql, after="(name_key, id) > (%s, %s)" if start else "true")
    with _by_index(query), connections[current_alias()].cursor() as cursor:
        cursor.execute(statement, [*parameters, SORTED, *(start or ()), PAGE_SIZE + 1])
        found = cursor.fetchall()
    return found[0][0], [pk for _total, pk in found if pk]


def _by_index(query: Query) -> AbstractContextManager[None]:
    """Let PostgreSQL collect rows from the indexes of words and lists, never by walking all of them in order: it knows too little of them."""
    return _without("seqscan", "indexscan") if query.asks_lists else contextlib.nullcontext()


def _by_name() -> AbstractContextManager[None]:
    """Let PostgreSQL walk the names in order until a page is full: it takes frequent words for rarer than they are, and sorts them all."""
    return _without("seqscan", "bitmapscan", "sort")


@contextlib.contextmanager
def _without(*ways: str) -> Iterator[None]:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL enable_{way} = off" for way in ways))
        yield
        cursor.execute("; ".join(f"SET LOCAL enable_{way} = on" for way in ways))


def matching(query: Query) -> QuerySet[Listing]:
    """Every record that fits, in no order."""
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
    if area := Area.read(query.area):
        rows = rows.filter(area.holds())
    return rows


def _start(after: str) -> tuple[str, UUID] | None:
    """Where a page begins; a cursor nobody made gives the first page."""
    try:
        return Listing.objects.filter(pk=UUID(after)).values_list("name_key", "pk").first() if after else None
    except ValueError:
        return None


def _after(rows: QuerySet[Listing], start: tuple[str, UUID] | None) -> QuerySet[Listing]:
    """The rows behind a known one."""
    if start is None:
        return rows
    name_key, pk = start
    return rows.filter(name_key__gte=name_key).exclude(Q(name_key=name_key, pk__lte=pk))


def _alike(query: Query) -> list[Listing]:
    """Records whose words are spelled like what was typed."""
    alike = _filtered(query).filter(search__trigram_word_similar=fold(query.text))
    with _by_index(query):
        found = list(alike.select_related("program")[:200])
    return sorted(found, key=lambda row: (row.name_key, str(row.pk)))[:20]


_FACETS = """
SELECT name, value, total FROM (
  SELECT name, value, sum(count)::bigint AS total, row_number() OVER (PARTITION BY name ORDER BY sum(count) DESC, value) AS place
  FROM registry_facet
  WHERE (%(kind)s = '' OR kind = %(kind)s OR name = 'kind')
    AND (%(program)s = '' OR program_id = (SELECT id FROM tenancy_program WHERE slug = %(program)s))
  GROUP BY name, value) AS counted
WHERE place <= %(most)s OR value = %(chosen)s::jsonb ->> name
ORDER BY total DESC, name, value
"""


def _facets(query: Query) -> dict[str, list[Choice]]:
    """The values one may choose, with how many records have them in all; one query."""
    chosen = {
        "country": query.country,
        "region": query.region,
        "standing": query.standing,
        "products": query.product,
        "kind": query.kind,
    }
    found: dict[str, list[Choice]] = {name: [] for name in chosen}
    values = {
        "kind": query.kind,
        "program": query.program,
        "most": FACET_VALUES,
        "chosen": json.dumps(chosen),
    }
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(_FACETS, values)
        for name, value, count in cursor.fetchall():
            found[name].append(Choice(value, count, chosen[name] == value))
    return found
