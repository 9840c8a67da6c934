"""Duties to stop purchases that an import caused, when it is undone: withdrawn while nobody has acted on them, else they stay and the page of the
undo says so before.

Caused is what opened since the import was applied, for a brand that had to stop before its rows went and has not to any more.
"""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.enums import BreachState, DutyState
from agreements.models import Breach, FlaggedPurchase, StopDuty
from agreements.operations import breaches, duties
from agreements.queries.duties import bound_to_stop
from programs.queries import today
from wsr.deadlines.models import Clock
from wsr.imports.undoing import Undoing

_UNTOUCHED = (BreachState.SUSPECTED, BreachState.WITHDRAWN)


def note_bound(*, undoing: Undoing) -> None:
    """Which duties opened since hold for somebody who is bound to stop, as long as the rows are there. Reaction to `import.undoing`."""
    since = StopDuty.objects.active().filter(opened_at__gte=undoing.batch.applied_at)
    found = since.select_related("supplier", "standing_event__rung").order_by("pk")
    undoing.noted["duties"] = [duty.pk for duty in found if _is_bound(duty, undoing)]


def withdraw_duties(*, undoing: Undoing) -> None:
    """Withdraw those that nothing asks for any more. Reaction to `import.undone`, in its transaction; needs the rights of staff."""
    kept = 0
    reason = _("The import “%(source)s” that caused it was undone.") % {"source": undoing.batch.source}
    for pk in undoing.noted.get("duties", []):
        duty = duties.locked(pk)
        if _is_bound(duty, undoing):
            continue
        suspected = _breaches_of(pk)
        if _is_acted_on(duty, suspected):
            kept += 1
            continue
        for breach in suspected:
            if breach.state == BreachState.SUSPECTED:
                breaches.withdraw(breach_id=breach.pk, reason=reason, by=undoing.by, at=undoing.at)
        duties.withdraw(duty, reason, by=undoing.by, at=undoing.at)
        undoing.withdrawn += 1
    if kept:
        said = ngettext(
            "A duty to stop purchases that the import caused stays, because somebody has acted on it.",
            "Duties to stop purchases that the import caused stay, because somebody has acted on them.",
            kept,
        )
        undoing.kept.append((said, kept))


def _is_bound(duty: StopDuty, undoing: Undoing) -> bool:
    bound = bound_to_stop(duty.supplier, duty.standing_event.rung, on=today(undoing.at))
    return bound.filter(pk=duty.brand_id).exists()


def _is_acted_on(duty: StopDuty, suspected: list[Breach]) -> bool:
    """Answered, a notice served because of it, or a purchase flagged."""
    if duty.state != DutyState.OPEN or duty.stopped_on or FlaggedPurchase.objects.filter(duty=duty).exists():
        return True
    return any(breach.state not in _UNTOUCHED for breach in suspected)


def _breaches_of(duty_id: UUID) -> list[Breach]:
    """Breaches that its missed clocks have opened."""
    clocks = Clock.objects.filter(subject_type=StopDuty._meta.label_lower, subject_id=duty_id)
    about = Breach.objects.filter(subject_type="deadlines.clock", subject_id__in=clocks.values("pk"))
    return list(about.order_by("pk"))
