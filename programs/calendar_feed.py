"""Sessions in a person's own calendar: those she leads. Never a workplace, never a number of people."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.enums import SessionState
from programs.models import EducationSession
from wsr.accounts.grants import Permission
from wsr.deadlines.feeds import AHEAD, BACK, MOST, Entry
from wsr.ui.inbox import Reader


def sessions(reader: Reader) -> Iterator[Entry]:
    """One entry per session, over its day."""
    if Permission.EDUCATION_CHANGE not in reader.standing.permissions:
        return
    rows = EducationSession.objects.exclude(state=SessionState.CANCELLED).filter(
        leader=reader.person, starts_at__gte=reader.at - BACK, starts_at__lte=reader.at + AHEAD
    )
    for session in rows.order_by("starts_at", "pk")[:MOST]:
        day = session.starts_at.astimezone(reader.zone).date()
        yield Entry(
            key=f"session-{session.pk}",
            title=_("Session with workers"),
            starts_on=day,
            ends_on=day + timedelta(days=1),
            changed_at=session.updated_at,
            url=reverse("programs:education_session", args=[reader.standing.program.slug, session.pk]),
        )


CALENDAR = [sessions]
