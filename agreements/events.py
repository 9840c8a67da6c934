"""The words of what happens in this room, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("agreement.started", _("Agreement started")),
]
