"""Visits in a person's own calendar: those she is on the team of or planned herself, unannounced ones included. Never a name."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.models import Inspection, TeamMember
from audits.queries.planning import IN_FIELD, ON_TEAM
from wsr.accounts.grants import Permission
from wsr.deadlines.feeds import AHEAD, BACK, MOST, Entry
from wsr.ui.inbox import Reader


def visits(reader: Reader) -> Iterator[Entry]:
    """One entry per visit over all its days, named after its kind alone."""
    if Permission.INSPECTION_READ not in reader.standing.permissions:
        return
    day = reader.at.astimezone(reader.zone).date()
    team = TeamMember.objects.filter(inspection=OuterRef("pk"), person=reader.person, state__in=ON_TEAM)
    rows = (
        Inspection.objects.filter(Q(planned_by=reader.person) | Exists(team), state__in=IN_FIELD)
        .between(day - BACK, day + AHEAD)
        .order_by("starts_on", "pk")
    )
    for visit in rows[:MOST]:
        yield Entry(
            key=f"inspection-{visit.pk}",
            title=_("%(kind)s inspection") % {"kind": visit.get_kind_display()},
            starts_on=visit.starts_on,
            ends_on=visit.ends_on + timedelta(days=1),
            changed_at=visit.updated_at,
            url=reverse("audits:inspection", args=[reader.standing.program.slug, visit.pk]),
        )


CALENDAR = [visits]
