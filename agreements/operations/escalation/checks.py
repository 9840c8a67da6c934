"""What is locked before a step, and what refuses it."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.models import Escalation
from agreements.queries.ladder import Ladder
from programs.models import Participation, Rung
from wsr.errors import DomainError


class CannotStep(DomainError):
    """The supplier cannot be put there as asked."""


def locked_supplier(supplier_id: UUID) -> Participation:
    """The supplier, locked together with its group, always in the same order, so that two people never wait for each other."""
    found = Participation.objects.suppliers().get(pk=supplier_id)
    rows = Participation.objects.suppliers().filter(pk=supplier_id)
    if found.parent_name.strip():
        rows |= Participation.objects.suppliers().filter(parent_name__iexact=found.parent_name.strip())
    locked = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    return locked[supplier_id]


def locked(escalation_id: UUID) -> Escalation:
    """The case, its supplier locked first as everywhere. Raises Escalation.DoesNotExist."""
    supplier_id = Escalation.objects.values_list("supplier_id", flat=True).get(pk=escalation_id)
    locked_supplier(supplier_id)
    rows = Escalation.objects.select_for_update(of=("self",)).select_related("supplier", "rung", "workplace")
    return rows.get(pk=escalation_id)


def followers(case: Escalation) -> list[Escalation]:
    """The open cases that stand where they stand because of this one, locked."""
    rows = Escalation.objects.open().filter(lead=case).select_for_update(of=("self",)).order_by("supplier_id")
    return list(rows.select_related("supplier", "rung"))


def rung_of(steps: Ladder, key: str) -> Rung:
    """The rung with this key. Raises Rung.DoesNotExist."""
    found = steps.rung(key)
    if found is None:
        raise Rung.DoesNotExist
    return found


def check_day(case: Escalation, effective_on: date) -> None:
    """Refuse a closed case, and a day before it came to its rung. Raises CannotStep."""
    if not case.is_open:
        raise CannotStep(_("%(number)s is closed.") % {"number": case.number})
    if effective_on < case.rung_since:
        raise CannotStep(
            _("It stands there since %(day)s. Choose that day or a later one.") % {"day": case.rung_since}
        )


def check_reachable(steps: Ladder, here: Rung | None, rung: Rung) -> None:
    """Refuse a rung that the program does not let follow. Raises CannotStep."""
    if rung in steps.reachable(here):
        return
    if steps.height(rung) <= steps.height(here):
        raise CannotStep(_("It stands on “%(rung)s” already, or worse.") % {"rung": rung.label})
    if not rung.is_step:
        raise CannotStep(
            _("“%(rung)s” is not a rung that the program puts a supplier on.") % {"rung": rung.label}
        )
    raise CannotStep(
        _("The next rung is “%(next)s”. “%(rung)s” follows at once only where the program's rules say so.")
        % {"next": steps.next_after(here).label, "rung": rung.label}
    )


def check_return(case: Escalation, steps: Ladder, overrides: bool) -> None:
    """Refuse a return that no rule allows, or whose condition is not proven. Raises CannotStep."""
    if overrides:
        return
    if not steps.says(case.rung, "step_down"):
        raise CannotStep(
            _(
                "The program has no rule that lets a supplier return from “%(rung)s”. The director may override it, with the reason."
            )
            % {"rung": case.rung.label}
        )
    if case.waits_for_proof:
        raise CannotStep(
            _("The condition for return is not proven yet: %(condition)s")
            % {"condition": case.condition_for_return}
        )


def has_met(case: Escalation) -> bool:
    """Whether a meeting was held on the present rung."""
    return case.meetings.filter(state="held", rung_id=case.rung_id, held_on__gte=case.rung_since).exists()


def check_explained(reason: str) -> None:
    """Refuse a step without a reason. Raises CannotStep."""
    if not reason.strip():
        raise CannotStep(_("Give the reason; it stays on record."))
