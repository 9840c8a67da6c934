"""The code of conduct: drafting a version, writing provisions, putting it in force."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from programs.enums import Certainty, CodeState
from programs.models import CodeVersion, Provision, Severity
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id

_COPIED = ("reference", "title", "text", "severity_id", "position", "certainty", "source", "provenance")


class CannotChangeCode(DomainError):
    """The code cannot be changed as asked."""


@atomic
def draft_version(*, title: str, by: Person, at: datetime) -> CodeVersion:
    """A new draft with the provisions of the newest version. Raises CannotChangeCode while there is a draft."""
    newest = CodeVersion.objects.select_for_update(of=("self",)).order_by("-number").first()
    if CodeVersion.objects.filter(state=CodeState.DRAFT).exists():
        raise CannotChangeCode(_("There is a draft already. Put it in force before you begin another."))
    code = CodeVersion.objects.create(number=newest.number + 1 if newest else 1, title=title, created_at=at)
    copied = newest.provisions.all() if newest else []
    Provision.objects.bulk_create(
        Provision(
            program_id=current_program_id(), code=code, **{name: getattr(provision, name) for name in _COPIED}
        )
        for provision in copied
    )
    record("code.drafted", code, by=by, at=at, after={"version": code.number, "title": title})
    return code


@atomic
def put_in_force(*, code_id: UUID, on: date, by: Person, at: datetime) -> CodeVersion:
    """Put a draft in force from a day; the version in force until then is replaced on that day.

    Raises CodeVersion.DoesNotExist and CannotChangeCode.
    """
    code = CodeVersion.objects.select_for_update(of=("self",)).get(pk=code_id)
    if not code.may_become(CodeState.IN_FORCE):
        raise CannotChangeCode(_("Only a draft can be put in force."))
    if not code.provisions.exists():
        raise CannotChangeCode(_("A code without provisions cannot be put in force."))
    former = CodeVersion.objects.select_for_update(of=("self",)).filter(state=CodeState.IN_FORCE).first()
    if former:
        if on < former.in_force_on:
            raise CannotChangeCode(
                _("The version before is in force from %(day)s.") % {"day": former.in_force_on}
            )
        former.state, former.replaced_on = CodeState.REPLACED, on
        former.save(update_fields=["state", "replaced_on"])
        record("code.replaced", former, by=by, at=at, after={"replaced_on": on})
    code.state, code.in_force_on = CodeState.IN_FORCE, on
    code.save(update_fields=["state", "in_force_on"])
    record("code.in_force", code, by=by, at=at, after={"version": code.number, "in_force_on": on})
    return code


@atomic
def add_provision(
    *,
    code_id: UUID,
    reference: str,
    title: str,
    text: str,
    severity_id: UUID | None,
    by: Person,
    at: datetime,
) -> Provision:
    """Add a provision to a draft. Raises CodeVersion.DoesNotExist, Severity.DoesNotExist and CannotChangeCode."""
    code = _draft(code_id)
    if code.provisions.filter(reference=reference).exists():
        raise CannotChangeCode(_("There is a provision %(reference)s already.") % {"reference": reference})
    severity = Severity.objects.get(pk=severity_id) if severity_id else None
    provision = Provision.objects.create(
        code=code,
        reference=reference,
        title=title,
        text=text,
        severity=severity,
        position=code.provisions.count(),
    )
    record("provision.added", provision, by=by, at=at, after={"reference": reference, "text": text})
    return provision


@atomic
def change_provision(
    *, provision_id: UUID, title: str, text: str, severity_id: UUID | None, by: Person, at: datetime
) -> Provision:
    """Change a provision of a draft; it is then set by the program. Raises Provision.DoesNotExist and CannotChangeCode."""
    provision = Provision.objects.select_for_update(of=("self",)).get(pk=provision_id)
    _draft(provision.code_id)
    severity = Severity.objects.get(pk=severity_id) if severity_id else None
    wanted = {"title": title, "text": text, "severity_id": severity.pk if severity else None}
    before = {name: getattr(provision, name) for name in wanted if getattr(provision, name) != wanted[name]}
    if not before:
        return provision
    for name in before:
        setattr(provision, name, wanted[name])
    provision.certainty, provision.source, provision.provenance = Certainty.SET_BY_PROGRAM, "", {}
    provision.save()
    record(
        "provision.changed",
        provision,
        by=by,
        at=at,
        before=before,
        after={name: wanted[name] for name in before},
    )
    return provision


@atomic
def remove_provision(*, provision_id: UUID, by: Person, at: datetime) -> None:
    """Take a provision out of a draft. Raises Provision.DoesNotExist and CannotChangeCode."""
    provision = Provision.objects.select_for_update(of=("self",)).get(pk=provision_id)
    _draft(provision.code_id)
    record(
        "provision.removed",
        provision,
        by=by,
        at=at,
        before={"reference": provision.reference, "text": provision.text},
    )
    provision.delete()


def _draft(code_id: UUID) -> CodeVersion:
    code = CodeVersion.objects.select_for_update(of=("self",)).get(pk=code_id)
    if code.state != CodeState.DRAFT:
        raise CannotChangeCode(
            _("Version %(number)s is not a draft. Begin a new version.") % {"number": code.number}
        )
    return code
