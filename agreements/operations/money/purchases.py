"""Reporting what was bought or sold. A report is never edited: a correction is a new one that replaces it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.models.money import Purchase, PurchaseFile
from agreements.money.enums import Ended, ReportSide
from agreements.operations.money.checking import Desk, Line
from agreements.operations.money.locking import lock
from agreements.operations.money.waking import settle_soon
from programs import queries
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id


class CannotReport(DomainError):
    """The report cannot stand. `problems`: {field: sentence}."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


def desk_of(side: ReportSide, owner_id: UUID, *, at: datetime) -> Desk:
    """What a side's lines are checked against, with nobody else reporting for it until the end of the transaction.

    Raises Participation.DoesNotExist.
    """
    lock("purchases", str(side), owner_id)
    owner = Participation.objects.get(pk=owner_id, part=str(side))
    return Desk(ReportSide(side), owner, today=queries.today(at))


@atomic
def report(
    *, side: ReportSide, owner_id: UUID, values: Mapping[str, str], by: Person, at: datetime
) -> Purchase:
    """Record one line as one side reports it. `values`: texts by the names in `checking.FIELDS`.

    Raises CannotReport and Participation.DoesNotExist.
    """
    desk = desk_of(side, owner_id, at=at)
    made = insert(desk, [_new(desk, values)], by=by, at=at)[0]
    record("purchase.reported", made, by=by, at=at, after=_facts(made))
    return made


@atomic
def correct(
    *, purchase_id: UUID, values: Mapping[str, str], reason: str, by: Person, at: datetime
) -> Purchase:
    """Replace a report by a new one; the old one stays on record. Raises CannotReport and Purchase.DoesNotExist."""
    if not reason.strip():
        raise CannotReport({"reason": _("Say why the report is corrected.")})
    old = _locked(purchase_id)
    end([old], Ended.REPLACED, at=at)
    desk = desk_of(ReportSide(old.side), _owner_id(old), at=at)
    line = _new(desk, values)
    made = insert(desk, [line], by=by, at=at, replaces={0: old}, reason=reason.strip())[0]
    record(
        "purchase.corrected",
        made,
        by=by,
        at=at,
        before=_facts(old),
        after=_facts(made),
        reason=reason.strip(),
    )
    return made


@atomic
def withdraw(*, purchase_id: UUID, reason: str, by: Person, at: datetime) -> Purchase:
    """Take a report back: it no longer counts and stays on record. Raises CannotReport and Purchase.DoesNotExist."""
    if not reason.strip():
        raise CannotReport({"reason": _("Say why the report is taken back.")})
    found = _locked(purchase_id)
    end([found], Ended.WITHDRAWN, at=at)
    record("purchase.withdrawn", found, by=by, at=at, before=_facts(found), reason=reason.strip())
    settle_soon()
    return found


def insert(
    desk: Desk,
    lines: list[Line],
    *,
    by: Person,
    at: datetime,
    replaces: Mapping[int, Purchase] | None = None,
    reason: str = "",
    file: PurchaseFile | None = None,
) -> list[Purchase]:
    """Write checked lines; `replaces`: {place in the list: what it replaces, ended already}. The caller holds the desk's lock."""
    is_brand = desk.side == ReportSide.BRAND
    former = replaces or {}
    made = Purchase.objects.bulk_create(
        Purchase(
            program_id=current_program_id(),
            side=desk.side,
            brand_id=desk.owner.pk if is_brand else line.partner_id,
            supplier_id=line.partner_id if is_brand else desk.owner.pk,
            workplace_id=line.workplace_id,
            product=line.product,
            product_key=line.product_key,
            unit=line.unit,
            volume=line.volume,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
            value=line.value,
            currency=line.currency,
            replaces=former.get(place),
            reason=reason if place in former else "",
            file=file,
            line=line.number or None,
            reported_by=by,
            reported_at=at,
        )
        for place, line in enumerate(lines)
    )
    settle_soon()
    return made


def end(rows: Iterable[Purchase], how: Ended, *, at: datetime) -> None:
    """Reports that no longer count. The caller holds the lock of their side. Raises CannotReport when one had ended."""
    ids = [row.pk for row in rows]
    changed = Purchase.objects.filter(pk__in=ids, ended_at=None).update(ended_at=at, ended=how, seen_at=None)
    if changed != len(ids):
        raise CannotReport({"starts_on": _("Somebody else has changed these reports. Look at them again.")})


def _new(desk: Desk, values: Mapping[str, str]) -> Line:
    line = desk.understand(values)
    if line.known is not None:
        line.errors["starts_on"] = _("These days are on record already. Correct that report instead.")
    if line.errors:
        raise CannotReport(line.errors)
    return line


def _locked(purchase_id: UUID) -> Purchase:
    """The report, with its side locked. Raises CannotReport where it no longer counts."""
    found = Purchase.objects.get(pk=purchase_id)
    lock("purchases", found.side, _owner_id(found))
    found = Purchase.objects.get(pk=purchase_id)
    if found.ended_at:
        problem = _("This report no longer counts: somebody has corrected it or taken it back.")
        raise CannotReport({"starts_on": problem})
    return found


def _owner_id(row: Purchase) -> UUID:
    return row.brand_id if row.side == ReportSide.BRAND else row.supplier_id


def _facts(row: Purchase) -> dict[str, object]:
    names = ("side", "product", "volume", "unit", "starts_on", "ends_on", "value", "currency")
    return {name: getattr(row, name) for name in names}
