"""Farms, factories and sites: adding, changing, closing with all that hangs on them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from programs.enums import SessionState, WorkplaceType
from programs.models import EducationSession, Engagement, Participation, Sourcing, Workplace
from programs.operations.education import scheduling, sessions
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.imports.names import address_key, name_key
from wsr.reactions import react
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

SITE_ENDS = "programs.site_ends"

FIELDS = (
    "name",
    "address",
    "city",
    "region",
    "postal_code",
    "country",
    "latitude",
    "longitude",
    "disclosure_precision",
    "sector",
    "kind",
    "products",
    "languages",
    "worker_count",
    "os_id",
    "opened_on",
)


class CannotKeepWorkplace(DomainError):
    """The workplace cannot be recorded as asked."""


@atomic
def add(*, supplier_id: UUID, by: Person, at: datetime, **fields: Any) -> Workplace:
    """Record a workplace of a supplier. `fields` are those of FIELDS. Raises Participation.DoesNotExist, CannotKeepWorkplace."""
    supplier = Participation.objects.suppliers().get(pk=supplier_id)
    workplace = Workplace(supplier=supplier, created_at=at, updated_at=at, **fields)
    _check(workplace)
    workplace.save()
    stated = {name: value for name, value in fields.items() if value not in ("", None, [])}
    record("workplace.added", workplace, by=by, at=at, after={"supplier": supplier.name, **stated})
    return workplace


@atomic
def change(*, workplace_id: UUID, by: Person, at: datetime, **fields: Any) -> Workplace:
    """Change what is known of a workplace. Only what differs is written. Raises Workplace.DoesNotExist, CannotKeepWorkplace."""
    workplace = Workplace.objects.select_for_update(of=("self",)).get(pk=workplace_id)
    before = {name: getattr(workplace, name) for name in fields if getattr(workplace, name) != fields[name]}
    if not before:
        return workplace
    for name in before:
        setattr(workplace, name, fields[name])
    workplace.updated_at = at
    _check(workplace)
    workplace.save(update_fields=[*before, "name_key", "address_key", "updated_at"])
    record(
        "workplace.changed",
        workplace,
        by=by,
        at=at,
        before=before,
        after={name: fields[name] for name in before},
    )
    return workplace


@atomic
def close(*, workplace_id: UUID, closed_on: date, reason: str, by: Person | None, at: datetime) -> Workplace:
    """Record that a workplace has closed: sessions planned after that day are called off, education is owed no more, whoever works
    there leaves, nobody buys there any more, and housing of a site closes with it. What had happened stays.

    Reaction: `workplace.closed`. Raises Workplace.DoesNotExist and CannotKeepWorkplace.
    """
    workplace = Workplace.objects.select_for_update(of=("self",)).get(pk=workplace_id)
    if workplace.closed_on:
        raise CannotKeepWorkplace(_("%(name)s is closed already.") % {"name": workplace.name})
    if workplace.opened_on and closed_on < workplace.opened_on:
        raise CannotKeepWorkplace(
            _("It cannot close before it opened on %(day)s.") % {"day": workplace.opened_on}
        )
    workplace.closed_on, workplace.updated_at = closed_on, at
    workplace.save(update_fields=["closed_on", "updated_at"])
    record("workplace.closed", workplace, by=by, at=at, after={"closed_on": closed_on}, reason=reason)
    _call_off_sessions(workplace, closed_on, by=by, at=at)
    scheduling.draw_up(at=at, only=[workplace.pk], by=by)
    _end_work_and_sourcing(workplace, closed_on, by=by, at=at)
    clocks.cancel(kind=SITE_ENDS, subject=workplace, reason=_("The site has ended."), at=at, by=by)
    react("workplace.closed", workplace=workplace, by=by, at=at)
    for housing in workplace.housing.open().order_by("pk"):
        close(workplace_id=housing.pk, closed_on=_not_before(housing, closed_on), reason=reason, by=by, at=at)
    return workplace


def _not_before(workplace: Workplace, day: date) -> date:
    return max(filter(None, [workplace.opened_on, day]))


def _call_off_sessions(workplace: Workplace, day: date, *, by: Person | None, at: datetime) -> None:
    """Sessions planned for the days after; one of the last day may have been held and not reported yet."""
    zone = ZoneInfo(Program.objects.get(pk=current_program_id()).time_zone)
    over = datetime.combine(day + timedelta(days=1), time(), zone)
    planned = EducationSession.objects.filter(
        workplace=workplace, state=SessionState.PLANNED, starts_at__gte=over
    )
    for pk in planned.order_by("pk").values_list("pk", flat=True):
        sessions.cancel(session_id=pk, reason=_("The workplace has closed."), by=by, at=at)


def _end_work_and_sourcing(workplace: Workplace, day: date, *, by: Person | None, at: datetime) -> None:
    """Nobody works on a site that has ended, and nobody buys from a workplace that has closed."""
    said = _("The workplace has closed.")
    for row in Engagement.objects.open().filter(site=workplace).order_by("pk"):
        row.ended_on, row.end_reason, row.updated_at = max(day, row.started_on), said, at
        row.save(update_fields=["ended_on", "end_reason", "updated_at"])
        record("site.left", row, by=by, at=at, after={"ended_on": row.ended_on}, reason=said)
    for row in Sourcing.objects.filter(workplace=workplace, ended_on=None).order_by("pk"):
        row.ended_on, row.updated_at = max(filter(None, [row.started_on, day])), at
        row.save(update_fields=["ended_on", "updated_at"])
        record("sourcing.ended", row, by=by, at=at, after={"ended_on": row.ended_on}, reason=said)


def _check(workplace: Workplace) -> None:
    """Fill in the keys for matching and refuse what makes no sense."""
    workplace.name_key = name_key(workplace.name)
    workplace.address_key = address_key(workplace.address)
    if (workplace.latitude is None) != (workplace.longitude is None):
        raise CannotKeepWorkplace(_("Give both latitude and longitude, or neither."))
    if workplace.type == WorkplaceType.SITE and not workplace.opened_on:
        raise CannotKeepWorkplace(_("A site has a first day."))
    if workplace.ends_on and workplace.opened_on and workplace.ends_on < workplace.opened_on:
        raise CannotKeepWorkplace(_("The first day of a site is not after its planned last day."))
    same = Workplace.objects.open().filter(
        country=workplace.country, name_key=workplace.name_key, address_key=workplace.address_key
    )
    if twin := same.exclude(pk=workplace.pk).first():
        raise CannotKeepWorkplace(
            _("%(name)s is already on the list with this address.") % {"name": twin.name}
        )
