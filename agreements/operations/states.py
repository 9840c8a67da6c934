"""The only places that write the state of an agreement or of a version, and the locks that come before.

The lock of the agreement comes first, then the one of its version: in this order everywhere.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.enums import AgreementState, VersionState
from agreements.models import Agreement, AgreementVersion
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record


class CannotMove(DomainError):
    """The agreement or its version cannot become what was asked."""


def locked(version_id: UUID) -> tuple[Agreement, AgreementVersion]:
    """A version and its agreement, both locked. Raises AgreementVersion.DoesNotExist."""
    of = AgreementVersion.objects.values_list("agreement_id", flat=True).get(pk=version_id)
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=of)
    version = AgreementVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    version.agreement = agreement
    return agreement, version


def locked_draft(version_id: UUID) -> tuple[Agreement, AgreementVersion]:
    """The same of a draft. Raises AgreementVersion.DoesNotExist and CannotMove."""
    agreement, version = locked(version_id)
    if version.state != VersionState.DRAFT:
        raise CannotMove(
            _("Version %(number)s is no draft any more. What was proposed does not change.")
            % {"number": version.number}
        )
    return agreement, version


def move_version(
    version: AgreementVersion,
    to: VersionState,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    **fields: object,
) -> None:
    """Move a version whose lock the caller holds. Raises CannotMove."""
    before = VersionState(version.state)
    if not version.may_become(to):
        raise CannotMove(
            _("Version %(number)s is “%(state)s” and cannot become “%(to)s”.")
            % {"number": version.number, "state": before.label, "to": to.label}
        )
    for name, value in {"state": to, **fields}.items():
        setattr(version, name, value)
    version.save(update_fields=["state", *fields])
    record(
        f"agreement.version_{to}", version, by=by, at=at, before={"state": before}, reason=reason,
        after={"state": to, "version": version.number, "agreement": version.agreement.number},
    )  # fmt: skip


def move_agreement(
    agreement: Agreement,
    to: AgreementState,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    **fields: object,
) -> None:
    """Move an agreement whose lock the caller holds. Raises CannotMove."""
    before = AgreementState(agreement.state)
    if not agreement.may_become(to):
        raise CannotMove(
            _("Agreement %(number)s is “%(state)s” and cannot become “%(to)s”.")
            % {"number": agreement.number, "state": before.label, "to": to.label}
        )
    for name, value in {"state": to, "updated_at": at, **fields}.items():
        setattr(agreement, name, value)
    agreement.save(update_fields=["state", "updated_at", *fields])
    record(
        f"agreement.{to}",
        agreement,
        by=by,
        at=at,
        before={"state": before},
        after={"state": to},
        reason=reason,
    )
