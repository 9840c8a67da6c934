"""Meetings of the committee in the calendar of those who were called, and of who prepares them. Never a place, never what is on the agenda."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.enums import SittingState
from agreements.queries import committee
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.deadlines.feeds import AHEAD, BACK, MOST, Entry
from wsr.ui.inbox import Reader


def sittings(reader: Reader) -> Iterator[Entry]:
    """One entry per meeting, over its day."""
    may = reader.standing.permissions
    if Permission.COMMITTEE_SIT not in may:
        return
    rows = committee.sittings(may_prepare=Permission.COMMITTEE_CHANGE in may).exclude(
        state=SittingState.CANCELLED
    )
    if Permission.COMMITTEE_CHANGE not in may:
        rows = rows.filter(attendances__seat=committee.seat_of(reader.person.pk, on=today(reader.at)))
    rows = rows.filter(starts_at__gte=reader.at - BACK, starts_at__lte=reader.at + AHEAD)
    for sitting in rows.order_by("starts_at", "pk")[:MOST]:
        day = today(sitting.starts_at)
        yield Entry(
            key=f"sitting-{sitting.pk}",
            title=_("Meeting of the committee"),
            starts_on=day,
            ends_on=day + timedelta(days=1),
            changed_at=sitting.called_at or sitting.created_at,
            url=reverse("agreements:sitting", args=[reader.standing.program.slug, sitting.pk]),
        )


CALENDAR = [sittings]
