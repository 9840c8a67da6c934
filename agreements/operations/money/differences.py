"""Differences as pieces of work: found, explained, then settled, or written off by somebody else than who explained them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.models.money import Difference, DifferenceFigure, DifferenceNote
from agreements.money.enums import DifferenceState, ReportSide
from agreements.operations.money.locking import lock
from agreements.queries.reconciling import Compared
from programs.models import Participation
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id


class CannotSettle(DomainError):
    """The difference cannot move so."""


@atomic
def note_all(*, found: Iterable[Compared], at: datetime, by: Person | None = None) -> list[Difference]:
    """Open what newly differs, bring figures up to date, settle what agrees again. Returns the new ones."""
    lock("reconcile")
    by_key = {one.key: one for one in found}
    known = {row.key: row for row in Difference.objects.open().select_for_update(of=("self",))}
    decided = _decided_figures(set(by_key) - set(known))
    made = []
    for key, one in by_key.items():
        row = known.get(key)
        if row is None and decided.get(key) == _figures(one):
            continue  # somebody decided on just these figures
        if row is None:
            row = _opened(one, at)
            made.append(row)
        _keep_figures(row, one)
    for key, row in known.items():
        if key not in by_key:
            _move(
                row, DifferenceState.SETTLED, by=by, at=at, decided_at=at, reason=_("The figures agree now.")
            )
    _tell(made, at)
    return made


@atomic
def explain(
    *, difference_id: UUID, text: str, participation_id: UUID | None, by: Person, at: datetime
) -> Difference:
    """Say why the figures differ; `participation_id`: for which side, None for staff. Raises CannotSettle and Difference.DoesNotExist."""
    if not text.strip():
        raise CannotSettle(_("Say why the figures differ."))
    row = _locked(difference_id)
    if not row.is_open:
        raise CannotSettle(_("Somebody has decided on this difference already."))
    DifferenceNote.objects.create(
        difference=row, participation_id=participation_id, text=text.strip(), written_by=by, written_at=at
    )
    if row.state == DifferenceState.OPEN:
        _move(row, DifferenceState.EXPLAINED, by=by, at=at, explained_by=by, explained_at=at)
    return row


@atomic
def settle(*, difference_id: UUID, reason: str, by: Person, at: datetime) -> Difference:
    """Accept an explanation: nothing more is to be done. Raises CannotSettle and Difference.DoesNotExist."""
    return _decide(difference_id, DifferenceState.SETTLED, reason, by, at)


@atomic
def write_off(*, difference_id: UUID, reason: str, by: Person, at: datetime) -> Difference:
    """Give up what is missing, with a reason. Raises CannotSettle and Difference.DoesNotExist."""
    return _decide(difference_id, DifferenceState.WRITTEN_OFF, reason, by, at)


@atomic
def send_back(*, difference_id: UUID, reason: str, by: Person, at: datetime) -> Difference:
    """Refuse an explanation: the difference is open again. Raises CannotSettle and Difference.DoesNotExist."""
    row = _locked(difference_id)
    _move(
        row, DifferenceState.OPEN, by=by, at=at, explained_by=None, explained_at=None, reason=reason.strip()
    )
    return row


@atomic
def disclose(*, difference_id: UUID, by: Person, at: datetime) -> Difference:
    """Show each side the other's figure. Raises CannotSettle where there are not two sides, and Difference.DoesNotExist."""
    row = _locked(difference_id)
    if not row.brand_id or not row.supplier_id:
        raise CannotSettle(_("Only one side has a figure here."))
    figures = {one.side: one.figure for one in row.figures.all()}
    readers = {ReportSide.BRAND: row.supplier_id, ReportSide.SUPPLIER: row.brand_id}
    rows = [
        DifferenceFigure(
            program_id=current_program_id(),
            difference=row,
            reader_id=readers[ReportSide(side)],
            side=side,
            figure=figure,
        )
        for side, figure in figures.items()
    ]
    DifferenceFigure.objects.bulk_create(rows, ignore_conflicts=True)
    record("difference.disclosed", row, by=by, at=at)
    return row


