"""Reads of corrective actions: lists, the board, one action with all that happened, a supplier's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.enums import DUE_STATES, UNFIXED, ActionState, Side
from audits.models import CorrectiveAction, Inspection
from wsr.tenancy import Audience, current_audience

A = ActionState
TONES = {A.PROPOSED: "", A.AGREED: "info", A.REPORTED: "due", A.REJECTED: "warn", A.VERIFIED: "ok"}
CARDS = 20  # on one column of the board


def actions() -> QuerySet[CorrectiveAction]:
    """Actions with `supplier_name` and `workplace_name`, their provision and severity. Auditors know the names from their inspections."""
    rows = CorrectiveAction.objects.select_related("provision", "severity")
    if current_audience() == Audience.AUDITOR:
        visits = Inspection.objects.filter(workplace_id=OuterRef("workplace_id")).order_by("-starts_on")
        return rows.annotate(
            supplier_name=Subquery(visits.values("supplier_name")[:1]),
            workplace_name=Subquery(visits.values("workplace_name")[:1]),
        )
    return rows.annotate(supplier_name=F("supplier__name"), workplace_name=F("workplace__name"))


def tone_of(action: CorrectiveAction, *, on: date) -> str:
    """The tone of an action's state; bad where it is overdue."""
    return "bad" if action.is_overdue(on=on) else TONES.get(A(action.state), "")


def state_of(action: CorrectiveAction, *, on: date) -> str:
    """The state in words; one that is late says so."""
    return _("Overdue") if action.is_overdue(on=on) else str(action.get_state_display())


def to_do() -> Q:
    """What is neither verified nor withdrawn."""
    return Q(state__in=UNFIXED)


# ── The board ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Column:
    """One column of the board: its rows, and how many there are in all. `query`: the same rows as a list."""

    key: str
    label: Any
    rows: list[CorrectiveAction]
    total: int
    query: str
    tone: str = ""

    @property
    def more(self) -> int:
        """How many the board does not show."""
        return self.total - len(self.rows)


def columns_by_due(rows: QuerySet[CorrectiveAction], *, on: date) -> list[Column]:
    """What is not fixed, by its date. One query for the counts and one per column."""
    week, month = on + timedelta(days=7), on + timedelta(days=30)
    due = Q(state__in=DUE_STATES)
    return _columns(
        rows,
        [
            ("overdue", _("Overdue"), due & Q(due_on__lt=on), "due=overdue", "bad"),
            ("week", _("Within a week"), due & Q(due_on__gte=on, due_on__lte=week), "due=week", "due"),
            ("month", _("Within 30 days"), due & Q(due_on__gt=week, due_on__lte=month), "due=month", ""),
            ("later", _("Later"), due & Q(due_on__gt=month), "due=later", ""),
            ("reported", _("To be verified"), Q(state=A.REPORTED), "state=reported", "due"),
            ("proposed", _("No date agreed"), Q(state=A.PROPOSED), "state=proposed", ""),
        ],
    )


def columns_by_state(rows: QuerySet[CorrectiveAction]) -> list[Column]:
    """Every state with what stands in it, the next date first."""
    return _columns(
        rows,
        [
            (state.value, state.label, Q(state=state), f"state={state}", TONES.get(state, ""))
            for state in A
            if state != A.WITHDRAWN
        ],
    )


def _columns(rows: QuerySet[CorrectiveAction], wanted: list[tuple[str, Any, Q, str, str]]) -> list[Column]:
    counted = rows.order_by().aggregate(
        **{f"n_{key}": Count("pk", filter=which) for key, _label, which, _query, _tone in wanted}
    )
    order = (F("due_on").asc(nulls_last=True), "number", "pk")
    return [
        Column(
            key,
            label,
            list(rows.filter(which).order_by(*order)[:CARDS]) if counted[f"n_{key}"] else [],
            counted[f"n_{key}"],
            query,
            tone,
        )
        for key, label, which, query, tone in wanted
    ]


