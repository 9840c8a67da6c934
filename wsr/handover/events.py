"""The words of what changes hands, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("work.handed_over", _("Work handed over")),
    ("absence.entered", _("Absence entered")),
    ("absence.ended", _("Absence ended")),
]
