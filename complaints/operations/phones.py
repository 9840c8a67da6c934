"""Numbers of workers: how they are compared, and shown to somebody who says why."""

from datetime import datetime
from uuid import UUID

import phonenumbers
from django.utils.translation import gettext as _

from complaints.models import Complainant, StoppedPhone
from complaints.operations import giveaways
from complaints.operations.states import involved, locked
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id
from wsr.vault.digits import runs_of_digits
from wsr.vault.index import every_index, index
from wsr.vault.operations import unseal

_STOPPED = "phone that wants no texts"  # kind of digest


class NoReason(DomainError):
    """A number is shown to nobody who does not say why."""


@atomic
def show(*, complaint_id: UUID, complainant_id: UUID, reason: str, by: Person, at: datetime) -> str:
    """The whole number of a complainant, once; that she saw it, and why, stands in history.

    `reason` holds no facts of the case. Raises Complaint.DoesNotExist, Complainant.DoesNotExist, NotInvolved, NoReason and GivesAway.
    """
    complaint = locked(complaint_id)
    involved(complaint, by)
    if not reason.strip():
        raise NoReason(_("Say why you need the number."))
    giveaways.check_reason(reason, complaint)
    her = Complainant.objects.get(pk=complainant_id, complaint=complaint, has_phone=True)
    record("complaint.number_shown", complaint, by=by, at=at, reason=reason.strip())
    return unseal(complaint.pk, "complaints_complainant", "phone", her.pk) or ""


def international(text: str, country: str) -> str:
    """A number as gateways want it (E.164); "" for what can be no phone. `country` (ISO 3166) is that of numbers without +."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def stop_texts(phone: str, *, at: datetime) -> None:
    """No more texts to a phone (E.164), known or not, from now on. In the scope of a worker, of any case or none."""
    digest = index(current_program_id(), _STOPPED, phone)
    row = StoppedPhone(program_id=current_program_id(), digest=digest, at=at)
    StoppedPhone.objects.bulk_create([row], ignore_conflicts=True)


def wants_no_texts(phone: str) -> bool:
    """Whether STOP came from a phone (E.164). In the scope of a worker."""
    digests = every_index(current_program_id(), _STOPPED, phone)
    found = {bytes(row.digest): row.at for row in StoppedPhone.objects.filter(digest__in=digests)}
    if found and digests[0] not in found:  # kept under a pepper from before
        stop_texts(phone, at=min(found.values()))
    return bool(found)


def spellings(text: str, country: str) -> set[str]:
    """All the ways one number may have been written down: with its country, with and without +, and as it is dialed at home."""
    plain = "".join(runs_of_digits(text))
    found = international(text, country)
    if not found:
        return {plain} - {""}
    number = phonenumbers.parse(found)
    at_home = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    significant = phonenumbers.national_significant_number(number)
    return {plain, found, found.removeprefix("+"), "".join(runs_of_digits(at_home)), significant}