def _decide(difference_id: UUID, to: DifferenceState, reason: str, by: Person, at: datetime) -> Difference:
    if not reason.strip():
        raise CannotSettle(_("Give the reason; it stays on record."))
    row = _locked(difference_id)
    if row.state == DifferenceState.OPEN:
        raise CannotSettle(_("Somebody must explain the difference first."))
    if row.explained_by_id == by.pk:
        raise CannotSettle(_("You explained this difference, so somebody else decides on it."))
    _move(row, to, by=by, at=at, decided_by=by, decided_at=at, reason=reason.strip())
    return row


def _locked(difference_id: UUID) -> Difference:
    return Difference.objects.select_for_update(of=("self",)).get(pk=difference_id)


def _move(row: Difference, to: DifferenceState, *, by: Person | None, at: datetime, **fields: object) -> None:
    """The only place that writes `Difference.state`. The caller holds the row lock."""
    before = DifferenceState(row.state)
    if not row.may_become(to):
        words = {"state": before.label.lower()}
        raise CannotSettle(_("Somebody was here before you; this difference is: %(state)s.") % words)
    for name, value in {"state": to, **fields}.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *fields])
    reason = str(fields.get("reason", ""))
    record(
        f"difference.{to}", row, by=by, at=at, before={"state": before}, after={"state": to}, reason=reason
    )


def _opened(one: Compared, at: datetime) -> Difference:
    row = Difference.objects.create(
        kind=one.kind,
        key=one.key,
        brand_id=one.brand_id,
        supplier_id=one.supplier_id,
        product=one.product,
        unit=one.unit,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        found_at=at,
    )
    record("difference.found", row, by=None, at=at, after={"kind": one.kind, "starts_on": one.starts_on})
    return row


def _keep_figures(row: Difference, one: Compared) -> None:
    """Each side's own figure, addressed to itself; a figure that was disclosed is brought up to date too."""
    readers = {"brand": one.brand_id, "supplier": one.supplier_id}
    for (reader, side), figure in one.figures.items():
        if readers[reader] is None:
            continue
        DifferenceFigure.objects.update_or_create(
            difference=row, reader_id=readers[reader], side=side, defaults={"figure": figure}
        )
        DifferenceFigure.objects.filter(difference=row, side=side).exclude(figure=figure).update(
            figure=figure
        )


def _figures(one: Compared) -> dict[str, str]:
    return {side: str(figure.normalize()) for (_reader, side), figure in one.figures.items()}


def _decided_figures(keys: set[str]) -> dict[str, dict[str, str]]:
    """The figures on which people decided last, by key: the same ones are not asked about again."""
    rows = Difference.objects.filter(key__in=keys, decided_by__isnull=False).order_by("decided_at", "pk")
    found: dict[str, dict[str, str]] = {}
    for row in rows.prefetch_related("figures"):
        found[row.key] = {one.side: str(one.figure.normalize()) for one in row.figures.all()}
    return found


def _tell(made: list[Difference], at: datetime) -> None:
    if not made:
        return
    sides = {row.brand_id for row in made} | {row.supplier_id for row in made}
    organizations = dict(
        Participation.objects.filter(pk__in=sides - {None}, organization__isnull=False).values_list(
            "pk", "organization_id"
        )
    )
    for row in made:
        context = {"difference": str(row.pk)}
        tell_role(
            kind="difference_found",
            key=f"difference:{row.pk}",
            permission=Permission.MONEY_CHANGE,
            at=at,
            context=context,
        )
        for side, permission in (
            (row.brand_id, Permission.PURCHASE_REPORT),
            (row.supplier_id, Permission.SALE_REPORT),
        ):
            if side in organizations:
                tell_role(
                    kind="difference_found",
                    key=f"difference:{row.pk}:{side}",
                    permission=permission,
                    organization_id=organizations[side],
                    at=at,
                    context=context,
                )
