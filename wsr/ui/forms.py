"""Forms of the interface itself: preferences and saved views."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Theme
from wsr.ui.models import Every, Format


class SaveViewForm(forms.Form):
    """The name of a view; the hidden fields are written by the list."""

    name = forms.CharField(label=_("Name of the view"), max_length=80)
    shared = forms.BooleanField(label=_("Share with everyone in the program"), required=False)
    table = forms.SlugField(max_length=60, widget=forms.HiddenInput)
    page = forms.CharField(max_length=100, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)


class RenameViewForm(forms.Form):
    """Another name for a view, who sees it, and where it stands."""

    name = forms.CharField(label=_("Name"), max_length=80)
    shared = forms.BooleanField(label=_("Share with everyone in the program"), required=False)
    is_pinned = forms.BooleanField(
        label=_("Show it above the list, with how many rows it has"), required=False
    )
    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)


class PreferencesForm(forms.Form):
    """How pages look and in which language; each button sends one of the two."""

    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)


class ExportForm(forms.Form):
    """Which list, as what; written by the list itself."""

    path = forms.CharField(max_length=300)
    query = forms.CharField(required=False, max_length=4000)
    file_format = forms.ChoiceField(choices=Format.choices)


class ScheduleForm(forms.Form):
    """How often a view is sent, and as what."""

    every = forms.ChoiceField(label=_("How often"), choices=Every.choices, widget=forms.RadioSelect)
    file_format = forms.ChoiceField(
        label=_("As"), choices=Format.choices, widget=forms.RadioSelect, initial=Format.XLSX
    )
