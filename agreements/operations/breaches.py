"""Breaches of agreements: suspected, noticed, acknowledged, cured or not. What the committee does with them is in `disputes`.

From a portal the party acknowledges the notice and says that it has cured the breach; everything else is the program's.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.clauses.duties import length_in
from agreements.enums import BreachState, ClauseKind
from agreements.models import Breach, BreachStep, Clause
from agreements.operations.moving import move_row
from programs.models import Participation
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as deadlines
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.files import operations as files
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_alias, current_program_id
from wsr.tenancy.models import Program

SUSPECTED, ACKNOWLEDGED, CURED, CLAIMED = (
    "agreements.breach_noticed",
    "agreements.breach_acknowledged",
    "agreements.breach_cured",
    "agreements.cure_decided",
)


class CannotMove(DomainError):
    """The breach cannot do that in the state it is in."""


@atomic
def open_breach(
    *,
    agreement_id: UUID | None,
    participation_id: UUID,
    clause_id: UUID | None = None,
    subject: tuple[str, UUID] | None = None,
    title: str,
    facts: str,
    at: datetime,
    by: Person | None = None,
) -> Breach:
    """Put a suspected breach on record, once per subject (a row by label and id); the one on record where there is one.

    The party sees nothing of it until the notice is served. `facts` are read by the party then: they name no worker and no complaint.
    Needs the rights of staff; what happens in a portal leaves it to a task.
    """
    with connections[current_alias()].cursor() as cursor:  # one number after the other
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"breaches {current_program_id()}"]
        )
    if subject is not None:
        found = Breach.objects.filter(subject_type=subject[0], subject_id=subject[1]).first()
        if found is not None:
            return found
    breach = Breach.objects.create(
        number=f"B-{Breach.objects.count() + 1}",
        agreement_id=agreement_id,
        clause_id=clause_id,
        participation_id=participation_id,
        subject_type=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        title=title[:200],
        facts=facts,
        opened_at=at,
    )
    _step(breach, by=by, at=at, text=facts, is_internal=True)
    record("breach.suspected", breach, by=by, at=at, after={"about": subject[0] if subject else ""})
    start_clock(SUSPECTED, breach, at=at, by=by)
    tell_program(breach, "breach_suspected", at)
    return breach


@atomic
def serve_notice(*, breach_id: UUID, letter: bytes, by: Person, at: datetime) -> Breach:
    """Serve the notice: `letter` is its PDF. From now on the party sees the breach, and the time to cure it runs.

    The time is that of the dispute clause of the agreement, else the program's own; where there is neither, none runs and the console
    says so. Raises Breach.DoesNotExist and CannotMove.
    """
    breach = locked(breach_id)
    _require(breach, BreachState.SUSPECTED, BreachState.NOTICED)
    breach.letter = files.store(
        chunks=[letter],
        name=f"notice-of-breach-{breach.number}.pdf",
        media_type="application/pdf",
        by=by,
        at=at,
        participation_id=breach.participation_id,
    )
    _move(breach, BreachState.NOTICED, by=by, at=at, noticed_at=at, letter=breach.letter)
    _step(breach, by=by, at=at, file=breach.letter)
    deadlines.meet(kind=SUSPECTED, subject=breach, at=at, by=by)
    start_clock(ACKNOWLEDGED, breach, at=at, by=by, for_party=True)
    start_clock(CURED, breach, at=at, by=by, for_party=True, length=length_of(breach, "cure_within"))
    tell_party(breach, "breach_noticed", at)
    return breach


@atomic
def acknowledge(*, breach_id: UUID, by: Person, at: datetime) -> Breach:
    """The party says that it has the notice. Raises Breach.DoesNotExist, and CannotMove where somebody has said so already."""
    breach = locked(breach_id)
    if breach.acknowledged_at is not None or breach.noticed_at is None:
        raise CannotMove(_("The receipt of this notice is acknowledged already."))
    breach.acknowledged_at = at
    breach.save(update_fields=["acknowledged_at"])
    _step(breach, by=by, at=at, text=_("Receipt of the notice acknowledged."), is_from_party=True)
    record("breach.acknowledged", breach, by=by, at=at)
    deadlines.meet(kind=ACKNOWLEDGED, subject=breach, at=at, by=by)
    return breach


@atomic
def claim_cure(
    *, breach_id: UUID, note: str, by: Person, at: datetime, proofs: Iterable[StoredFile] = ()
) -> Breach:
    """The party says what it did and sends what shows it; it waits for the program then. Raises Breach.DoesNotExist and CannotMove."""
    breach = locked(breach_id)
    _explained(note, _("Say in a sentence what was done."))
    _move(breach, BreachState.CURE_CLAIMED, by=by, at=at)
    shown: list[StoredFile | None] = [*proofs] or [None]
    for place, file in enumerate(shown):
        _step(breach, by=by, at=at, text="" if place else note.strip(), file=file, is_from_party=True)
    deadlines.meet(kind=CURED, subject=breach, at=at, by=by)
    start_clock(CLAIMED, breach, at=at, by=by)
    tell_program(breach, "breach_cure_claimed", at)
    return breach


@atomic
def accept_cure(*, breach_id: UUID, reason: str, by: Person, at: datetime) -> Breach:
    """It is cured; of one that the committee has upheld: what it asked for is done. Raises Breach.DoesNotExist and CannotMove."""
    breach = locked(breach_id)
    _move(breach, BreachState.CURED, by=by, at=at, reason=reason, closed_at=at)
    _step(breach, by=by, at=at, text=reason.strip())
    deadlines.meet(kind=CLAIMED, subject=breach, at=at, by=by)
    tell_party(breach, "breach_decided", at)
    return breach


@atomic
def reject_cure(*, breach_id: UUID, reason: str, again_within_days: int, by: Person, at: datetime) -> Breach:
    """It is not cured: the party gets so many days more, or none with 0. Raises Breach.DoesNotExist and CannotMove."""
    breach = locked(breach_id)
    _explained(reason)
    _require(breach, BreachState.CURE_CLAIMED, BreachState.NOTICED)
    to = BreachState.NOTICED if again_within_days else BreachState.NOT_CURED
    _move(breach, to, by=by, at=at, reason=reason)
    _step(breach, by=by, at=at, text=reason.strip())
    deadlines.meet(kind=CLAIMED, subject=breach, at=at, by=by)
    if again_within_days:
        more = Length(
            again_within_days, Unit.DAYS, Basis.TARGET, "set_by_program", _("set with the return of the cure")
        )
        start_clock(CURED, breach, at=at, by=by, for_party=True, length=more)
    tell_party(breach, "breach_decided", at)
    return breach


@atomic
def withdraw(*, breach_id: UUID, reason: str, by: Person | None, at: datetime) -> Breach:
    """There was no breach, or the program lets it rest. Raises Breach.DoesNotExist and CannotMove."""
    breach = locked(breach_id)
    _explained(reason)
    was_noticed = breach.noticed_at is not None
    _move(breach, BreachState.WITHDRAWN, by=by, at=at, reason=reason, closed_at=at)
    _step(breach, by=by, at=at, text=reason.strip(), is_internal=not was_noticed)
    for kind in (SUSPECTED, ACKNOWLEDGED, CURED, CLAIMED):
        deadlines.cancel(kind=kind, subject=breach, reason=reason.strip(), at=at, by=by)
    if was_noticed:
        tell_party(breach, "breach_decided", at)
    return breach


def mark_not_cured(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """The time to cure is over and nobody said that it is done."""
    breach = locked(clock.subject_id)
    if breach.state != BreachState.NOTICED:
        return
    _move(breach, BreachState.NOT_CURED, by=None, at=at)
    _step(breach, by=None, at=at, text=_("The time to cure has passed."))
    tell_party(breach, "breach_decided", at)
    tell_program(breach, "breach_not_cured", at)


# ── For the operations on disputes too ───────────────────────────────────────────────────────────


def dispute_clause(breach: Breach, *, on: date) -> Clause | None:
    """The clause of its agreement that says how disputes are decided, as in force on a day; the latest there was where none is."""
    if breach.agreement_id is None:
        return None
    rows = Clause.objects.of_kind(ClauseKind.DISPUTE_RESOLUTION).filter(
        version__agreement_id=breach.agreement_id, version__proposed_at__isnull=False
    )
    return rows.in_force(on=on).first() or rows.order_by("-version__number", "position").first()


def length_of(breach: Breach, parameter: str) -> Length | None:
    """A limit that the dispute clause gives; None leaves it to the program's own length."""
    on = (breach.noticed_at or breach.opened_at).astimezone(zone()).date()
    clause = dispute_clause(breach, on=on)
    return length_in(clause, parameter) if clause else None


