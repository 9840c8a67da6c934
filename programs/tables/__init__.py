"""The lists of the programs room."""

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import Exists
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs import countries, queries
from programs.acts import OF_WORKPLACES
from programs.blueprints.words import in_words
from programs.enums import Precision, WorkplaceType
from programs.models import Participation, Rung, Sourcing, Workplace
from wsr.accounts.grants import Permission
from wsr.imports.names import name_key
from wsr.ui.tables import Column, Empty, Table


def _rungs() -> list[tuple[str, str]]:
    return [(rung.key, in_words(rung.label)) for rung in Rung.objects.all()]


def _countries_of(rows: Callable[[], QuerySet]) -> Callable[[], list[tuple[str, str]]]:
    """The countries that occur, named."""

    def choices() -> list[tuple[str, str]]:
        found = rows().exclude(country="").order_by().values_list("country", flat=True).distinct()
        return sorted(((code, countries.name_of(code)) for code in found), key=lambda pair: pair[1])

    return choices


def _brands(request: HttpRequest) -> QuerySet[Participation]:
    return Participation.objects.brands().order_by("name", "pk")


def _country(row: Any) -> str:
    return countries.name_of(row.country)


def _standing(row: Any) -> str | None:
    return in_words(row.standing) if row.standing else None


def _standing_tone(row: Any) -> str:
    return "bad" if row.must_stop else ""


def named(rows: QuerySet, typed: str) -> QuerySet:
    """Rows whose name has these words, whatever the spelling of accents and legal forms."""
    key = name_key(typed)
    return rows.filter(
        Q(name__icontains=typed) | Q(name_key__contains=key) if key else Q(name__icontains=typed)
    )


