"""What gateways report of messages that they took."""

from datetime import datetime
from uuid import UUID

from wsr.notices.enums import Channel
from wsr.notices.models import Outbox
from wsr.notices.texts.shape import Report
from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program

UNDELIVERED = "not delivered"


def report(said: Report, *, at: datetime) -> bool:
    """Note on the row of the outbox that a message reached its phone, or that it did not: then it is a dead letter. Own transaction.

    False where this gateway has no such message. A report that comes twice, or after the other one, changes nothing.
    """
    try:
        row_id = UUID(said.message_id)
    except ValueError:
        return False
    program = Program.objects.filter(slug=said.gateway.program).first()
    if program is None:
        return False
    with engine_scope(program.pk):
        rows = Outbox.objects.select_for_update(of=("self",))
        row = rows.filter(pk=row_id, channel=Channel.SMS).exclude(sent_at=None).first()
        if row is None:
            return False
        if row.delivered_at is None and said.is_delivered:
            row.delivered_at = at
        elif row.delivered_at is None:
            row.sent_at, row.given_up_at, row.error = None, at, UNDELIVERED
        row.save(update_fields=["delivered_at", "sent_at", "given_up_at", "error"])
    return True
