"""What staff type about the persons a complaint is about."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.models import Participation


class NameForm(forms.Form):
    """A person, and for whom that person works."""

    name = forms.CharField(
        label=_("Name"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Sealed with the case. A colleague of this name can no longer find the complaint."),
    )
    employer_id = forms.UUIDField(
        label=_("Works for"),
        required=False,
        help_text=_("Whoever has a tie to it can no longer find the complaint."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Everybody who takes part."""
        super().__init__(*args, **kwargs)
        people = Participation.objects.present().order_by("name", "pk").values_list("pk", "name")
        self.fields["employer_id"].widget = forms.Select(
            choices=[("", _("Nobody in the program, or not known")), *people], attrs={"autocomplete": "off"}
        )


class TakeOutForm(forms.Form):
    """Why it was not this person."""

    reason = forms.CharField(
        label=_("Why, without facts of the case"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