class ParticipationFilter(filters.FilterSet):
    """What narrows the lists of suppliers and brands."""

    q = filters.CharFilter(label=_("Search by name"), method="search")
    country = filters.ChoiceFilter(
        label=_("Country"), choices=_countries_of(lambda: Participation.objects.all())
    )
    ended = filters.BooleanFilter(
        label=_("No longer takes part"), field_name="ended_on", lookup_expr="isnull", exclude=True
    )

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By name."""
        return named(rows, value)


class SupplierFilter(ParticipationFilter):
    """The same, with standing."""

    standing = filters.ChoiceFilter(label=_("Standing"), field_name="rung", choices=_rungs)


class SupplierTable(Table):
    """Suppliers."""

    name = "suppliers"
    filterset = SupplierFilter
    default_sort = "name"
    columns = [
        Column("name", _("Supplier"), sort="name", link="programs:supplier"),
        Column("standing", _("Standing"), value=_standing, sort="rung", tone=_standing_tone),
        Column("country", _("Country"), value=_country, sort="country"),
        Column("workplaces", _("Workplaces"), value="workplace_total", sort="workplace_total", numeric=True),
        Column("group", _("Group"), value="parent_name", sort="parent_name", hidden=True),
        Column("joined_on", _("Joined"), sort="joined_on", hidden=True),
        Column("ended_on", _("Ended"), sort="ended_on", hidden=True),
        Column("os_id", _("OS ID"), hidden=True),
        Column("lei", _("LEI"), hidden=True),
        Column("registry_number", _("Registry number"), hidden=True),
    ]
    empty = Empty(
        _("No suppliers yet"),
        _("Suppliers come with a list you import, or are added one by one."),
        _("Add a supplier"),
        "programs:add_supplier",
        Permission.SUPPLIER_CHANGE,
    )


class BrandTable(Table):
    """Brands."""

    name = "brands"
    filterset = ParticipationFilter
    default_sort = "name"
    columns = [
        Column("name", _("Brand"), sort="name", link="programs:brand"),
        Column("country", _("Country"), value=_country, sort="country"),
        Column("suppliers", _("Suppliers"), value="supplier_total", sort="supplier_total", numeric=True),
        Column("joined_on", _("Joined"), sort="joined_on"),
        Column("ended_on", _("Ended"), sort="ended_on", hidden=True),
        Column("website", _("Website"), hidden=True),
        Column("lei", _("LEI"), hidden=True),
    ]
    empty = Empty(
        _("No brands yet"),
        _("A brand signs the agreement and buys from suppliers of the program."),
        _("Add a brand"),
        "programs:add_brand",
        Permission.SUPPLIER_CHANGE,
    )


class WorkplaceFilter(filters.FilterSet):
    """What narrows the list of workplaces."""

    q = filters.CharFilter(label=_("Search by name or address"), method="search")
    country = filters.ChoiceFilter(label=_("Country"), choices=_countries_of(lambda: Workplace.objects.all()))
    region = filters.CharFilter(label=_("Region or city"), method="in_region")
    standing = filters.ChoiceFilter(label=_("Standing"), field_name="supplier__rung", choices=_rungs)
    product = filters.CharFilter(label=_("Product or crop"), method="making")
    brand = filters.ModelChoiceFilter(label=_("Brand that buys there"), queryset=_brands, method="bought_by")
    precision = filters.ChoiceFilter(
        label=_("Location in public"), field_name="disclosure_precision", choices=Precision.choices
    )
    type = filters.ChoiceFilter(label=_("What it is"), choices=WorkplaceType.choices)
    closed = filters.BooleanFilter(
        label=_("Closed"), field_name="closed_on", lookup_expr="isnull", exclude=True
    )

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By name, address or supplier."""
        return queries.workplaces_found(rows, value)

    def in_region(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By region or city."""
        return rows.filter(Q(region__icontains=value) | Q(city__icontains=value))

    def making(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By any of its products."""
        joined = Func(F("products"), Value(" · "), function="array_to_string", output_field=TextField())
        return rows.alias(all_products=joined).filter(all_products__icontains=value)

    def bought_by(self, rows: QuerySet, name: str, value: Participation) -> QuerySet:
        """Where a brand buys today, from the place or from its supplier as a whole."""
        buying = Sourcing.objects.current(on=queries.today(timezone.now())).filter(
            Q(workplace=OuterRef("pk")) | Q(workplace=None), supplier=OuterRef("supplier"), brand=value
        )
        return rows.filter(Exists(buying))


class WorkplaceTable(Table):
    """Workplaces."""

    name = "workplaces"
    filterset = WorkplaceFilter
    acts = OF_WORKPLACES
    default_sort = "name"
    columns = [
        Column("name", _("Workplace"), sort="name", link="programs:workplace"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("standing", _("Standing"), value=_standing, sort="supplier__rung", tone=_standing_tone),
        Column("city", _("City"), sort="city"),
        Column("country", _("Country"), value=_country, sort="country"),
        Column("workers", _("Workers"), value="worker_count", sort="worker_count", numeric=True),
        Column("brands", _("Brands"), value="brand_total", sort="brand_total", numeric=True),
        Column("address", _("Address"), hidden=True),
        Column("region", _("Region"), sort="region", hidden=True),
        Column("postal_code", _("Postal code"), hidden=True),
        Column("products", _("Products or crops"), value=lambda row: ", ".join(row.products), hidden=True),
        Column("sector", _("Sector"), sort="sector", hidden=True),
        Column("kind", _("Kind"), sort="kind", hidden=True),
        Column("precision", _("Location in public"), value="get_disclosure_precision_display", hidden=True),
        Column("os_id", _("OS ID"), hidden=True),
        Column("type", _("What it is"), value="get_type_display", hidden=True),
        Column("ends_on", _("Planned last day"), sort="ends_on", hidden=True),
        Column("closed_on", _("Closed"), sort="closed_on", hidden=True),
    ]
    empty = Empty(
        _("No workplaces yet"),
        _("Every farm and factory the program covers stands here. Import the list as you have it."),
        _("Import a list"),
        "imports:upload",
        Permission.IMPORT_APPLY,
    )
