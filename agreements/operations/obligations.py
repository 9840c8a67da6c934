"""What is done with obligations: opened, answered with proof, accepted, returned, waived, cancelled; overdue by their clock.

From a portal only `answer` can be done: the database refuses the party everything else.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from agreements.clauses.duties import BY_KEY
from agreements.enums import ObligationState, Side
from agreements.models import Answer, Clause, Decision, Obligation, Party, Proof
from agreements.models.obligations import DECISION
from agreements.operations import breaches
from agreements.operations.moving import move_row
from agreements.periods import Period
from programs.models import Participation
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as deadlines
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.history.queries import happened_since
from wsr.notices.operations import tell_role
from wsr.reactions import react
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

DUE, AGAIN, DECIDED = (
    "agreements.obligation_due",
    "agreements.obligation_returned",
    "agreements.obligation_decided",
)
REMINDED = "obligation.reminded"


class CannotMove(DomainError):
    """The obligation cannot do that in the state it is in."""


class NeedsAnother(DomainError):
    """Somebody else must decide."""


@atomic
def open_obligation(
    *,
    clause: Clause,
    party: Party,
    duty: str,
    period: tuple[date, date | None],
    counted_from: datetime,
    at: datetime,
    by: Person | None = None,
    about: tuple[str, UUID] | None = None,
) -> Obligation:
    """Open one obligation of a party, once per clause, duty, first day of the period and `about`; the one on record where there is one.

    `duty` is a key of `agreements.clauses.duties`; the limit is what the clause says, counted from `counted_from` (timezone-aware).
    Where the clause gives none, no clock runs. Needs the rights of staff; portals and workers leave it to a task. Raises KeyError.
    """
    key = {
        "clause": clause,
        "party": party,
        "duty": duty,
        "period_start": period[0],
        "about_id": about[1] if about else None,
    }
    return _open(
        key,
        length=BY_KEY[duty].length(clause),
        at=at,
        by=by,
        agreement_id=clause.version.agreement_id,
        participation_id=party.participation_id,
        title=_title(duty, clause),
        period_end=period[1],
        counted_from=counted_from,
        about_type=about[0] if about else "",
    )


@atomic
def open_decided(
    *,
    resolution_id: UUID,
    participation: Participation,
    title: str,
    length: Length | None,
    by: Person,
    at: datetime,
) -> Obligation:
    """Open what a decision of the committee asks of a participant, once; the one on record where there is one.

    Without `length` no clock runs. Needs the rights of staff.
    """
    today = at.astimezone(breaches.zone()).date()
    key = {"clause": None, "party": None, "duty": "", "about_id": resolution_id}
    fields = {"about_type": DECISION, "period_start": today, "counted_from": at}
    return _open(key, length=length, at=at, by=by, participation=participation, title=title[:200], **fields)


def _open(
    key: dict[str, Any], *, length: Length | None, at: datetime, by: Person | None, **fields: Any
) -> Obligation:
    """Open the one that `key` tells apart from all others, start its clock and tell whoever owes it."""
    found = Obligation.objects.filter(**key).first()
    if found is not None:
        return found
    obligation = Obligation(**key, **fields, opened_at=at)
    try:
        with atomic():
            obligation.save(force_insert=True)
    except IntegrityError:  # somebody else opened it a moment ago
        return Obligation.objects.get(**key)
    after = {"duty": obligation.duty, "from": obligation.period_start, "to": obligation.period_end}
    record("obligation.opened", obligation, by=by, at=at, after=after)
    _start_clock(obligation, length, at=at)
    _tell_party(obligation, "obligation_opened" if obligation.clause else "obligation_asked", at)
    return obligation


def _title(duty: str, clause: Clause) -> str:
    language = Program.objects.values_list("language", flat=True).get(pk=current_program_id())
    with translation.override(language):
        return BY_KEY[duty].title_in(clause)


def _start_clock(obligation: Obligation, length: Length | None, *, at: datetime) -> None:
    """The limit that the clause or the decision gives; none where it gives none."""
    clause, party = obligation.clause, obligation.party
    is_programs = party is not None and party.side == Side.PROGRAM
    deadlines.start(
        kind=DUE,
        subject=obligation,
        started_at=obligation.counted_from,
        at=at,
        responsible_participation_id=None if is_programs else obligation.participation_id,
        title=title_of(obligation),
        url=address_of(obligation),
        calendar_country=clause.version.agreement.country if clause else "",
        length=length,
    )


@atomic
def answer(
    *, obligation_id: UUID, note: str, by: Person | None, at: datetime, files: Iterable[StoredFile] = ()
) -> Obligation:
    """Say that it was done and send what shows it; it waits for the program then. From the party's portal, or by staff for it.

    Raises Obligation.DoesNotExist and CannotMove.
    """
    obligation = _locked(obligation_id)
    if not note.strip():
        raise CannotMove(_("Say in a sentence what was done."))
    _move(obligation, ObligationState.SUBMITTED, by=by, at=at, submitted_at=at)
    said = Answer.objects.create(
        obligation=obligation,
        participation_id=obligation.participation_id,
        note=note.strip(),
        sent_by=by,
        sent_by_name=str(by or ""),
        sent_at=at,
    )
    for file in {file.pk: file for file in files}.values():
        Proof.objects.create(answer=said, participation_id=obligation.participation_id, file=file)
    for kind in (DUE, AGAIN):
        deadlines.meet(kind=kind, subject=obligation, at=at, by=by)
    deadlines.start(
        kind=DECIDED,
        subject=obligation,
        started_at=at,
        at=at,
        by=by,
        title=title_of(obligation),
        url=address_of(obligation),
    )
    tell_role(
        kind="obligation_answered",
        key=f"obligation-answered:{said.pk}",
        permission=Permission.OBLIGATION_DECIDE,
        at=at,
        context={"obligation": str(obligation.pk)},
    )
    return obligation


@atomic
def accept(*, obligation_id: UUID, by: Person, at: datetime, reason: str = "") -> Obligation:
    """The answer shows that it was done. By somebody else than who wrote the answer. Raises Obligation.DoesNotExist, CannotMove, NeedsAnother."""
    obligation = _locked(obligation_id)
    last = obligation.answers.order_by("-sent_at", "-pk").first()
    if last is not None and last.sent_by_id == by.pk:
        raise NeedsAnother(_("You wrote this answer yourself; somebody else must accept it."))
    return _decide(obligation, ObligationState.ACCEPTED, reason, by=by, at=at, closed_at=at)


@atomic
def return_answer(
    *, obligation_id: UUID, reason: str, again_within_days: int, by: Person, at: datetime
) -> Obligation:
    """The answer does not do; the party answers again within so many days. Raises Obligation.DoesNotExist and CannotMove."""
    obligation = _decide(_locked(obligation_id), ObligationState.RETURNED, reason, by=by, at=at)
    deadlines.start(
        kind=AGAIN,
        subject=obligation,
        started_at=at,
        at=at,
        by=by,
        responsible_participation_id=obligation.participation_id,
        title=title_of(obligation),
        url=address_of(obligation),
        length=Length(
            again_within_days,
            Unit.DAYS,
            Basis.TARGET,
            "set_by_program",
            _("set with the return of the answer"),
        ),
    )
    return obligation


@atomic
def waive(*, obligation_id: UUID, reason: str, by: Person, at: datetime) -> Obligation:
    """The program does without it, for a reason on record. Raises Obligation.DoesNotExist and CannotMove."""
    return _decide(_locked(obligation_id), ObligationState.WAIVED, reason, by=by, at=at, closed_at=at)


@atomic
def remind(*, obligation_id: UUID, by: Person, at: datetime) -> Obligation:
    """Remind whoever owes it, at most once a day. Raises Obligation.DoesNotExist and CannotMove."""
    obligation = _locked(obligation_id)
    if not obligation.is_owed:
        raise CannotMove(_("Nothing is to be done about it any more, so there is nothing to remind of."))
    if happened_since(REMINDED, obligation, at - timedelta(days=1)):
        raise CannotMove(_("A reminder went out less than a day ago."))
    if not _tell_party(obligation, "obligation_reminder", at, key=at.isoformat()):
        raise CannotMove(_("Nobody signs in for this party; remind it another way."))
    record(REMINDED, obligation, by=by, at=at)
    return obligation


@atomic
def cancel(*, obligation_id: UUID, reason: str, at: datetime, by: Person | None = None) -> Obligation:
    """It is not owed after all: the agreement was amended or ended. Raises Obligation.DoesNotExist and CannotMove."""
    return _decide(_locked(obligation_id), ObligationState.CANCELLED, reason, by=by, at=at, closed_at=at)


@atomic
def fulfil(*, obligation_id: UUID, note: str, at: datetime, by: Person | None = None) -> Obligation:
    """What another room knows to be done (a payment was booked, a list was imported): answered and accepted in one act. `note` says by what.

    Nothing happens where it is accepted already. Raises Obligation.DoesNotExist and CannotMove.
    """
    obligation = _locked(obligation_id)
    if obligation.state == ObligationState.ACCEPTED:
        return obligation
    if obligation.is_owed:
        answer(obligation_id=obligation_id, note=note, by=by, at=at)
    return _decide(_locked(obligation_id), ObligationState.ACCEPTED, note, by=None, at=at, closed_at=at)


# ── What the clock does ──────────────────────────────────────────────────────────────────────────


def mark_overdue(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """The limit has passed and nothing was sent: the obligation says so from now on."""
    obligation = Obligation.objects.select_for_update(of=("self",)).get(pk=clock.subject_id)
    if obligation.is_owed and not obligation.is_overdue:
        obligation.is_overdue = True
        obligation.save(update_fields=["is_overdue"])
        record("obligation.overdue", obligation, by=None, at=at)


def suspect_breach(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """Still nothing: a suspected breach is opened, once; the program looks at it before any notice is served."""
    obligation = Obligation.objects.select_for_update(of=("self",)).get(pk=clock.subject_id)
    if not obligation.is_owed:
        return
    breaches.open_breach(
        agreement_id=obligation.agreement_id,
        participation_id=obligation.participation_id,
        clause_id=obligation.clause_id,
        subject=(Obligation._meta.label_lower, obligation.pk),
        title=_("Overdue: %(title)s") % {"title": title_of(obligation)},
        facts=_("Nothing acceptable had been received by %(day)s.")
        % {"day": clock.due_at.astimezone(breaches.zone()).strftime("%Y-%m-%d")},
        at=at,
    )


# ── Words and addresses ──────────────────────────────────────────────────────────────────────────


def title_of(obligation: Obligation) -> str:
    """“Report of purchases, March 2026”."""
    if obligation.period_end is None:
        return obligation.title
    return f"{obligation.title}, {Period(obligation.period_start, obligation.period_end)}"[:200]


def address_of(obligation: Obligation, slug: str = "") -> str:
    """The page of an obligation."""
    slug = slug or Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    return reverse("agreements:obligation", args=[slug, obligation.pk])


# ── The only place that writes the state ─────────────────────────────────────────────────────────


def _locked(obligation_id: UUID) -> Obligation:
    return Obligation.objects.select_for_update(of=("self",)).get(pk=obligation_id)


def _decide(
    obligation: Obligation,
    to: ObligationState,
    reason: str,
    *,
    by: Person | None,
    at: datetime,
    **fields: Any,
) -> Obligation:
    if to != ObligationState.ACCEPTED and not reason.strip():
        raise CannotMove(_("Say why; the party reads it."))
    _move(obligation, to, by=by, at=at, reason=reason.strip(), **fields)
    Decision.objects.create(
        obligation=obligation,
        participation_id=obligation.participation_id,
        outcome=to,
        reason=reason.strip(),
        decided_by=by,
        decided_at=at,
    )
    deadlines.meet(kind=DECIDED, subject=obligation, at=at, by=by)
    if to != ObligationState.RETURNED:
        react("obligation.closed", obligation=obligation, reason=reason.strip(), by=by, at=at)
    if to in (ObligationState.WAIVED, ObligationState.CANCELLED):
        for kind in (DUE, AGAIN):
            deadlines.cancel(kind=kind, subject=obligation, reason=reason.strip(), at=at, by=by)
    _tell_party(obligation, f"obligation_{to}", at)
    return obligation


def _move(
    obligation: Obligation,
    to: ObligationState,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    **fields: Any,
) -> None:
    """The caller holds the row lock."""
    refusal = CannotMove(
        _("This obligation is “%(now)s” already; it cannot become “%(to)s”.")
        % {"now": ObligationState(obligation.state).label, "to": to.label}
    )
    move_row(obligation, to, name="obligation", refusal=refusal, by=by, at=at, reason=reason, **fields)


def _tell_party(obligation: Obligation, kind: str, at: datetime, key: str = "") -> bool:
    """Tell who owes it: the organization's people, or the program's own where the program owes it. Whether there is anybody."""
    party = Party.objects.filter(pk=obligation.party_id).first()
    organization_id = Participation.objects.values_list("organization_id", flat=True).get(
        pk=obligation.participation_id
    )
    to: dict[str, Any] = {"permission": Permission.OBLIGATION_ANSWER, "organization_id": organization_id}
    if party is not None and party.side == Side.PROGRAM:
        to = {"permission": Permission.OBLIGATION_DECIDE}
    elif organization_id is None:
        return False  # nobody signs in for it; staff see it in their list
    tell_role(
        kind=kind,
        key=f"{kind}:{obligation.pk}:{key or obligation.decisions.count()}",
        at=at,
        context={"obligation": str(obligation.pk)},
        **to,
    )
    return True
