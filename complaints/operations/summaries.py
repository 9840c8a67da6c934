"""The summary of a closed complaint for the public log: written by one person inside, cleared by another, taken back by either."""

import secrets
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from complaints.disclosure.cases import CASE, standing
from complaints.enums import AssignmentState, Part, Recipient, Said
from complaints.models import Assignment, CaseSummary, Complainant, Complaint, Consent, Counted
from complaints.operations import giveaways
from complaints.operations.counting import lock
from complaints.operations.joining import TAKEN_APART
from complaints.operations.states import NotInvolved, locked
from complaints.queries.public import ENDED, LOG, decided, may_do_without_consent
from complaints.suppression import THRESHOLD
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.registry import operations as registry
from wsr.registry.enums import Reason, Wish
from wsr.registry.models import Identity, Instruction
from wsr.tenancy import atomic
from wsr.vault.envelope import Place
from wsr.vault.operations import seal_many, unseal_many

_TABLE = "complaints_casesummary"
_TRIES = 5
MOST = 4_000  # characters of each text


class CannotTell(DomainError):
    """This cannot be told in public, or not by this person. The sentence says why."""


@atomic
def write(
    *,
    complaint_id: UUID,
    description: str,
    outcome: str,
    names_workplace: bool,
    by: Person,
    at: datetime,
) -> CaseSummary:
    """Write a summary for the public log; it waits, sealed, for a second person. Written anew it takes the place of one that waits.

    Raises Complaint.DoesNotExist, NotInvolved and CannotTell.
    """
    complaint = locked(complaint_id)
    _inside(complaint, by)
    texts = {"description": description.strip(), "outcome": outcome.strip()}
    if not all(texts.values()):
        raise CannotTell(_("Write both: what it was about, and how it ended."))
    if any(len(text) > MOST for text in texts.values()):
        raise CannotTell(_("This is a summary: keep each text shorter."))
    before = CaseSummary.objects.filter(complaint=complaint, taken_back_at=None).first()
    if before is not None and before.is_cleared:
        raise CannotTell(_("A summary was cleared already. Take it back before you write another."))
    _check(complaint, names_workplace, texts, today(at))
    if before is not None:
        _take_back(before, at)
    summary = _create(complaint, names_workplace=names_workplace, written_by=by, written_at=at)
    seal_many(complaint.pk, {Place(_TABLE, column, summary.pk): text for column, text in texts.items()})
    record("complaint.summary_written", complaint, by=by, at=at)
    return summary


@atomic
def clear(*, summary_id: UUID, by: Person, at: datetime) -> CaseSummary:
    """Agree to every word of a summary somebody else wrote. It is public with the next publication. Raises as `write`, and CaseSummary.DoesNotExist."""
    lock()
    complaint, summary = _locked(summary_id)
    _inside(complaint, by)
    if summary.taken_back_at is not None or summary.is_cleared:
        raise CannotTell(_("This summary was cleared or taken back already."))
    if summary.written_by_id == by.pk:
        raise CannotTell(_("You wrote it. Somebody else who works on this complaint clears it."))
    texts = words_of(summary)
    _check(complaint, summary.names_workplace, texts, today(at))
    summary.description, summary.outcome = texts["description"], texts["outcome"]
    summary.cleared_by, summary.cleared_at = by, at
    summary.save(update_fields=["description", "outcome", "cleared_by", "cleared_at"])
    record("complaint.summary_cleared", complaint, by=by, at=at)
    return summary


@atomic
def take_back(*, summary_id: UUID, reason: str, by: Person, at: datetime) -> CaseSummary:
    """No longer told. What was published is redacted with the next publication, in every version.

    `reason` is kept with the redaction and holds no facts of the case. Raises CaseSummary.DoesNotExist, NotInvolved, CannotTell and GivesAway.
    """
    if not reason.strip():
        raise CannotTell(_("Say why, without facts of the case."))
    complaint, summary = _locked(summary_id)
    _inside(complaint, by)
    if summary.taken_back_at is not None:
        raise CannotTell(_("This summary was taken back already."))
    giveaways.check_reason(reason, complaint)
    _take_back(summary, at)
    if Identity.objects.filter(kind=CASE, subject_id=summary.pk, is_redacted=False).exists():
        registry.instruct(
            kind=CASE,
            subject_id=summary.pk,
            wish=Wish.REDACTION,
            reason_code=Reason.PRIVACY,
            note=reason.strip(),
            by=by,
            at=at,
        )
    record("complaint.summary_taken_back", complaint, by=by, at=at, reason=reason.strip())
    return summary


