"""Text messages to the workers of one complaint, as its circle sees them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.short_texts import CHOICES, TEXTS
from wsr.notices.enums import Channel
from wsr.notices.models import Outbox

SHOWN = 20


@dataclass(frozen=True)
class SentText:
    """One text: which, when, and what became of it; `tone` as tags have it."""

    label: str
    at: datetime
    state: str
    tone: str


def texts(complaint_id: UUID) -> list[SentText]:
    """The last ones, newest first, without number and words."""
    rows = Outbox.objects.filter(secret_of=complaint_id, channel=Channel.SMS, kind__in=TEXTS)
    labels = dict(CHOICES)
    return [
        SentText(str(labels.get(row.kind) or _("Answered by itself")), row.created_at, *_state(row))
        for row in rows.order_by("-created_at", "-pk")[:SHOWN]
    ]


def _state(row: Outbox) -> tuple[str, str]:
    if row.dropped_at:
        return _("Not sent: she may not be texted"), "warn"
    if row.given_up_at:
        return _("Did not arrive"), "bad"
    if row.delivered_at:
        return _("Arrived"), "ok"
    return (_("Sent"), "") if row.sent_at else (_("Waits"), "")
