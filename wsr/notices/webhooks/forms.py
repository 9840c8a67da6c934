"""Where webhooks go, and what they are told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import subscribable


class EndpointForm(forms.Form):
    """Name, address and kinds of one endpoint."""

    label = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("For yourselves, such as “Case database”.")
    )
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Begins with https:// and is reachable from the internet."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it is told"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only the kind and ids are sent, never the text of a case."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The kinds that the apps of this installation offer."""
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind.name, kind.label) for kind in subscribable()]
