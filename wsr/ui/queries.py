"""Reads about saved views."""

from django.db.models import Q, QuerySet

from wsr.accounts.models import Person
from wsr.tenancy import Audience, current_audience
from wsr.ui.models import SavedView


def views_of(person: Person, table: str) -> list[SavedView]:
    """A person's own views of one list and the shared ones, by name."""
    return list(all_views_of(person).filter(table=table))


def all_views_of(person: Person) -> QuerySet[SavedView]:
    """A person's own views of every list and the shared ones, by list and name."""
    rows = SavedView.objects.filter(Q(person=person) | Q(shared=True)).order_by("table", "name", "pk")
    # a portal shows no views but the person's own, and may not read who people are
    return rows.select_related("person") if current_audience() == Audience.STAFF else rows
