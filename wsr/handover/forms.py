"""Who gets what: one choice for all of a kind, and one for each thing. And an absence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.handover.kinds import Item, Kind
from wsr.handover.queries import Colleague, Pile

LEAVE = "-"


def _label(colleague: Colleague) -> str:
    roles = ", ".join(sorted(str(role.label) for role in colleague.roles))
    if colleague.away_until:
        until = date_format(colleague.away_until, "DATE_FORMAT")
        return str(_("%(name)s (%(roles)s), away until %(day)s")) % {
            "name": colleague.person,
            "roles": roles,
            "day": until,
        }
    return f"{colleague.person} ({roles})"


@dataclass(frozen=True)
class Row:
    """One thing and the field that says who gets it."""

    item: Item
    field: forms.BoundField


class WishesForm(forms.Form):
    """Who gets what of one pile; its fields stand under the kind's name."""

    def __init__(self, *args: Any, pile: Pile, **kwargs: Any) -> None:
        """Made inside the program's scope; `pile` says who may have it."""
        super().__init__(*args, prefix=pile.kind.key.replace(".", "-"), **kwargs)
        self.pile = pile
        self._people = {str(one.person.pk): one.person for one in pile.colleagues}
        named = [(str(one.person.pk), _label(one)) for one in pile.colleagues]
        self.fields["all"] = forms.ChoiceField(
            label=_("All of these to"), required=False, choices=[("", _("Nobody yet")), *named]
        )
        for item in pile.items:
            self.fields[str(item.subject[1])] = forms.ChoiceField(
                label=_("Give to"),
                required=False,
                choices=[("", _("As chosen above")), (LEAVE, _("Leave it")), *named],
                widget=forms.Select(attrs={"aria-label": _("Give to: %(what)s") % {"what": item.title}}),
            )

    def rows(self) -> Iterator[Row]:
        """The things with their fields."""
        for item in self.pile.items:
            yield Row(item, self[str(item.subject[1])])

    def wishes(self) -> Iterator[tuple[Kind, Item, Person]]:
        """What was chosen; after `is_valid`."""
        for item in self.pile.items:
            chosen = self.cleaned_data.get(str(item.subject[1])) or self.cleaned_data.get("all") or LEAVE
            if chosen in self._people:
                yield self.pile.kind, item, self._people[chosen]


class AbsenceForm(forms.Form):
    """Who is away when, and who stands in."""

    person = forms.ChoiceField(label=_("Who is away"))
    starts_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"}))
    stand_in = forms.ChoiceField(
        label=_("Who stands in"),
        required=False,
        help_text=_(
            "Sees the work of the other in her own list, as far as she may know of it. She gets no part in a complaint by it."
        ),
    )

    def __init__(self, *args: Any, people: list[Person], staff: list[Person], **kwargs: Any) -> None:
        """`people` who may be entered, `staff` who can stand in."""
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(one.pk), str(one)) for one in people]
        self.fields["stand_in"].choices = [("", _("Nobody")), *((str(one.pk), str(one)) for one in staff)]
