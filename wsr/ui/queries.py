"""Reads about saved views."""

from django.db.models import Prefetch, Q, QuerySet

from wsr.accounts.models import Person
from wsr.ui.models import SavedView


def views_of(person: Person, table: str) -> list[SavedView]:
    """A person's own views of one list and the shared ones, by name."""
    return list(all_views_of(person).filter(table=table))


def all_views_of(person: Person) -> QuerySet[SavedView]:
    """A person's own views of every list and the shared ones, by list and name."""
    return (
        SavedView.objects.filter(Q(person=person) | Q(shared=True))
        .prefetch_related(Prefetch("person", Person.objects.only("id", "name")))
        .order_by("table", "name", "pk")
    )
