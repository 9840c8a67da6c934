"""The words of what happens in this room, for the page of history."""

from django.utils.translation import gettext_lazy as _

OF_WORKERS = [
    ("complaint.arrived", _("Complaint received")),
    ("complaint.visited", _("Worker signed in to her complaint")),
    ("complaint.secret_made", _("Worker made a new code")),
    ("complaint.from_worker", _("Message from the worker")),
    ("complaint.taken_back", _("Withdrawal of a complaint taken back by the worker")),
    ("consent.given", _("Consent given")),
    ("consent.withdrawn", _("Consent withdrawn")),
]

EVENTS = [*OF_WORKERS]
