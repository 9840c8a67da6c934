"""The words of what happens to access through the API, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("api.access_given", _("Access through the API given")),
    ("api.password_replaced", _("App password replaced")),
    ("api.access_ended", _("Access through the API ended")),
]
