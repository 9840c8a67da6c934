"""Forms of publishing."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OverrideForm(forms.Form):
    """Why the program publishes although an essential is not met."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everyone reads it on the program's public page."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
