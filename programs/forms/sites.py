"""What people type about sites that end and who works there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.enums import ON_TOP, ContractorRole, Part
from programs.forms import DayField, WorkplaceForm
from programs.models import Participation, Workplace
from programs.operations import workplaces
from programs.queries import sites as queries


class SiteForm(WorkplaceForm):
    """A site, with its first and its planned last day."""

    opened_on = DayField(label=_("First day"))
    ends_on = DayField(
        label=_("Planned last day"),
        help_text=_("The site ends by itself on this day. It can be moved, with a reason."),
    )

    class Meta:
        model = Workplace
        fields = workplaces.FIELDS

    field_order = ["name", "opened_on", "ends_on"]


class HousingForm(WorkplaceForm):
    """Housing at a site, and who provides it."""

    supplier_id = forms.UUIDField(label=_("Who provides it"))
    field_order = ["name", "supplier_id"]

    def __init__(self, *args: Any, site: Workplace, **kwargs: Any) -> None:
        """Whoever runs the site, or works there."""
        super().__init__(*args, **kwargs)
        there = {site.supplier_id: site.supplier.name} | {
            row.contractor_id: row.contractor.name
            for row in queries.of_site(site).open()
            if row.contractor.part == Part.SUPPLIER
        }
        self.fields["supplier_id"].widget = forms.Select(choices=list(there.items()))


class MoveEndForm(forms.Form):
    """Another planned last day, and why."""

    ends_on = DayField(label=_("New last day"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class EngageForm(forms.Form):
    """Somebody who works on a site."""

    contractor_id = forms.UUIDField(label=_("Who"))
    role = forms.ChoiceField(label=_("As"), choices=ContractorRole.choices)
    hired_by_id = forms.UUIDField(
        label=_("Hired by"),
        required=False,
        help_text=_("Only a developer or a general contractor is hired by nobody on the site."),
    )
    started_on = DayField(label=_("Since"))

    def __init__(self, *args: Any, site: Workplace, **kwargs: Any) -> None:
        """The suppliers and brands of the program, and those who are on the site."""
        super().__init__(*args, **kwargs)
        people = Participation.objects.present().filter(part__in=(Part.SUPPLIER, Part.BRAND))
        self.fields["contractor_id"].widget = forms.Select(
            choices=[("", "—"), *people.order_by("name", "pk").values_list("pk", "name")]
        )
        there = [(row.contractor_id, row.contractor.name) for row in queries.of_site(site).open()]
        self.fields["hired_by_id"].widget = forms.Select(choices=[("", _("Nobody: on top")), *there])

    def clean(self) -> dict[str, Any]:
        """Who is not on top was hired by somebody."""
        data = super().clean()
        is_below = data.get("role", ON_TOP[0]) not in ON_TOP
        if is_below and not data.get("hired_by_id") and "hired_by_id" not in self.errors:
            self.add_error("hired_by_id", _("Say who hired it."))
        return data


class LeaveForm(forms.Form):
    """The day somebody's work on a site ended, and why."""

    ended_on = DayField(label=_("Ended on"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
