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
from wsr.ui.tables import kept_words


class NameTaken(DomainError):
    """This person has a view of this name for this list."""


class NoSuchList(DomainError):
    """The page does not exist."""


class NotForAll(DomainError):
    """This person decides for herself, not for everyone."""


@atomic
def save_view(
    *, name: str, table: str, page: str, slug: str, query: str, shared: bool, by: Person, at: datetime
) -> SavedView:
    """Keep the filters, columns and sort of a list. `slug` is the active program's. Raises NameTaken and NoSuchList.

    Of the words of its address those alone that say what is shown: who opens a view of somebody else gets a list and does nothing else.
    """
    try:
        reverse(page, kwargs={"program_slug": slug})
    except NoReverseMatch:
        raise NoSuchList(_("This list cannot be saved as a view.")) from None
    _refuse_taken(name=name, table=table, by=by)
    query = kept_words(query)
    view = SavedView.objects.create(
        name=name, table=table, page=page, query=query, shared=shared, person=by, created_at=at
    )
    record("view.saved", view, by=by, at=at, after={"list": table, "query": query, "shared": shared})
    return view


@atomic
def rename_view(
    *,
    view_id: UUID,
    name: str,
    shared: bool,
    by: Person,
    at: datetime,
    is_pinned: bool = False,
    is_default: bool = False,
    may_set_for_all: bool = True,
) -> SavedView:
    """Give an own view another name, share it, pin it, or open the list with it, in place of the view that did so before.

    Raises SavedView.DoesNotExist (also for another's), NameTaken, and NotForAll unless `may_set_for_all`.
    """
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=view_id, person=by)
    if name != view.name:
        _refuse_taken(name=name, table=view.table, by=by)
    if shared and is_default and not may_set_for_all:
        raise NotForAll(_("What a list opens with for everyone is set by those who change the program."))
    said = {"name": name, "shared": shared, "is_pinned": is_pinned, "is_default": is_default}
    before = {key: getattr(view, key) for key in said}
    if is_default:
        others = SavedView.objects.filter(person=by, table=view.table, is_default=True).exclude(pk=view.pk)
        others.update(is_default=False)
    for key, value in said.items():
        setattr(view, key, value)
    view.save(update_fields=[*said])
    record("view.renamed", view, by=by, at=at, before=before, after=said)
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
