"""Input about obligations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.forms.proofs import ProofField

_AREA = forms.Textarea(attrs={"rows": 5})


class AnswerForm(forms.Form):
    """What was done, and what shows it."""

    note = forms.CharField(label=_("What was done"), widget=_AREA, max_length=5000)
    files = ProofField()


class AcceptForm(forms.Form):
    """Accepting needs no words."""

    reason = forms.CharField(label=_("Remark"), widget=_AREA, max_length=5000, required=False)


class ReturnForm(forms.Form):
    """Why the answer does not do, and by when the next one is due."""

    reason = forms.CharField(
        label=_("What is missing"), widget=_AREA, max_length=5000, help_text=_("The party reads this.")
    )
    again_within_days = forms.IntegerField(
        label=_("Days for the next answer"), min_value=1, max_value=365, initial=14
    )


class ReasonForm(forms.Form):
    """A reason, on record."""

    reason = forms.CharField(
        label=_("Reason"), widget=_AREA, max_length=5000, help_text=_("The party reads this.")
    )