def zone() -> ZoneInfo:
    """The time zone of the active program."""
    return ZoneInfo(Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id()))


def address_of(breach_id: UUID) -> str:
    """The page of a breach."""
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    return reverse("agreements:breach", args=[slug, breach_id])


def move(
    breach: Breach,
    to: BreachState,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    text: str = "",
    is_from_party: bool = False,
    **fields: Any,
) -> None:
    """Move a locked breach and put a step on its record. Raises CannotMove."""
    _move(breach, to, by=by, at=at, reason=reason, **fields)
    _step(breach, by=by, at=at, text=text or reason, is_from_party=is_from_party)


def locked(breach_id: UUID) -> Breach:
    """The breach, locked. Raises Breach.DoesNotExist."""
    return Breach.objects.select_for_update(of=("self",)).get(pk=breach_id)


def _require(breach: Breach, state: BreachState, to: BreachState) -> None:
    if breach.state != state:
        raise _refusal(BreachState(breach.state), to)


def _refusal(now: BreachState, to: BreachState) -> CannotMove:
    return CannotMove(
        _("This breach is “%(now)s” already; it cannot become “%(to)s”.") % {"now": now.label, "to": to.label}
    )


def _explained(text: str, ask: str = "") -> None:
    if not text.strip():
        raise CannotMove(ask or _("Say why; the party reads it."))