def words_of(summary: CaseSummary) -> dict[str, str]:
    """Its two texts, wherever they lie. In the circle of the complaint."""
    if summary.is_cleared:
        return {"description": summary.description, "outcome": summary.outcome}
    places = {column: Place(_TABLE, column, summary.pk) for column in ("description", "outcome")}
    texts = unseal_many(summary.complaint_id, places.values())
    return {column: texts[place] or "" for column, place in places.items()}


@atomic
def redact_unconsented(*, at: datetime) -> None:
    """Ask for the redaction of what was published and may not be told any more, since somebody withdrew her consent. In the engine's scope."""
    shown = CaseSummary.objects.filter(taken_back_at=None).exclude(pk__in=standing(today(at)).values("pk"))
    published = Identity.objects.filter(kind=CASE, is_redacted=False, subject_id__in=shown.values("pk"))
    asked = Instruction.objects.filter(kind=CASE, wish=Wish.REDACTION).values_list("subject_id", flat=True)
    for summary in shown.filter(pk__in=published.values("subject_id")).exclude(pk__in=list(asked)):
        Instruction.objects.create(
            kind=CASE,
            subject_id=summary.pk,
            wish=Wish.REDACTION,
            reason_code=Reason.PRIVACY,
            note="The consent to tell this case in public was withdrawn.",
            asked_by_id=summary.cleared_by_id,
            asked_at=at,
        )
        record("complaint.summary_taken_back", summary, by=None, at=at)


def _locked(summary_id: UUID) -> tuple[Complaint, CaseSummary]:
    """The complaint first, as whoever writes another summary of it does: two people at once wait, and neither is thrown out."""
    complaint = locked(CaseSummary.objects.values_list("complaint_id", flat=True).get(pk=summary_id))
    return complaint, CaseSummary.objects.select_for_update(of=("self",)).get(pk=summary_id)


def _inside(complaint: Complaint, person: Person) -> None:
    parts = Assignment.objects.filter(complaint=complaint, person=person, state=AssignmentState.ACCEPTED)
    if not parts.exclude(part=Part.EMERGENCY).exists():
        raise NotInvolved(_("Only somebody with a part in this complaint that stays writes for the public."))


def _check(complaint: Complaint, names_workplace: bool, texts: dict[str, str], on: date) -> None:
    """Whether this may be told on a day. Raises CannotTell."""
    if decided(on) not in LOG:
        raise CannotTell(
            _("The program publishes no single cases: see the rule about complaints under “What is public”.")
        )
    if complaint.state not in ENDED:
        raise CannotTell(_("Only what is closed is told in public."))
    if Counted.objects.filter(complaint=complaint).exists():
        raise CannotTell(
            _(
                "It was counted in the published numbers. Told one by one as well, it could be subtracted from them."
            )
        )
    _check_consent(complaint, names_workplace, on)
    if names_workplace and (
        complaint.workplace is None or (complaint.workplace.worker_count or 0) < THRESHOLD
    ):
        raise CannotTell(
            _("So few work there, or nobody knows how many, that its name would point to somebody.")
        )
    if found := giveaways.certain_in("\n".join(texts.values()), complaint):
        raise CannotTell(
            _("The text holds “%(word)s”: %(kind)s that is in the complaint. Leave it out.")
            % {"word": found[0].words.strip(), "kind": found[0].kind}
        )


def _check_consent(complaint: Complaint, names_workplace: bool, on: date) -> None:
    public = Consent.objects.filter(complaint=complaint, recipient=Recipient.PUBLIC, said=Said.FACTS)
    given = set(public.filter(withdrawn_at=None).values_list("complainant_id", flat=True))
    people = Complainant.objects.filter(complaint=complaint).exclude(**TAKEN_APART)
    everybody = set(people.values_list("pk", flat=True))
    if everybody <= given:
        return
    refused = set(public.values_list("complainant_id", flat=True)) - given
    if names_workplace or refused or not may_do_without_consent(on):
        raise CannotTell(_("Not everybody who complains has agreed that the public may know what happened."))


def _take_back(summary: CaseSummary, at: datetime) -> None:
    summary.taken_back_at = at
    summary.save(update_fields=["taken_back_at"])


def _create(complaint: Complaint, **fields: object) -> CaseSummary:
    """With a number nobody else's summary has; whose those are cannot be seen here."""
    for _try in range(_TRIES):
        number = f"{complaint.received_at.year}/{secrets.randbelow(900_000) + 100_000}"
        try:
            with atomic():
                return CaseSummary.objects.create(complaint=complaint, log_number=number, **fields)
        except IntegrityError:
            continue
    raise CannotTell(_("No number of the log was free. Press again."))
