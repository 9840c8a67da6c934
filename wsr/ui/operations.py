"""Keeping, renaming and deleting views of lists."""

from datetime import datetime
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.ui.models import SavedView


class NameTaken(DomainError):
    """This person has a view of this name for this list."""


class NoSuchList(DomainError):
    """The page does not exist."""


@atomic
def save_view(
    *, name: str, table: str, page: str, slug: str, query: str, shared: bool, by: Person, at: datetime
) -> SavedView:
    """Keep the filters, columns and sort of a list. `slug` is the active program's. Raises NameTaken and NoSuchList."""
    try:
        reverse(page, kwargs={"program_slug": slug})
    except NoReverseMatch:
        raise NoSuchList(_("This list cannot be saved as a view.")) from None
    _refuse_taken(name=name, table=table, by=by)
    view = SavedView.objects.create(
        name=name, table=table, page=page, query=query, shared=shared, person=by, created_at=at
    )
    record("view.saved", view, by=by, at=at, after={"list": table, "query": query, "shared": shared})
    return view


@atomic
def rename_view(*, view_id: UUID, name: str, shared: bool, by: Person, at: datetime) -> SavedView:
    """Give an own view another name or share it. Raises SavedView.DoesNotExist (also for another's) and NameTaken."""
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=view_id, person=by)
    if name != view.name:
        _refuse_taken(name=name, table=view.table, by=by)
    before = {"name": view.name, "shared": view.shared}
    view.name, view.shared = name, shared
    view.save(update_fields=["name", "shared"])
    record("view.renamed", view, by=by, at=at, before=before, after={"name": name, "shared": shared})
    return view


@atomic
def delete_view(*, view_id: UUID, by: Person, at: datetime) -> None:
    """Delete an own view. Raises SavedView.DoesNotExist, also for another's."""
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=view_id, person=by)
    record("view.deleted", view, by=by, at=at, before={"list": view.table, "query": view.query})
    view.delete()


def _refuse_taken(*, name: str, table: str, by: Person) -> None:
    if SavedView.objects.filter(person=by, table=table, name=name).exists():
        raise NameTaken(_("You have a view of this name already; choose another name."))
