"""The words of what happens to members, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("membership.ended", _("Membership ended")),
    ("membership.end_planned", _("End of a membership planned")),
    ("membership.end_taken_back", _("Planned end of a membership taken back")),
    ("membership.role_changed", _("Role changed")),
]
