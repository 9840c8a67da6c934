"""The words of what happens to lists, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("rows.changed_together", _("Several rows changed together")),
    ("rows.taken_back", _("A change of several rows taken back")),
    ("report.scheduled", _("Regular report begun")),
    ("report.stopped", _("Regular report stopped")),
]
