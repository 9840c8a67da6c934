"""What the search of the console finds of complaints: a number, and nothing of what was said."""

from django.utils.translation import gettext_lazy as _

from complaints.queries import desk
from complaints.tables import ComplaintTable
from wsr.accounts.grants import Permission
from wsr.ui.search import Source

SEARCH = [
    Source(
        _("Complaints"), ComplaintTable, desk.complaints, "complaints:complaints", Permission.COMPLAINT_READ
    ),
]
