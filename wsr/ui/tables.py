"""The one list component: filters, columns, sort, keyset pages, saved views and exports, all of it in the address.

    class WorkplaceTable(Table):
        name = "workplaces"
        filterset = WorkplaceFilter                  # a django-filter FilterSet; a filter named `q` becomes the search box
        default_sort = "name"
        columns = [
            Column("name", _("Workplace"), sort="name", link="programs:workplace"),
            Column("country", _("Country"), sort="country", hidden=True),
        ]
        empty = Empty(_("No workplaces yet"), _("Every place where …"), _("Import a list"), "imports:upload")

    def workplaces(request):
        table = WorkplaceTable(request, Workplace.objects.select_related("supplier"))
        return table.response("programs/workplaces.html")     # the page includes "ui/table.html"

The caller loads in the queryset all that the columns show: the number of queries does not depend on the number of rows.
Words of the address kept for the table: `sort columns after before export apply view`; no filter may be called so.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import IO, Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wsr.accounts.grants import Permission
from wsr.history.operations import record
from wsr.tenancy import Audience
from wsr.ui import exports
from wsr.ui.acts import Act
from wsr.ui.columns import Cell, Chip, Column, Empty, Heading, Line
from wsr.ui.keyset import Keyset, Page
from wsr.ui.shell import Choice

PAGE_ROWS = 50
COUNT_CAP = 10_000
STREAM_ROWS = 10_000  # what a page exports at once; longer lists are made in the background
EXPORT_CHUNK = 2_000
MOST_PINS = 5
SEARCH = "q"
PAGING = ("after", "before", "export", "apply", "view")


class Table:
    """A list of one kind of row. Subclasses are declarations; see the top of this file."""

    name: ClassVar[str]
    label: ClassVar[Any] = ""
    columns: ClassVar[list[Column]]
    filterset: ClassVar[Any] = None
    default_sort: ClassVar[str] = ""
    empty: ClassVar[Empty] = Empty("")
    is_exportable: ClassVar[bool] = True
    is_sendable: ClassVar[bool] = True  # whether somebody may have it sent to her regularly
    acts: ClassVar[list[Act]] = []  # on several rows at once; see `wsr.ui.acts`

    def __init__(self, request: HttpRequest, queryset: QuerySet) -> None:
        """`queryset`: the rows this person may see, unordered."""
        self.request = request
        self.everything = queryset
        self.params = request.GET
        self.program = getattr(request, "program", None)
        self.permissions = getattr(request, "permissions", frozenset())

    # ── What is shown ────────────────────────────────────────────────────────────────────────────

    @cached_property
    def filters(self) -> Any:
        """The bound FilterSet, or None."""
        return (
            self.filterset(self.params, queryset=self.everything, request=self.request)
            if self.filterset
            else None
        )

    @cached_property
    def queryset(self) -> QuerySet:
        """The filtered rows."""
        return self.filters.qs if self.filters else self.everything

    @cached_property
    def shown(self) -> list[Column]:
        """The chosen columns in their declared order; the first is always there."""
        wanted = {part for value in self.params.getlist("columns") for part in value.split(".")}
        chosen = [column for column in self.columns if column.name in wanted]
        if not chosen:
            return [column for column in self.columns if not column.hidden]
        return chosen if chosen[0] is self.columns[0] else [self.columns[0], *chosen]

    @cached_property
    def sort(self) -> str:
        """The column ordered by, with a leading minus for descending."""
        asked = self.params.get("sort", "")
        return asked if asked.lstrip("-") in {c.name for c in self.columns if c.sort} else self.default_sort

    @cached_property
    def keyset(self) -> Keyset:
        """The ordering in the words of the database."""
        name = self.sort.lstrip("-")
        field = next((column.sort for column in self.columns if column.name == name and column.sort), name)
        return Keyset(f"-{field}" if self.sort.startswith("-") else field)

    @cached_property
    def page(self) -> Page:
        """The rows of this page. One query."""
        return self.keyset.page(
            self.queryset,
            size=PAGE_ROWS,
            after=self.params.get("after", ""),
            before=self.params.get("before", ""),
        )

    @cached_property
    def total(self) -> int:
        """How many rows match; COUNT_CAP + 1 means more than COUNT_CAP. One query of bounded cost."""
        return self.queryset.order_by()[: COUNT_CAP + 1].count()

    @property
    def summary(self) -> str:
        """How many rows match, in words."""
        if self.total > COUNT_CAP:
            return _("More than %(count)s rows") % {
                "count": formats.number_format(COUNT_CAP, force_grouping=True)
            }
        count = formats.number_format(self.total, force_grouping=True)
        return ngettext("%(count)s row", "%(count)s rows", self.total) % {"count": count}

    # ── Addresses ────────────────────────────────────────────────────────────────────────────────

    def url(self, without: tuple[str, ...] = (), **changes: str) -> str:
        """The address of this list with some words changed; paging starts anew unless it is what changes."""
        params = self.canonical()
        for key in without:
            params.pop(key, None)
        for key, value in changes.items():
            params[key] = value
        return self._address(params)

    def _address(self, params: QueryDict) -> str:
        """The address with these words; without any it must not lead to the view that the list opens with."""
        if not params and self.default_view:
            params = QueryDict("view=all")
        return f"{self.request.path}?{params.urlencode()}" if params else self.request.path

    def canonical(self) -> QueryDict:
        """The filters, columns and sort in force, and nothing that says the default."""
        params = QueryDict(mutable=True)
        for key, values in self.params.lists():
            kept = [value for value in values if value]
            if kept and key not in (*PAGING, "columns", "sort"):
                params.setlist(key, kept)
        if [c.name for c in self.shown] != [c.name for c in self.columns if not c.hidden]:
            params["columns"] = ".".join(column.name for column in self.shown)
        if self.sort != self.default_sort:
            params["sort"] = self.sort
        return params

    @property
    def next_url(self) -> str:
        """The next page, or nothing."""
        return self.url(after=self.page.after) if self.page.after else ""

    @property
    def previous_url(self) -> str:
        """The page before, or nothing."""
        return self.url(before=self.page.before) if self.page.before else ""

    @property
    def clear_url(self) -> str:
        """The same columns and sort without any filter."""
        kept = QueryDict(mutable=True)
        kept.update({key: value for key, value in self.canonical().items() if key in ("columns", "sort")})
        return self._address(kept)

    @property
    def headings(self) -> list[Heading]:
        """The heads of the shown columns."""
        return [self._heading(column) for column in self.shown]

    @property
    def column_choices(self) -> list[Choice]:
        """Every column, and whether it is shown."""
        names = {column.name for column in self.shown}
        return [Choice(column.name, str(column.label), column.name in names) for column in self.columns]

    @property
    def here(self) -> str:
        """The address of what is shown, in its short form."""
        return f"{self.request.path}?{self.query or 'view=all'}"

    @property
    def csv_url(self) -> str:
        """All filtered rows as CSV."""
        return self.url(export="csv")

    @property
    def xlsx_url(self) -> str:
        """All filtered rows as XLSX."""
        return self.url(export="xlsx")

    def _heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column)
        here = column.name == self.sort.lstrip("-")
        descending = self.sort.startswith("-")
        direction = ("descending" if descending else "ascending") if here else ""
        return Heading(
            column, self.url(sort=f"-{column.name}" if here and not descending else column.name), direction
        )

    # ── Filters ──────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in force."""
        if not self.filters or not self.filters.form.is_bound:
            return []
        form = self.filters.form
        form.is_valid()
        found = []
        for bound in form:
            value = form.cleaned_data.get(bound.name)
            if value in (None, "", []) or (isinstance(value, QuerySet) and not value):
                continue
            names = tuple(key for key in self.params if key == bound.name or key.startswith(f"{bound.name}_"))
            if names:
                found.append(Chip(str(bound.label), _in_words(bound.field, value), self.url(without=names)))
        return found

    @property
    def search_field(self) -> Any:
        """The search box, or None."""
        return self.filters.form[SEARCH] if self.filters and SEARCH in self.filters.form.fields else None

    @property
    def filter_fields(self) -> list[Any]:
        """The other filters."""
        return [bound for bound in self.filters.form if bound.name != SEARCH] if self.filters else []

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list, understood or not."""
        return any(key not in (*PAGING, "columns", "sort") and value for key, value in self.params.items())

    # ── Rows ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def rows(self) -> Iterator[Line]:
        """The drawn rows of this page."""
        for row in self.page.rows:
            cells = [Cell(self._cell(column, row), column.numeric) for column in self.shown]
            yield Line(row.pk, self.name_of(row) if self.open_acts else "", cells)

    def name_of(self, row: Any) -> str:
        """What a row is called: its first column with a link, else its first column."""
        column = next((column for column in self.columns if column.link), self.columns[0])
        return str(column.of(row) or row)

    @cached_property
    def open_acts(self) -> list[Act]:
        """The acts on several rows that this person may do; for staff alone."""
        standing = getattr(self.request, "standing", None)
        if self.program is None or standing is None or standing.audience != Audience.STAFF:
            return []
        return [act for act in self.acts if act.permission in self.permissions]

    def _cell(self, column: Column, row: Any) -> Any:
        value = column.of(row)
        if column.template:
            return render_to_string(column.template, {"row": row, "value": value, "request": self.request})
        drawn = self._in_words(value)
        if column.tone and value not in (None, ""):
            drawn = format_html('<span class="tag {}">{}</span>', column.tone(row), drawn)
        url = self._link(column, row)
        return format_html('<a href="{}">{}</a>', url, drawn) if url else drawn

    def _link(self, column: Column, row: Any) -> str:
        if not column.link or (column.link_permission and column.link_permission not in self.permissions):
            return ""
        if callable(column.link):
            return column.link(row)
        return reverse(column.link, args=[self.program.slug, row.pk])

    @staticmethod
    def _in_words(value: Any) -> Any:
        if value is None or value == "":
            return format_html('<span class="muted">{}</span>', _("not known"))
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, int):
            return formats.number_format(value, force_grouping=True)
        return formats.localize(
            timezone.localtime(value) if hasattr(value, "tzinfo") and value.tzinfo else value
        )

    # ── Answers ──────────────────────────────────────────────────────────────────────────────────

    def response(self, template: str, context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The page, its table alone for htmx, the file of an export, or a redirect to the short form of the address."""
        if take := getattr(
            self.request, "take_table", None
        ):  # somebody works with the list itself: `wsr.ui.lists`
            return take(self)
        if self.params.get("export"):
            return self.export(self.params["export"])
        if not self.params and self.default_view:
            return redirect(f"{self.request.path}?{self.default_view.query}")
        if "apply" in self.params:
            return redirect(self.url())
        partial = self.request.headers.get("HX-Target", "").endswith("#table")
        response: HttpResponse = render(
            self.request, "ui/table.html" if partial else template, {**(context or {}), "table": self}
        )
        patch_vary_headers(response, ["HX-Request"])
        return response

    @property
    def may_export(self) -> bool:
        """Whether this person may take the rows away as a file."""
        return self.is_exportable and Permission.EXPORT in self.permissions

    def export(self, kind: str) -> HttpResponseBase:
        """All filtered rows with the shown columns as a file; recorded in history. PermissionDenied without the right."""
        if not self.may_export or kind not in exports.MEDIA_TYPES:
            raise PermissionDenied
        if self.is_long:
            return render(self.request, "ui/export_long.html", {"table": self, "format": kind})
        at = timezone.now()
        return FileResponse(
            self.written(kind, at=at),
            as_attachment=True,
            filename=f"{self.name}-{at:%Y-%m-%d}.{kind}",
            content_type=exports.MEDIA_TYPES[kind],
        )

    @property
    def is_long(self) -> bool:
        """Whether a file of it is made in the background."""
        return self.total > STREAM_ROWS

    def written(self, kind: str, *, at: datetime, rows: Iterable[list[Any]] | None = None) -> IO[bytes]:
        """An open temporary file with all filtered rows and the shown columns; recorded in history. `rows`: those of `all_rows()`."""
        header = [str(column.label) for column in self.shown]
        record(
            "list.exported",
            self.program,
            by=self.request.user,
            at=at,
            after={"list": self.name, "format": kind, "query": self.query, "columns": header},
        )
        write = exports.xlsx_file if kind == "xlsx" else exports.csv_file
        return write(header, self.all_rows() if rows is None else rows)

    def all_rows(self) -> Iterator[list[Any]]:
        """The values of every filtered row, in the order of the list, a chunk in memory at a time.

        One statement behind a cursor, so all rows are of one moment: what others write meanwhile is not in the file, and no row
        is missed or there twice. The caller reads it to the end inside its scope.
        """
        rows = self.keyset.ordered(self.queryset)
        # `iterator()` fetches everything at once under DISABLE_SERVER_SIDE_CURSORS; inside one transaction a cursor is safe
        # behind a pooler, too
        for row in rows._iterator(use_chunked_fetch=True, chunk_size=EXPORT_CHUNK):
            yield [column.of(row) for column in self.shown]

    # ── Saved views ──────────────────────────────────────────────────────────────────────────────

    @cached_property
    def saved_views(self) -> list[Any]:
        """This person's views of this list, and the shared ones. One query."""
        if not self.may_save:
            return []
        from wsr.ui.queries import views_of  # noqa: PLC0415 -- tables are declared before models are ready

        return views_of(self.request.user, self.name)

    @cached_property
    def default_view(self) -> Any:
        """The view that the list opens with: the person's own choice, else the program's; None for the plain list."""
        found = [view for view in self.saved_views if view.is_default and view.query]
        return next((view for view in found if view.person_id == self.request.user.pk), None) or next(
            iter(found), None
        )

    @property
    def pins(self) -> list[Chip]:
        """The views above the list, each with how many rows it has at this moment; one query each, of bounded cost."""
        from wsr.ui.lists import counted  # noqa: PLC0415 -- it makes lists

        pinned = [view for view in self.saved_views if view.is_pinned][:MOST_PINS]
        return [
            Chip(view.name, counted(self, view.query), f"{self.request.path}?{view.query or 'view=all'}")
            for view in pinned
        ]

    @property
    def may_save(self) -> bool:
        """Whether this person may keep views of this list."""
        return self.program is not None and Permission.VIEW_SAVE in self.permissions

    @property
    def query(self) -> str:
        """The canonical words of the address: what a saved view keeps."""
        return self.canonical().urlencode()

    @property
    def step_url(self) -> str:
        """The next step of an empty list, for those who may take it."""
        if not self.empty.url_name or (
            self.empty.permission and self.empty.permission not in self.permissions
        ):
            return ""
        return reverse(self.empty.url_name, args=[self.program.slug] if self.program else [])


def kept_words(query: str) -> str:
    """The words of an address that say what a list shows, without those that do something or say where it begins."""
    words = QueryDict(query, mutable=True)
    for name in PAGING:
        words.pop(name, None)
    return words.urlencode()


def _in_words(field: Any, value: Any) -> str:
    """A filter's value as a person chose it."""
    if isinstance(value, slice):
        ends = [formats.localize(end) if end is not None else "…" for end in (value.start, value.stop)]
        return " – ".join(map(str, ends))
    choices = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
    values = value if isinstance(value, list | tuple | set | QuerySet) else [value]
    return ", ".join(
        str(choices.get(item, choices.get(str(item), formats.localize(item)))) for item in values
    )


__all__ = ["Column", "Empty", "Table", "kept_words"]
