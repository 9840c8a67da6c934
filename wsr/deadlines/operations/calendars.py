"""The program's own days: weekly rest days, and single days counted otherwise."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.deadlines.calendars import known
from wsr.deadlines.models import CalendarDay, WorkingWeek
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic


class CannotSet(DomainError):
    """The calendar cannot say that."""


@atomic
def set_week(
    *,
    country: str,
    rest_weekdays: Collection[int] | None,
    by: Person,
    at: datetime,
    stands_for: str = "",
) -> WorkingWeek:
    """The program's own weekly rest days in a country (Monday is 0); None: those of the country.

    For no country, `stands_for` is the country on whose calendar a clock without one is counted. Clocks that run already do not move:
    that is `recompute`. Raises CannotSet.
    """
    days = sorted(set(rest_weekdays)) if rest_weekdays is not None else None
    if days is not None and (len(days) > 6 or any(day not in range(7) for day in days)):
        raise CannotSet(_("Choose at most six of the seven days of the week."))
    if not all(known(code) for code in (country, stands_for) if code):
        raise CannotSet(_("There is no calendar of public holidays for this country."))
    week, _made = WorkingWeek.objects.select_for_update(of=("self",)).get_or_create(
        country=country, defaults={"set_by": by, "set_at": at}
    )
    before = {"rest_weekdays": week.rest_weekdays, "stands_for": week.stands_for}
    week.rest_weekdays, week.set_by, week.set_at = days, by, at
    week.stands_for = "" if country else stands_for
    week.save()
    record(
        "calendar.week_set",
        week,
        by=by,
        at=at,
        before=before,
        after={"country": country, "rest_weekdays": days, "stands_for": week.stands_for},
    )
    return week


@atomic
def set_day(
    *, country: str, day: date, is_working: bool, reason: str, by: Person, at: datetime
) -> CalendarDay:
    """Count a single day otherwise; a second time replaces the first. Clocks that run already do not move. Raises CannotSet."""
    if not reason.strip():
        raise CannotSet(_("Say why this day counts otherwise."))
    if country and not known(country):
        raise CannotSet(_("There is no calendar of public holidays for this country."))
    row, _made = CalendarDay.objects.update_or_create(
        country=country,
        day=day,
        defaults={"is_working": is_working, "reason": reason.strip(), "set_by": by, "set_at": at},
    )
    record(
        "calendar.day_set",
        row,
        by=by,
        at=at,
        after={"day": day, "country": country, "is_working": is_working},
        reason=reason.strip(),
    )
    return row


@atomic
def remove_day(*, day_id: UUID, by: Person, at: datetime) -> None:
    """Count a day as the calendar does again. Raises CalendarDay.DoesNotExist."""
    row = CalendarDay.objects.select_for_update(of=("self",)).get(pk=day_id)
    record("calendar.day_removed", row, by=by, at=at, before={"day": row.day, "is_working": row.is_working})
    row.delete()