# ── One action ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Entry:
    """One line of an action's timeline. `proofs`: (id, name) of files."""

    at: datetime
    what: str
    who: str = ""
    detail: str = ""
    tone: str = ""
    is_now: bool = False
    proofs: tuple[tuple[str, str], ...] = field(default=())


_STEPS = {
    A.PROPOSED: gettext_lazy("Proposed"),
    A.AGREED: gettext_lazy("Agreed"),
    A.REPORTED: gettext_lazy("Reported as fixed"),
    A.REJECTED: gettext_lazy("Not fixed"),
    A.VERIFIED: gettext_lazy("Verified as fixed"),
    A.WITHDRAWN: gettext_lazy("Withdrawn"),
}
_ANSWERS = {
    "asked": gettext_lazy("Asked for time until %(day)s"),
    "granted": gettext_lazy("Time was given"),
    "refused": gettext_lazy("No more time was given"),
}


def timeline(action: CorrectiveAction, *, with_names: bool) -> list[Entry]:
    """What happened, the latest first. Names only `with_names`, for the program itself; others read from which side it came.

    A brand reads when it was agreed, reported and verified, and nothing of what was said.
    """
    said = (
        _dates(action)
        if current_audience() == Audience.BRAND
        else [*_steps(action, with_names), *_requests(action)]
    )
    entries = sorted(said, key=lambda entry: entry.at)[::-1]
    return [
        Entry(e.at, e.what, e.who, e.detail, e.tone, place == 0, e.proofs) for place, e in enumerate(entries)
    ]


def _dates(action: CorrectiveAction) -> Iterator[Entry]:
    for state, at in (
        (A.AGREED, action.agreed_at),
        (A.REPORTED, action.reported_at),
        (A.VERIFIED, action.verified_at),
    ):
        if at is not None:
            yield Entry(at, str(_STEPS[state]), tone=TONES.get(state, ""))


def _steps(action: CorrectiveAction, with_names: bool) -> Iterator[Entry]:
    files = proofs_of(action)
    before = ""
    for step in action.actionsteps.order_by("at", "pk"):
        state, side = A(step.state), str(Side(step.side).label)
        is_note = step.state == before
        before = step.state
        who = f"{step.name} ({side})" if with_names and step.name else side
        yield Entry(
            step.at,
            _("Note") if is_note else str(_STEPS[state]),
            who if step.by_id else "",
            step.note,
            "" if is_note else TONES.get(state, ""),
            proofs=() if is_note else files.get(step.at, ()),
        )


def proofs_of(action: CorrectiveAction) -> dict[datetime, tuple[tuple[str, str], ...]]:
    """{time of sending: ((file id, name), …)}; nothing for those who read no files of it."""
    found: dict[datetime, tuple[tuple[str, str], ...]] = {}
    if current_audience() == Audience.AUDITOR:
        return found
    for proof in action.actionproofs.exclude(file=None).select_related("file").order_by("sent_at", "pk"):
        if proof.file is not None:
            found[proof.sent_at] = (
                *found.get(proof.sent_at, ()),
                (str(proof.file_id), proof.file.name),
            )
    return found


def _requests(action: CorrectiveAction) -> Iterator[Entry]:
    for request in action.extensions.order_by("asked_at", "pk"):
        yield Entry(
            request.asked_at, str(_ANSWERS["asked"]) % {"day": request.due_asked}, detail=request.reason
        )
        if request.answered_at:
            yield Entry(request.answered_at, str(_ANSWERS[request.state]), detail=request.answer)


# ── A supplier's own ─────────────────────────────────────────────────────────────────────────────


def own_open() -> QuerySet[CorrectiveAction]:
    """What the supplier has to do or waits for, the next date first."""
    rows = actions().filter(to_do()).prefetch_related("milestones", "extensions")
    return rows.order_by(F("due_on").asc(nulls_last=True), "number")


def plan_of(workplace_id: UUID) -> QuerySet[CorrectiveAction]:
    """The corrective action plan of a workplace, with milestones, as it is printed."""
    rows = actions().filter(workplace_id=workplace_id).exclude(state=A.WITHDRAWN)
    return rows.prefetch_related("milestones").order_by("number")
