"""How the record is narrowed down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wsr.history.queries import events_that_happened


class HistoryFilter(forms.Form):
    """What to show; every field may be left out. `subject` and `before` come from links."""

    event = forms.ChoiceField(label=_("What happened"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    subject_type = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    subject_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """The choices are the kinds of event that happened in this program."""
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = [("", _("Everything")), *events_that_happened()]
