"""Who buys from whom."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from programs.models import Participation, Sourcing, Workplace
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import atomic, current_program_id

SUBJECT = Sourcing._meta.label_lower


class CannotSource(DomainError):
    """The sourcing cannot be recorded as asked."""


@atomic
def start(
    *,
    brand_id: UUID,
    supplier_ids: Sequence[UUID] = (),
    workplace_ids: Sequence[UUID] = (),
    started_on: date | None,
    by: Person,
    at: datetime,
    tier: str = "",
) -> list[Sourcing]:
    """Record that a brand buys from suppliers as a whole, or from single workplaces. What is on record already is left alone.

    Returns the new rows. Reaction: `sourcing.recorded` with the suppliers (None: any). Raises Participation.DoesNotExist (also for another program's) and CannotSource.
    """
    brand = Participation.objects.brands().select_for_update(of=("self",)).get(pk=brand_id)
    if brand.ended_on:
        raise CannotSource(_("%(name)s no longer takes part.") % {"name": brand.name})
    if not supplier_ids and not workplace_ids:
        raise CannotSource(_("Choose at least one supplier or workplace."))
    wanted = _wanted(supplier_ids, workplace_ids)
    known = set(
        Sourcing.objects.filter(brand=brand, ended_on=None).values_list("supplier_id", "workplace_id")
    )
    rows = Sourcing.objects.bulk_create(
        Sourcing(
            program_id=current_program_id(),
            brand=brand,
            supplier_id=supplier,
            workplace_id=workplace,
            tier=tier,
            started_on=started_on,
            created_at=at,
            updated_at=at,
        )
        for supplier, workplace in wanted
        if (supplier, workplace) not in known
    )
    for row in rows:
        after = {
            "brand": brand.name,
            "from": wanted[row.supplier_id, row.workplace_id],
            "started_on": started_on,
        }
        record("sourcing.started", (SUBJECT, row.pk), by=by, at=at, after=after)
    if rows:
        react("sourcing.recorded", supplier_ids={row.supplier_id for row in rows}, by=by, at=at)
    return rows


@atomic
def end(*, sourcing_id: UUID, ended_on: date, by: Person, at: datetime, reason: str = "") -> Sourcing:
    """Record that a brand no longer buys there. Raises Sourcing.DoesNotExist and CannotSource."""
    rows = Sourcing.objects.select_related("brand", "supplier", "workplace")
    row = rows.select_for_update(of=("self",)).get(pk=sourcing_id)
    if row.ended_on:
        raise CannotSource(_("This has ended already."))
    if row.started_on and ended_on < row.started_on:
        raise CannotSource(_("It cannot end before it began on %(day)s.") % {"day": row.started_on})
    row.ended_on, row.updated_at = ended_on, at
    row.save(update_fields=["ended_on", "updated_at"])
    after = {"brand": row.brand.name, "from": (row.workplace or row.supplier).name, "ended_on": ended_on}
    record("sourcing.ended", (SUBJECT, row.pk), by=by, at=at, after=after, reason=reason)
    return row


def _wanted(
    supplier_ids: Sequence[UUID], workplace_ids: Sequence[UUID]
) -> dict[tuple[UUID, UUID | None], str]:
    """{(supplier, workplace or None): name} of what was chosen. Raises DoesNotExist when one is not in the program."""
    suppliers = {row.pk: row for row in Participation.objects.suppliers().filter(pk__in=supplier_ids)}
    workplaces = {row.pk: row for row in Workplace.objects.filter(pk__in=workplace_ids)}
    if len(suppliers) < len(set(supplier_ids)) or len(workplaces) < len(set(workplace_ids)):
        raise Participation.DoesNotExist
    return {(row.pk, None): row.name for row in suppliers.values()} | {
        (row.supplier_id, row.pk): row.name for row in workplaces.values()
    }
