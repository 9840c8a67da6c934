"""Signatures, the program's countersignature, and the day an agreement takes effect."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.documents import agreements as documents
from agreements.enums import AgreementState, ClauseKind, Side, SignatureMethod, VersionState
from agreements.models import Agreement, AgreementVersion, Party, Signature
from agreements.operations import publicity
from agreements.operations.notices import tell_parties, tell_program
from agreements.operations.states import locked, move_agreement, move_version
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files import operations as files
from wsr.files.models import content_path
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import atomic


class CannotSign(DomainError):
    """The version cannot be signed by this party now."""


@atomic
def sign(
    *,
    version_id: UUID,
    party: Party,
    sha256: str,
    name: str,
    title: str,
    method: SignatureMethod,
    by: Person,
    at: datetime,
) -> Signature:
    """A party signs the exact bytes it has read: `sha256` is of the text that was before it.

    Runs in the party's own scope. A portal may not lock the version, so the database does it when the signature is
    written and refuses one for a version that is no longer proposed. Raises AgreementVersion.DoesNotExist and CannotSign.
    """
    version = AgreementVersion.objects.select_related("agreement").get(pk=version_id)
    signature = _write(version, party, sha256=sha256, name=name, title=title, method=method, by=by, at=at)
    tell_program("agreement_signed", version, key=f"signed:{signature.pk}", at=at)
    return signature


@atomic
def countersign(
    *,
    version_id: UUID,
    party: Party,
    sha256: str,
    name: str,
    title: str,
    method: SignatureMethod,
    by: Person,
    at: datetime,
) -> AgreementVersion:
    """The program signs, after everyone else. With its last signature the version is complete, and takes effect if its day has come.

    Raises AgreementVersion.DoesNotExist and CannotSign.
    """
    agreement, version = locked(version_id)
    parties = list(agreement.parties.filter(signs=True).order_by("position", "pk"))
    signed = set(version.signatures.values_list("party_id", flat=True))
    waiting = [
        one.name for one in parties if one.side not in (Side.PROGRAM, Side.WITNESS) and one.pk not in signed
    ]
    if party.side == Side.PROGRAM and waiting:
        raise CannotSign(
            _("The program signs last. Still to sign: %(names)s.") % {"names": ", ".join(waiting)}
        )
    _write(version, party, sha256=sha256, name=name, title=title, method=method, by=by, at=at)
    if {one.pk for one in parties} <= signed | {party.pk}:
        _complete(agreement, version, by=by, at=at)
    return version


def _write(
    version: AgreementVersion,
    party: Party,
    *,
    sha256: str,
    name: str,
    title: str,
    method: SignatureMethod,
    by: Person,
    at: datetime,
) -> Signature:
    if version.state != VersionState.PROPOSED:
        raise CannotSign(_("This version is no longer open for signature."))
    if sha256 != version.text_sha256:
        raise CannotSign(_("The text is not the one you had before you. Read it again before you sign."))
    if not party.signs or party.agreement_id != version.agreement_id:
        raise CannotSign(_("This party does not sign this agreement."))
    if party.signatures.filter(version=version).exists():
        raise CannotSign(_("This version is signed for %(party)s already.") % {"party": party.name})
    if version.declines.exists():
        raise CannotSign(_("This version was declined. The program can change it and propose it again."))
    signature = Signature.objects.create(
        version=version,
        party=party,
        participation_id=party.participation_id,
        person=by,
        name=name,
        title=title,
        sha256=sha256,
        method=method,
        signed_at=at,
    )
    record(
        "agreement.signed_by",
        version,
        by=by,
        at=at,
        after={
            "party": party.name,
            "sha256": sha256,
            "method": method,
            "agreement": version.agreement.number,
        },
    )
    return signature


def _complete(agreement: Agreement, version: AgreementVersion, *, by: Person, at: datetime) -> None:
    """Everyone has signed: the complete document is made, and the version takes effect if its day has come."""
    signatures = list(version.signatures.select_related("party"))
    text = Path(content_path(version.text_sha256)).read_bytes()
    file = files.store(
        chunks=[documents.complete_pdf(version, text, signatures, at=at)],
        name=documents.file_name(version, complete=True),
        media_type="application/pdf",
        by=by,
        at=at,
    )
    move_version(
        version,
        VersionState.SIGNED,
        by=by,
        at=at,
        signed_at=at,
        complete_file=file,
        complete_sha256=file.sha256,
    )
    if agreement.state == AgreementState.PROPOSED:
        move_agreement(agreement, AgreementState.SIGNED, by=by, at=at)
    publicity.show(version, at=at)
    tell_parties("agreement_complete", version, at=at)
    if version.starts_on is None or version.starts_on <= today(at):
        _take_effect(agreement, version, by=by, at=at)


@atomic
def take_effect(*, version_id: UUID, at: datetime) -> AgreementVersion:
    """A signed version whose day has come takes effect by itself. Does nothing if it has, or if its day is still to come.

    Raises AgreementVersion.DoesNotExist.
    """
    agreement, version = locked(version_id)
    due = version.starts_on is None or version.starts_on <= today(at)
    if version.state == VersionState.SIGNED and due:
        _take_effect(agreement, version, by=None, at=at)
    return version


def _take_effect(agreement: Agreement, version: AgreementVersion, *, by: Person | None, at: datetime) -> None:
    former = agreement.versions.select_for_update(of=("self",)).filter(state=VersionState.IN_FORCE).first()
    if former:
        former.agreement = agreement
        move_version(former, VersionState.AMENDED, by=by, at=at, ended_at=at)
        publicity.show(former, at=at)
    fields: dict[str, Any] = {"in_force_at": at}
    if version.ends_on is None:
        fields["ends_on"] = last_day(version, starts_on=today(at))
    move_version(version, VersionState.IN_FORCE, by=by, at=at, **fields)
    if agreement.state == AgreementState.SIGNED:
        move_agreement(agreement, AgreementState.IN_FORCE, by=by, at=at)
    publicity.show(version, at=at)
    react("agreement.in_force", version=version, by=by, at=at)
    tell_parties("agreement_in_force", version, at=at)


def last_day(version: AgreementVersion, *, starts_on: date) -> date | None:
    """The last day by the clause on the term, where it says how long the agreement lasts in calendar time; otherwise None."""
    clause = version.clauses.filter(kind=ClauseKind.TERM).first()
    lasts = clause.parameters.get("lasts") if clause else None
    if not lasts:
        return None
    first = version.starts_on if version.starts_on and version.starts_on > starts_on else starts_on
    match lasts["unit"]:
        case "days":
            return first + timedelta(days=lasts["value"] - 1)
        case "weeks":
            return first + timedelta(weeks=lasts["value"], days=-1)
        case "months":
            months = first.month - 1 + lasts["value"]
            year, month = first.year + months // 12, months % 12 + 1
            return date(year, month, min(first.day, monthrange(year, month)[1])) - timedelta(days=1)
    return None
