"""Views of lists that somebody shares with the program."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.handover.kinds import MOST, Item, Kind, Leaving
from wsr.handover.operations import CannotHold
from wsr.ui.models import SavedView
from wsr.ui.navigation import url_or_nothing


def shared_views(leaving: Leaving) -> Iterator[Item]:
    """Only who keeps a view can change it."""
    rows = SavedView.objects.filter(person_id__in=leaving.people, shared=True).order_by("name", "pk")
    for view in rows[:MOST]:
        page = url_or_nothing(view.page, program_slug=leaving.program_slug)
        yield Item(
            subject=("ui.savedview", view.pk),
            title=view.name,
            url=f"{page}?{view.query}" if page and view.query else page,
            holder_id=view.person_id,
        )


def keep_view(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """Another keeps it; the same name twice is refused, and so is a second view that a list opens with."""
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=item.subject[1])
    if SavedView.objects.filter(person=to, table=view.table, name=view.name).exists():
        raise CannotHold(_("%(name)s has a view of this list with the same name.") % {"name": to})
    if view.is_default and SavedView.objects.filter(person=to, table=view.table, is_default=True).exists():
        raise CannotHold(
            _("%(name)s opens this list with a view of her own, and it can open with one.") % {"name": to}
        )
    view.person = to
    view.save(update_fields=["person"])


HANDOVER = [
    Kind(
        "ui.views",
        gettext_lazy("Views of lists shared with everyone"),
        Permission.VIEW_SAVE,
        shared_views,
        keep_view,
    )
]
