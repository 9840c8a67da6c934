"""A list for tests: every feature of the table component over real workplaces."""

from typing import ClassVar

import django_filters
from django import forms
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from programs.models import Workplace
from programs.operations import workplaces
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.acts import Act
from wsr.ui.tables import Column, Empty, Table


class CityForm(forms.Form):
    city = forms.CharField(label=_("City"))


class Crash(BaseException):
    """A process that dies."""


class Moving:
    """The act, and after how many rows the process dies."""

    rows: ClassVar[int | None] = None


def move(row, *, city, by, at):
    if Moving.rows is not None:
        Moving.rows -= 1
        if Moving.rows < 0:
            raise Crash
    if row.worker_count is None:
        raise DomainError("Nobody has counted there.")
    workplaces.change(workplace_id=row.pk, city=city, by=by, at=at)


def back(row, **said):
    workplaces.change(workplace_id=row.pk, **said)


class PlaceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    country = django_filters.MultipleChoiceFilter(
        choices=[("BD", _("Bangladesh")), ("US", _("United States"))], label=_("Country")
    )
    workers = django_filters.RangeFilter(field_name="worker_count", label=_("Workers"))


class PlaceTable(Table):
    name = "places"
    label = _("Places")
    filterset = PlaceFilter
    default_sort = "name"
    acts = [
        Act(
            "move",
            _("Move"),
            Permission.WORKPLACE_CHANGE,
            move,
            CityForm,
            now=lambda row: row.city,
            restores=("city",),
            undo=back,
        )
    ]
    columns = [
        Column("name", _("Place"), sort="name", link="test:place"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("workers", _("Workers"), value="worker_count", sort="worker_count", numeric=True),
        Column(
            "size",
            _("Size"),
            value=lambda row: "large" if (row.worker_count or 0) > 10 else "small",
            tone=lambda row: "info",
        ),
        Column("country", _("Country"), hidden=True),
    ]
    empty = Empty(
        _("No places yet"),
        _("Places appear here."),
        _("Import a list"),
        "test:places",
        Permission.IMPORT_APPLY,
    )


@requires(Permission.WORKPLACE_READ)
def places(request, **kwargs):
    return PlaceTable(request, Workplace.objects.select_related("supplier")).response("ui/table_page.html")


urlpatterns = [
    path(
        "",
        include(
            (
                [
                    path("p/<slug:program_slug>/places/", places, name="places"),
                    path("p/<slug:program_slug>/places/<uuid:pk>/", places, name="place"),
                ],
                "test",
            )
        ),
    ),
    path("", include("wsr.urls")),
]
