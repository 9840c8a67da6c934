"""The invented ladder of the demo: one suspended supplier with duties of its brands, one on an early rung."""

from datetime import datetime

from agreements.models import StopDuty
from agreements.operations import duties, escalation
from agreements.queries.ladder import ladder
from programs.models import Participation
from programs.queries import today
from wsr.accounts.models import Person


def fill(*, director: Person, at: datetime) -> None:
    """Cases for the suppliers that do not stand well, and one duty acknowledged of those their standing opened."""
    steps = ladder(on=today(at))
    standing = {rung.key for rung in steps.steps}
    for supplier in Participation.objects.suppliers().filter(rung__in=standing).order_by("name", "pk"):
        event = supplier.standing_events.order_by("-effective_on", "-recorded_at", "-pk").first()
        escalation.start(
            supplier_id=supplier.pk,
            rung_key=supplier.rung,
            trigger="A corrective action was not done (demo)",
            reason=event.reason,
            effective_on=event.effective_on,
            by=director,
            at=at,
        )
    first = StopDuty.objects.active().order_by("brand__name", "pk").first()
    if first:
        duties.acknowledge(duty_id=first.pk, name="Demo compliance officer", by=director, at=at)
