"""Giving a name or a contact away: somebody inside asks, another person inside decides, it lasts some hours, and the worker reads all of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import Act, AssignmentState, Basis, Part, Recipient, ReleaseState, Said
from complaints.models import Assignment, Complainant, Complaint, Release
from complaints.models.releases import LONGEST
from complaints.operations import releases_ending as ending
from complaints.operations import watch
from complaints.operations.releases_ending import RELEASE
from complaints.operations.states import NotInvolved, involved, locked
from wsr.accounts.grants import GRANTS, Permission, Role
from wsr.accounts.models import Membership, Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis as LengthBasis
from wsr.deadlines.enums import Unit
from wsr.deadlines.lengths import Length
from wsr.errors import DomainError
from wsr.notices.operations import tell_people
from wsr.tenancy import atomic
from wsr.vault.envelope import Place
from wsr.vault.operations import seal_many

MOST_HOURS = LONGEST // timedelta(hours=1)
DECIDERS = [role for role in Role if Permission.COMPLAINT_RELEASE in GRANTS[role]]
_SEEN_BY_EMPLOYER = (Recipient.EMPLOYER, Recipient.BRANDS)


class CannotRelease(DomainError):
    """This may not be given away so."""


class NeedsAnother(DomainError):
    """Another person must decide."""


@atomic
def ask(
    *,
    complaint_id: UUID,
    complainant_id: UUID,
    recipient: Recipient,
    said: Said,
    basis: Basis,
    hours: int,
    reason: str,
    duty: str = "",
    by: Person,
    at: datetime,
) -> Release:
    """Ask to give one thing about one complainant to one recipient, for at most seven days. The worker reads at once who asks, and for whom.

    `reason` and `duty` (the law, where there is no consent) are kept in the vault. Raises Complaint.DoesNotExist, NotInvolved,
    Complainant.DoesNotExist and CannotRelease.
    """
    complaint = locked(complaint_id)
    involved(complaint, by)
    who = Complainant.objects.get(pk=complainant_id, complaint=complaint)
    _check(who, Recipient(recipient), Said(said), Basis(basis), hours, reason, duty)
    deciders = _deciders(complaint, but=by)
    if not deciders:
        raise CannotRelease(
            _("Ask a director to take a part in this complaint first: another person must decide.")
        )
    if (open_one := ending.open_of(who.pk).filter(recipient=recipient, said=said).first()) is not None:
        if open_one.ends_at is None or open_one.ends_at > at:
            raise CannotRelease(_("This was asked for already."))
        ending.end_now(open_one, at=at, by=None)
    release = Release.objects.create(
        complaint=complaint,
        complainant=who,
        recipient=recipient,
        said=said,
        basis=basis,
        hours=hours,
        asked_by=by,
        asked_name=str(by),
        asked_at=at,
    )
    words = {"reason": reason.strip(), "duty": duty.strip() if basis == Basis.LEGAL_DUTY else ""}
    _seal(release, words)
    ending.note("asked", release, by=by, at=at)
    _tell("release_asked", release, deciders, at)
    return release


@atomic
def approve(*, release_id: UUID, by: Person, at: datetime) -> Release:
    """Let it be given away from now on, for as long as was asked. Raises Release.DoesNotExist, NotInvolved, NeedsAnother and CannotRelease."""
    complaint, release = _to_decide(release_id, by)
    if release.basis == Basis.CONSENT and not ending.consents(release):
        raise CannotRelease(_("She does not allow it any more; it cannot be approved."))
    release.ends_at = at + timedelta(hours=release.hours)
    _decide(release, ReleaseState.APPROVED, "ends_at", by=by, at=at)
    clocks.start(
        kind=RELEASE,
        subject=release,
        started_at=at,
        at=at,
        by=by,
        length=Length(release.hours, Unit.HOURS, LengthBasis.TARGET),
    )
    if release.recipient in _SEEN_BY_EMPLOYER:
        watch.employer_can_see(complaint, Act.NAMED, at=at, by=by)
    return release


@atomic
def refuse(*, release_id: UUID, answer: str, by: Person, at: datetime) -> Release:
    """Do not let it be given away; `answer`, why, is kept in the vault. Raises as `approve`, and CannotRelease without a reason."""
    if not answer.strip():
        raise CannotRelease(_("Say why, for whoever asked."))
    _complaint, release = _to_decide(release_id, by)
    _decide(release, ReleaseState.REFUSED, by=by, at=at)
    _seal(release, {"answer": answer.strip()})
    return release


@atomic
def end(*, release_id: UUID, by: Person, at: datetime) -> Release:
    """It was done, or is not wanted any more. Raises Release.DoesNotExist, NotInvolved and CannotRelease."""
    complaint, release = _locked(release_id)
    involved(complaint, by)
    if release.state not in (ReleaseState.ASKED, ReleaseState.APPROVED):
        raise CannotRelease(_("This release has ended."))
    ending.end_now(release, at=at, by=by)
    return release


def _check(
    who: Complainant, recipient: Recipient, said: Said, basis: Basis, hours: int, reason: str, duty: str
) -> None:
    if said == Said.FACTS or recipient == Recipient.PUBLIC:
        raise CannotRelease(_("Only a name or a contact is released, and never to the public."))
    if not 1 <= hours <= MOST_HOURS:
        raise CannotRelease(_("Choose from 1 to %(hours)s hours.") % {"hours": MOST_HOURS})
    if not reason.strip():
        raise CannotRelease(_("Say what for; the person who decides reads it."))
    if not (who.has_name if said == Said.NAME else who.has_name or who.has_phone):
        raise CannotRelease(_("She has told nothing of that, so there is nothing to release."))
    asked = Release(complainant=who, recipient=recipient, said=said)
    if basis == Basis.CONSENT and not ending.consents(asked):
        raise CannotRelease(_("She does not allow this. Ask her first, or say which law commands it."))
    if basis == Basis.LEGAL_DUTY and not duty.strip():
        raise CannotRelease(_("Say which law commands it, and where that is written."))


def _deciders(complaint: Complaint, *, but: Person) -> list[UUID]:
    """Who has a part that stays and may decide; never who asks."""
    inside = Assignment.objects.filter(complaint=complaint, state=AssignmentState.ACCEPTED)
    people = inside.exclude(part=Part.EMERGENCY).exclude(person=but).values("person")
    members = Membership.objects.filter(person__in=people, role__in=DECIDERS, ended_at=None)
    return list(members.values_list("person_id", flat=True).distinct())


def _locked(release_id: UUID) -> tuple[Complaint, Release]:
    complaint = locked(Release.objects.values_list("complaint_id", flat=True).get(pk=release_id))
    return complaint, Release.objects.select_for_update(of=("self",)).get(pk=release_id)


def _to_decide(release_id: UUID, by: Person) -> tuple[Complaint, Release]:
    complaint, release = _locked(release_id)
    parts = involved(complaint, by)
    if all(part.part == Part.EMERGENCY for part in parts):
        raise NotInvolved(_("Only somebody with a part that stays decides this."))
    if release.asked_by_id == by.pk:
        raise NeedsAnother(_("You asked for it; another person decides."))
    if release.state != ReleaseState.ASKED:
        raise CannotRelease(_("This was decided, or is no longer asked for."))
    return complaint, release


def _decide(release: Release, to: ReleaseState, *fields: str, by: Person, at: datetime) -> None:
    release.state, release.decided_by, release.decided_name, release.decided_at = to, by, str(by), at
    release.save(update_fields=["state", "decided_by", "decided_name", "decided_at", *fields])
    ending.note(str(to), release, by=by, at=at)
    _tell("release_answered", release, [release.asked_by_id], at)


def _seal(release: Release, words: dict[str, str]) -> None:
    seal_many(
        release.complaint_id,
        {Place("complaints_release", column, release.pk): text for column, text in words.items() if text},
    )


def _tell(kind: str, release: Release, people: list[UUID], at: datetime) -> None:
    context = {"complaint": str(release.complaint_id)}
    tell_people(
        kind=kind,
        key=f"{kind}:{release.pk}",
        people=people,
        at=at,
        context=context,
        about=release.complaint_id,
    )
