"""What people type to endorse the principles, and what moderators type."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from programs.enums import EndorserKind
from programs.forms import CountryField

LONGEST_COMMENT = 1000


class OneLineField(forms.CharField):
    """A text of one line, whatever blanks and breaks were sent."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        """As CharField; `autocomplete`: what browsers may fill in (WCAG 1.3.5)."""
        super().__init__(
            max_length=200, widget=forms.TextInput(attrs={"autocomplete": autocomplete}), **kwargs
        )

    def to_python(self, value: Any) -> str:
        """Single blanks, no line breaks."""
        return " ".join(str(value or "").split())


class EndorseForm(forms.Form):
    """Who endorses, and how to confirm it."""

    kind = forms.ChoiceField(
        label=_("Who endorses"), choices=EndorserKind, widget=forms.RadioSelect, initial=EndorserKind.PERSON
    )
    name = OneLineField(label=_("Your name"), autocomplete="name")
    role = OneLineField(label=_("Your role"), autocomplete="organization-title", required=False)
    organization = OneLineField(
        label=_("Organization"),
        autocomplete="organization",
        required=False,
        help_text=_("Needed where an organization endorses."),
    )
    website = forms.URLField(
        label=_("Website of the organization"),
        required=False,
        assume_scheme="https",
        max_length=200,
        help_text=_(
            "If your e-mail address is at the same domain, the list says that the organization confirmed from it."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
    )
    country = CountryField(label=_("Country"), required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("To confirm it is you. It is never shown, and kept encrypted."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    comment = forms.CharField(
        label=_("A sentence of yours"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown with your name, if you agree to be named."),
    )
    is_listed = forms.BooleanField(
        label=_("Name us in the public list"),
        required=False,
        help_text=_("Without it the endorsement is counted and nobody is named."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Form."""
        super().__init__(*args, **kwargs)
        website = self.fields["website"]
        website.validators = [URLValidator(schemes=["http", "https"])]
        self.fields["country"].widget.attrs["autocomplete"] = "country"

    def clean_comment(self) -> str:
        """Lines as people write them."""
        return "\n".join(line.rstrip() for line in self.cleaned_data["comment"].splitlines()).strip()

    def clean(self) -> dict[str, Any]:
        """An organization has a name."""
        said = super().clean() or {}
        if said.get("kind") == EndorserKind.ORGANIZATION and not said.get("organization"):
            self.add_error("organization", _("Write the name of the organization."))
        return said


class AddressForm(forms.Form):
    """An address to write the link that withdraws to."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class DeclineForm(forms.Form):
    """Why an endorsement does not count."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is written to the endorser and stays on record. Name nobody."),
    )
