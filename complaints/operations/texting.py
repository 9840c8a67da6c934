"""Text messages to workers: only to who allowed it, when it is safe for her, and nothing in them that tells."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from complaints import short_texts
from complaints.models import Complainant, Complaint
from complaints.operations.phones import international, wants_no_texts
from complaints.operations.states import involved, locked
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.hours import quiet_until
from wsr.notices.kinds import NotReachable, Reached
from wsr.notices.models import Outbox
from wsr.notices.operations import tell_reached
from wsr.notices.texts import gateways
from wsr.tenancy import atomic, worker_scope
from wsr.tenancy.models import Program
from wsr.vault.operations import unseal

DAY = (time(9), time(20))  # where she named no hours, in the program's time zone


class MayNotText(DomainError):
    """She did not allow it, or took it back."""


class AlreadyTexted(DomainError):
    """The same text within one hour."""


@atomic
def text(*, complaint_id: UUID, complainant_id: UUID, kind: str, by: Person, at: datetime) -> None:
    """Send one of the texts in `short_texts.CHOICES` to a complainant, in the language of the complaint.

    Raises Complaint.DoesNotExist, Complainant.DoesNotExist, NotInvolved, MayNotText, AlreadyTexted and TooLong.
    """
    complaint = locked(complaint_id)
    involved(complaint, by)
    her = Complainant.objects.get(pk=complainant_id, complaint=complaint)
    if not (her.may_text and her.has_phone):
        raise MayNotText(_("She did not allow text messages. Reach her as she said it is safe."))
    key = f"{kind}:{her.pk}:{at:%Y-%m-%dT%H}"
    if Outbox.objects.filter(key=key).exists():
        raise AlreadyTexted(
            _("She was sent this within the hour. Wait, so that her phone does not draw eyes.")
        )
    send(complaint, her.pk, kind=kind, key=key, language=complaint.language, at=at)
    record("complaint.texted", complaint, by=by, at=at, after={"text": kind})


def send(
    complaint: Complaint, complainant_id: UUID, *, kind: str, key: str, language: str, at: datetime
) -> None:
    """Put a text into the outbox, once per `key`. Whether it may go is asked again when it leaves. Raises TooLong."""
    short_texts.check_fits(kind)
    tell_reached(
        kind=kind,
        key=key,
        context={"complaint": str(complaint.pk), "complainant": str(complainant_id)},
        language=language,
        secret_of=complaint.pk,
        at=at,
    )


@atomic
def set_hours(
    *,
    complaint_id: UUID,
    complainant_id: UUID,
    begin: time | None,
    end: time | None,
    by: Person,
    at: datetime,
) -> None:
    """Between which hours calls and texts are safe for her, as she said it; both None: by day. May go past midnight.

    Raises Complaint.DoesNotExist, Complainant.DoesNotExist and NotInvolved.
    """
    complaint = locked(complaint_id)
    involved(complaint, by)
    her = Complainant.objects.select_for_update(of=("self",)).get(pk=complainant_id, complaint=complaint)
    her.call_from, her.call_until = begin, end
    her.save(update_fields=["call_from", "call_until"])
    record("complaint.hours_set", complaint, by=by, at=at)


def reached(row: Any, at: datetime) -> Reached:
    """The number that a row of the outbox is for, out of the vault, and when it may be used. For the relay. Raises NotReachable.

    An answer to what came from a phone a moment ago goes there whatever was allowed in a complaint, unless STOP came from there.
    """
    complaint_id, complainant_id = UUID(row.context["complaint"]), UUID(row.context["complainant"])
    program = Program.objects.get(pk=row.program_id)
    gateway = gateways.of_program(program.slug)
    with worker_scope(row.program_id, complaint_id, complainant_id):
        her = Complainant.objects.filter(pk=complainant_id, has_phone=True).first()
        kept = her and unseal(complaint_id, "complaints_complainant", "phone", her.pk)
        phone = international(kept, gateway.country if gateway else "") if kept else ""
        if not phone:
            raise NotReachable
        if row.kind in short_texts.AT_ONCE:
            if wants_no_texts(phone):
                raise NotReachable
            return Reached(phone)
    if not her.may_text:
        raise NotReachable
    begin, end = (her.call_from, her.call_until) if her.call_from else DAY
    return Reached(phone, quiet_until(end, begin, program.time_zone, at))
