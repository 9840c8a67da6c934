"""Sites that end, and who works for whom there."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from programs.enums import HIRES, ON_TOP, ContractorRole, Part, WorkplaceType
from programs.models import Engagement, Participation, SiteExtension, Workplace
from programs.operations import workplaces
from programs.operations.workplaces import SITE_ENDS
from programs.queries import sites as queries
from programs.queries import today
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.reactions import react
from wsr.said import gettext as _
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program


class CannotKeepSite(DomainError):
    """The site cannot be recorded or changed as asked."""


class CannotEngage(DomainError):
    """The work on the site cannot be recorded as asked."""


# ── The site and its end ─────────────────────────────────────────────────────────────────────────


@atomic
def open_site(
    *, supplier_id: UUID, opened_on: date, ends_on: date, by: Person, at: datetime, **fields: Any
) -> Workplace:
    """Record a site with its first and its planned last day; `supplier_id` runs it. The clock of its end begins.

    `fields` are those of a workplace. Raises Participation.DoesNotExist, CannotKeepSite and CannotKeepWorkplace.
    """
    _check_days(opened_on, ends_on)
    site = workplaces.add(
        supplier_id=supplier_id,
        by=by,
        at=at,
        type=WorkplaceType.SITE,
        opened_on=opened_on,
        ends_on=ends_on,
        **fields,
    )
    _start_clock(site, by=by, at=at)
    return site


@atomic
def add_housing(*, site_id: UUID, supplier_id: UUID, by: Person, at: datetime, **fields: Any) -> Workplace:
    """Record housing that somebody provides at a site; it closes with the site. Raises Workplace.DoesNotExist, CannotKeepSite."""
    site = _running(site_id)
    return workplaces.add(
        supplier_id=supplier_id, by=by, at=at, type=WorkplaceType.HOUSING, site_id=site.pk, **fields
    )


@atomic
def move_end(*, site_id: UUID, ends_on: date, reason: str, by: Person, at: datetime) -> Workplace:
    """Move the planned last day of a site, today or later. The old one and the reason stay. Raises Workplace.DoesNotExist, CannotKeepSite."""
    site = _running(site_id)
    if not reason.strip():
        raise CannotKeepSite(_("Say why the end moves; it stays on record."))
    if ends_on == site.ends_on:
        raise CannotKeepSite(_("The site ends on that day already."))
    if ends_on < today(at):
        raise CannotKeepSite(_("The new last day is today or later. A site that is over is closed."))
    _check_days(site.runs[0], ends_on)
    SiteExtension.objects.create(
        site=site, before_on=site.ends_on, ends_on=ends_on, reason=reason.strip(), recorded_at=at
    )
    before, site.ends_on, site.updated_at = site.ends_on, ends_on, at
    site.save(update_fields=["ends_on", "updated_at"])
    record(
        "site.end_moved",
        site,
        by=by,
        at=at,
        before={"ends_on": before},
        after={"ends_on": ends_on},
        reason=reason.strip(),
    )
    clocks.cancel(kind=SITE_ENDS, subject=site, reason=_("The end was moved."), at=at, by=by)
    _start_clock(site, by=by, at=at)
    return site


@atomic
def reach_end(*, clock: Any, rung: Any, at: datetime) -> None:
    """The planned last day is over and nobody moved it: the site ends, on that day."""
    del rung
    site = Workplace.objects.filter(pk=clock.subject_id, closed_on=None).first()
    if site is not None:
        reason = _("The planned last day is over.")
        workplaces.close(workplace_id=site.pk, closed_on=site.ends_on, reason=reason, by=None, at=at)


def _running(site_id: UUID) -> Workplace:
    """A site that has not ended, locked. Raises Workplace.DoesNotExist and CannotKeepSite."""
    site = Workplace.objects.select_for_update(of=("self",)).get(pk=site_id, type=WorkplaceType.SITE)
    if site.closed_on:
        raise CannotKeepSite(_("%(name)s has ended.") % {"name": site.name})
    return site


def _check_days(opened_on: date, ends_on: date) -> None:
    if ends_on < opened_on:
        raise CannotKeepSite(_("The last day cannot be before the first."))


def _start_clock(site: Workplace, *, by: Person | None, at: datetime) -> None:
    program = Program.objects.get(pk=current_program_id())
    opened_on, ends_on = site.runs
    clocks.start(
        kind=SITE_ENDS,
        subject=site,
        started_at=datetime.combine(opened_on, time(), ZoneInfo(program.time_zone)),
        at=at,
        by=by,
        title=_("%(name)s ends") % {"name": site.name},
        url=reverse("programs:workplace", args=[program.slug, site.pk]),
        length=Length((ends_on - opened_on).days, Unit.DAYS, Basis.BINDING, "set_by_program", ""),
    )


# ── Who works for whom ───────────────────────────────────────────────────────────────────────────


@atomic
def engage(
    *,
    site_id: UUID,
    contractor_id: UUID,
    role: ContractorRole,
    hired_by_id: UUID | None,
    started_on: date,
    by: Person,
    at: datetime,
) -> Engagement:
    """Record that somebody works on a site from a day on, for whoever hired it there. Nobody hires those on top.

    Reaction: `sourcing.recorded` with the contractor and all who work for it: who hires somebody that may have no work has a duty.
    Raises Workplace.DoesNotExist, Participation.DoesNotExist, CannotKeepSite and CannotEngage.
    """
    site, role = _running(site_id), ContractorRole(role)
    contractor = Participation.objects.present().get(pk=contractor_id)
    _check_part(contractor, role)
    _check_start(site, started_on)
    hirer = Participation.objects.get(pk=hired_by_id) if hired_by_id else None
    _check_place(site, contractor, role, hirer, started_on)
    row = Engagement.objects.create(
        site=site,
        contractor=contractor,
        hired_by=hirer,
        role=role,
        started_on=started_on,
        created_at=at,
        updated_at=at,
    )
    after = {"site": site.name, "contractor": contractor.name, "hired_by": hirer.name if hirer else ""}
    record("site.engaged", row, by=by, at=at, after={**after, "role": role, "started_on": started_on})
    concerned = queries.below(site.pk, contractor.pk, on=today(at))
    react("sourcing.recorded", supplier_ids=set(concerned), by=by, at=at)
    return row


@atomic
def leave(*, engagement_id: UUID, ended_on: date, reason: str, by: Person, at: datetime) -> list[Engagement]:
    """Record that somebody works on a site no more, and with it all whom it hired there. Returns what ended.

    Raises Engagement.DoesNotExist and CannotEngage.
    """
    found = Engagement.objects.get(pk=engagement_id)
    Workplace.objects.select_for_update(of=("self",)).get(pk=found.site_id)
    row = Engagement.objects.select_for_update(of=("self",)).get(pk=engagement_id)
    if row.ended_on:
        raise CannotEngage(_("This has ended already."))
    if not reason.strip():
        raise CannotEngage(_("Say why the work ends; it stays on record."))
    if ended_on < row.started_on:
        raise CannotEngage(_("It cannot end before it began on %(day)s.") % {"day": row.started_on})
    if ended_on > today(at):
        raise CannotEngage(_("Record the end on its day, or afterwards."))
    ids = queries.below(row.site_id, row.contractor_id, on=ended_on)
    rows = (
        Engagement.objects.open().filter(site_id=row.site_id, contractor__in=ids).select_related("contractor")
    )
    return [_end(one, ended_on, reason.strip(), by=by, at=at) for one in rows.order_by("pk")]


def _end(row: Engagement, ended_on: date, reason: str, *, by: Person | None, at: datetime) -> Engagement:
    row.ended_on, row.end_reason, row.updated_at = max(ended_on, row.started_on), reason, at
    row.save(update_fields=["ended_on", "end_reason", "updated_at"])
    after = {"contractor": row.contractor.name, "ended_on": row.ended_on}
    record("site.left", row, by=by, at=at, after=after, reason=reason)
    return row


def _check_part(contractor: Participation, role: ContractorRole) -> None:
    parts = (Part.SUPPLIER, Part.BRAND) if role == ContractorRole.DEVELOPER else (Part.SUPPLIER,)
    if contractor.part not in parts:
        raise CannotEngage(_("%(name)s does not take part as an employer.") % {"name": contractor.name})


def _check_start(site: Workplace, started_on: date) -> None:
    opened_on, ends_on = site.runs
    if not opened_on <= started_on <= ends_on:
        raise CannotEngage(
            _("The site runs from %(start)s to %(end)s; the work begins in that time.")
            % {"start": opened_on, "end": ends_on}
        )


def _check_place(
    site: Workplace,
    contractor: Participation,
    role: ContractorRole,
    hirer: Participation | None,
    started_on: date,
) -> None:
    """A place in the tree: hired by somebody who is there and hires such, on the site once at a time. The database keeps it as well."""
    rows = list(queries.of_site(site))
    there = {row.contractor_id: row for row in rows}  # the latest place of each
    places = [row for row in rows if row.contractor_id == contractor.pk]
    if any(row.ended_on is None or row.ended_on > started_on for row in places):
        raise CannotEngage(
            _("%(name)s has a place on this site at that time already.") % {"name": contractor.name}
        )
    if hirer is None:
        if role not in ON_TOP:
            raise CannotEngage(_("Say who hired it: only a developer or general contractor stands on top."))
        return
    if role == ContractorRole.DEVELOPER:
        raise CannotEngage(_("Nobody hires the developer of a site."))
    above = there.get(hirer.pk)
    if above is None or above.ended_on is not None or above.started_on > started_on:
        raise CannotEngage(_("%(name)s is not on this site on that day.") % {"name": hirer.name})
    if role not in HIRES[ContractorRole(above.role)]:
        raise CannotEngage(
            _("A %(above)s does not hire a %(role)s.")
            % {"above": above.get_role_display().lower(), "role": role.label.lower()}
        )