def _move(
    breach: Breach, to: BreachState, *, by: Person | None, at: datetime, reason: str = "", **fields: Any
) -> None:
    """The only place that writes `Breach.state`. The caller holds the row lock."""
    refusal = _refusal(BreachState(breach.state), to)
    move_row(breach, to, name="breach", refusal=refusal, by=by, at=at, reason=reason, **fields)


def _step(breach: Breach, *, by: Person | None, at: datetime, **fields: Any) -> None:
    BreachStep.objects.create(
        breach=breach, participation_id=breach.participation_id, state=breach.state, by=by, at=at, **fields
    )


def start_clock(
    kind: str,
    breach: Breach,
    *,
    at: datetime,
    by: Person | None,
    subject: Any = None,
    for_party: bool = False,
    length: Length | None = None,
) -> None:
    """Start a clock of a breach, or of what came of it (`subject`), under the name and with the page of the breach."""
    deadlines.start(
        kind=kind,
        subject=subject or breach,
        started_at=at,
        at=at,
        by=by,
        responsible_participation_id=breach.participation_id if for_party else None,
        title=str(breach),
        url=address_of(breach.pk),
        length=length,
    )


def tell_program(breach: Breach, kind: str, at: datetime) -> None:
    """Tell those of the program who decide about breaches."""
    tell_role(
        kind=kind,
        key=f"{kind}:{breach.pk}:{breach.steps.count()}",
        permission=Permission.OBLIGATION_DECIDE,
        at=at,
        context={"breach": str(breach.pk)},
    )


def tell_party(breach: Breach, kind: str, at: datetime) -> None:
    """Tell the people of the party, where it has an account."""
    organization_id = (
        Participation.objects.filter(pk=breach.participation_id)
        .values_list("organization_id", flat=True)
        .first()
    )
    if organization_id is not None:
        tell_role(
            kind=kind,
            key=f"{kind}:{breach.pk}:{breach.steps.count()}",
            permission=Permission.DISPUTE_READ,
            organization_id=organization_id,
            at=at,
            context={"breach": str(breach.pk)},
        )
