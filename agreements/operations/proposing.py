"""From the draft to the proposal, and what can happen instead of a signature."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.clauses import WrongParameters, checked, wording
from agreements.documents import agreements as documents
from agreements.enums import AgreementState, ClauseKind, Side, VersionState
from agreements.models import Agreement, AgreementVersion, Decline, Party
from agreements.operations import publicity
from agreements.operations.agreements import _next_version
from agreements.operations.notices import tell_parties, tell_program
from agreements.operations.states import CannotMove, locked, locked_draft, move_agreement, move_version
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files import operations as files
from wsr.history.operations import record
from wsr.tenancy import atomic

# Without these, an agreement with a brand is none of Worker-driven Social Responsibility, and the program cannot publish.
SUPPORT = {ClauseKind.FINANCIAL_SUPPORT, ClauseKind.PREMIUM}


class NotReady(DomainError):
    """The draft cannot be proposed yet. `problems`: what is missing, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


def problems_of(version: AgreementVersion) -> list[str]:
    """What keeps a draft from being proposed, one sentence each; none when it is ready. Four queries."""
    parties = documents.parties_of(version)
    clauses = documents.clauses_of(version)
    signing = {party.side for party in parties if party.signs}
    found = []
    if Side.PROGRAM not in signing:
        found.append(_("Nobody signs for the program. Add the worker organization as a party."))
    if not signing & {Side.BRAND, Side.SUPPLIER}:
        found.append(_("No brand and no supplier signs. Add the other party."))
    found += [
        _("%(name)s has no account, so nobody can sign for it. Invite its signatory first.")
        % {"name": party.name}
        for party in parties
        if party.signs
        and party.side in (Side.BRAND, Side.SUPPLIER)
        and not party.participation.organization_id
    ]
    if not clauses:
        found.append(_("There is no clause."))
    if Side.BRAND in signing and version.agreement.parent_id is None:
        kinds = {clause.kind for clause in clauses}
        if not kinds & SUPPORT:
            found.append(
                _(
                    "An agreement with a brand says how it carries part of the cost: add a clause on financial support or a premium."
                )
            )
        if ClauseKind.STOP_PURCHASE not in kinds:
            found.append(
                _(
                    "An agreement with a brand says when it stops buying: add a clause on the stop of purchases."
                )
            )
    for clause in clauses:
        try:
            checked(ClauseKind(clause.kind), clause.parameters)
        except WrongParameters:
            missing = [str(parameter.label) for parameter in wording.missing_of(clause)]
            found.append(
                ngettext(
                    "Clause %(reference)s, %(title)s, still lacks: %(missing)s.",
                    "Clause %(reference)s, %(title)s, still lacks: %(missing)s.",
                    len(missing),
                )
                % {"reference": clause.reference, "title": clause.title, "missing": ", ".join(missing)}
            )
        if not clause.text.strip():
            found.append(_("Clause %(reference)s has no text.") % {"reference": clause.reference})
    return found


@atomic
def propose(*, version_id: UUID, by: Person, at: datetime) -> AgreementVersion:
    """Fix the bytes of a draft and put it before the parties.

    Raises AgreementVersion.DoesNotExist, CannotMove for what is no draft, and NotReady.
    """
    agreement, version = locked_draft(version_id)
    if problems := problems_of(version):
        raise NotReady(problems)
    if agreement.state not in (AgreementState.DRAFT, AgreementState.IN_FORCE, AgreementState.SUSPENDED):
        raise CannotMove(_("Agreement %(number)s has ended.") % {"number": agreement.number})
    content = documents.text_pdf(version, at=at)
    file = files.store(
        chunks=[content],
        name=documents.file_name(version, complete=False),
        media_type="application/pdf",
        by=by,
        at=at,
    )
    move_version(
        version,
        VersionState.PROPOSED,
        by=by,
        at=at,
        text_file=file,
        text_sha256=file.sha256,
        proposed_at=at,
    )
    if agreement.state == AgreementState.DRAFT:
        move_agreement(agreement, AgreementState.PROPOSED, by=by, at=at)
    publicity.show(version, at=at)
    tell_parties("agreement_proposed", version, at=at)
    return version


@atomic
def take_back(*, version_id: UUID, reason: str, by: Person, at: datetime) -> AgreementVersion:
    """Take a proposal back to revise it: it is withdrawn, and a new draft says the same. Returns the draft.

    Raises AgreementVersion.DoesNotExist, and CannotMove for what is not proposed.
    """
    agreement, version = locked(version_id)
    _withdraw(agreement, version, reason=reason, by=by, at=at)
    if agreement.state == AgreementState.PROPOSED:
        move_agreement(agreement, AgreementState.DRAFT, by=by, at=at, reason=reason)
    draft = _next_version(agreement, version, change_note=version.change_note, by=by, at=at)
    tell_parties("agreement_withdrawn", version, at=at)
    return draft


@atomic
def withdraw(*, version_id: UUID, reason: str, by: Person, at: datetime) -> AgreementVersion:
    """Give up a draft or a proposal. An agreement that binds stays as it is; any other is withdrawn with it.

    Raises AgreementVersion.DoesNotExist, and CannotMove where everyone has signed.
    """
    agreement, version = locked(version_id)
    was_proposed = version.state == VersionState.PROPOSED
    _withdraw(agreement, version, reason=reason, by=by, at=at)
    if not agreement.is_binding:
        move_agreement(agreement, AgreementState.WITHDRAWN, by=by, at=at, reason=reason)
    if was_proposed:
        tell_parties("agreement_withdrawn", version, at=at)
    return version


def _withdraw(
    agreement: Agreement, version: AgreementVersion, *, reason: str, by: Person, at: datetime
) -> None:
    if version.state not in (VersionState.DRAFT, VersionState.PROPOSED):
        raise CannotMove(
            _("Version %(number)s was signed by everyone. It can be ended, but not withdrawn.")
            % {"number": version.number}
        )
    move_version(version, VersionState.WITHDRAWN, by=by, at=at, reason=reason, ended_at=at)
    if version.text_sha256:
        publicity.show(version, at=at)


@atomic
def decline(*, version_id: UUID, party: Party, reason: str, by: Person, at: datetime) -> Decline:
    """A party refuses to sign, with its reason. The program then takes the version back.

    Runs in the party's own scope; the database checks that it speaks for itself and that the version is still
    proposed. Raises AgreementVersion.DoesNotExist and CannotMove.
    """
    version = AgreementVersion.objects.select_related("agreement").get(pk=version_id)
    if version.state != VersionState.PROPOSED:
        raise CannotMove(_("This version is no longer open for signature."))
    if party.signatures.filter(version=version).exists():
        raise CannotMove(_("You have signed this version already."))
    if party.declines.filter(version=version).exists():
        raise CannotMove(_("You have declined this version already."))
    made = Decline.objects.create(
        version=version,
        party=party,
        participation_id=party.participation_id,
        person=by,
        reason=reason,
        declined_at=at,
    )
    record("agreement.declined", version, by=by, at=at, after={"party": party.name}, reason=reason)
    tell_program("agreement_declined", version, key=f"declined:{made.pk}", at=at)
    return made
