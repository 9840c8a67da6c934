"""Input of files at the desk of a handler. What a file is, is seen when it is cleaned."""

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPT = "image/jpeg,image/png,image/webp,audio/*,application/pdf,.docx,.odt,.xlsx,.ods,.txt"


class FileForm(forms.Form):
    """One file, and for whom."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("A photo, a recording or a document. Places, names and dates written into it are taken out."),
    )  # fmt: skip
    is_for_worker = forms.BooleanField(
        label=_("The worker sees it"),
        required=False,
        help_text=_("Otherwise it is a note among those on the complaint."),
    )
