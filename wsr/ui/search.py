"""One search over everything a person may see: records, pages, saved views and things to do.

An app lists its lists in a file `search.py`:
`SEARCH = [Source(_("Suppliers"), SupplierTable, queries.suppliers, "programs:suppliers", Permission.SUPPLIER_READ)]`. What a list's own search box finds, this finds: its filter `q` is the only rule. A title is the first column with a link.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _

from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.tenancy import Audience, program_scope
from wsr.ui.navigation import discover, groups_for, url_or_nothing
from wsr.ui.queries import all_views_of
from wsr.ui.tables import SEARCH as ASKED
from wsr.ui.tables import Column, Table

MOST = 5
SHORTEST = 2  # one letter finds everything


@dataclass(frozen=True)
class Source:
    """A list to look into. `rows`: what the active audience may see, as its page lists it; `page` takes the program's slug."""

    label: Any
    table: type[Table]
    rows: Callable[[], QuerySet]
    page: str
    permission: Permission
    audiences: Collection[Audience] = tuple(Audience)


@dataclass(frozen=True)
class Hit:
    """One thing found. `about` tells it from others of the same name."""

    title: str
    url: str
    about: str = ""


@dataclass(frozen=True)
class Found:
    """What was found of one kind, at most MOST. `more_url` is the list with all of them, where there are more."""

    label: str
    hits: list[Hit]
    more_url: str = ""


def search(person: Person, standings: list[Standing], words: str) -> list[tuple[Standing, list[Found]]]:
    """What `words` find in each program of a person; outside any scope. Programs without a hit are left out."""
    words = words.strip()
    if len(words) < SHORTEST:
        return []
    told = []
    for standing in standings:
        with program_scope(
            standing.program.pk,
            standing.audience,
            person_id=person.pk,
            organization_id=standing.organization_id,
        ):
            if found := list(_found(person, standing, words)):
                told.append((standing, found))
    return told


def _found(person: Person, standing: Standing, words: str) -> Iterator[Found]:
    sources = [one for one in discover("search", "SEARCH") if _is_open(one, standing)]
    if ways := _ways(person, standing, sources, words):
        yield Found(_("Go to"), ways[:MOST])
    for source in sources:
        if hits := list(_hits(source, standing.program.slug, words)):
            everything = f"{reverse(source.page, args=[standing.program.slug])}?{urlencode({ASKED: words})}"
            yield Found(str(source.label), hits[:MOST], everything if len(hits) > MOST else "")


def _is_open(source: Source, standing: Standing) -> bool:
    return source.permission in standing.permissions and standing.audience in source.audiences


def _ways(person: Person, standing: Standing, sources: list[Source], words: str) -> list[Hit]:
    """Pages of the navigation, the first steps of lists, and saved views whose name has the words."""
    slug = standing.program.slug
    ways = [
        Hit(link.label, link.url)
        for group in groups_for(slug, standing.permissions, standing.audience, "")
        for link in group.links
    ]
    for step in (source.table.empty for source in sources):
        if step.url_name and (step.permission is None or step.permission in standing.permissions):
            ways.append(Hit(str(step.action), url_or_nothing(step.url_name, program_slug=slug)))
    if Permission.VIEW_SAVE in standing.permissions:
        ways += [
            Hit(view.name, f"{reverse(view.page, args=[slug])}?{view.query}", _("Saved view"))
            for view in all_views_of(person)
        ]
    return [way for way in dict.fromkeys(ways) if way.url and words.casefold() in way.title.casefold()]


def _hits(source: Source, slug: str, words: str) -> Iterator[Hit]:
    filters = source.table.filterset({ASKED: words}, queryset=source.rows())
    rows = filters.filters[ASKED].filter(filters.queryset, words)
    columns = [column for column in source.table.columns if not column.hidden]
    title = next(column for column in columns if column.link)
    rest = [column for column in columns if column is not title][:3]
    for row in rows.order_by(title.sort or "pk", "pk")[: MOST + 1]:
        about = [str(localize(value)) for column in rest if (value := column.of(row)) not in (None, "")]
        yield Hit(str(title.of(row)), _link(title, slug, row.pk, row), " · ".join(about))


def _link(column: Column, slug: str, pk: object, row: object) -> str:
    return column.link(row) if callable(column.link) else reverse(column.link, args=[slug, pk])
