"""Suppliers, brands and the bodies of a program: joining, changing, standing, leaving."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from programs.enums import Part
from programs.models import Participation, Rung, StandingEvent
from programs.queries.meanings import Meanings
from wsr.accounts.grants import Role
from wsr.accounts.models import Organization, OrganizationKind, Person
from wsr.accounts.operations import invite
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.imports.names import name_key
from wsr.notices.operations import emit
from wsr.reactions import react
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

FIELDS = ("name", "parent_name", "country", "website", "lei", "os_id", "registry_number", "joined_on")


class CannotTakePart(DomainError):
    """The participation cannot be recorded as asked."""


class CannotChangeStanding(DomainError):
    """The standing cannot be changed as asked."""


@atomic
def add(*, part: Part, by: Person, at: datetime, **fields: Any) -> Participation:
    """Record that an organization takes part. A supplier begins on the first rung of the ladder, where the program has one.

    `fields` are those of FIELDS. Raises CannotTakePart where the part already has one of this name in this country.
    """
    participation = Participation(part=part, created_at=at, updated_at=at, **fields)
    participation.name_key = name_key(participation.name)
    _refuse_twin(participation)
    first = Rung.objects.first() if part == Part.SUPPLIER else None
    participation.rung = first.key if first else ""
    participation.save()
    record("participation.added", participation, by=by, at=at, after={"part": part, **_stated(fields)})
    if first:
        day = participation.joined_on or _today(at)
        StandingEvent.objects.create(
            participation=participation,
            rung=first,
            effective_on=min(day, _today(at)),
            recorded_at=at,
            reason=_("Joined."),
        )
    return participation


@atomic
def change(*, participation_id: UUID, by: Person, at: datetime, **fields: Any) -> Participation:
    """Change what is known of a participant. Only what differs is written. Raises Participation.DoesNotExist, CannotTakePart."""
    participation = Participation.objects.select_for_update(of=("self",)).get(pk=participation_id)
    before = {
        name: getattr(participation, name) for name in fields if getattr(participation, name) != fields[name]
    }
    if not before:
        return participation
    for name in before:
        setattr(participation, name, fields[name])
    participation.name_key = name_key(participation.name)
    participation.updated_at = at
    _refuse_twin(participation)
    participation.save(update_fields=[*before, "name_key", "updated_at"])
    record(
        "participation.changed",
        participation,
        by=by,
        at=at,
        before=before,
        after={name: fields[name] for name in before},
    )
    return participation


@atomic
def end(*, participation_id: UUID, ended_on: date, reason: str, by: Person, at: datetime) -> Participation:
    """Record that an organization no longer takes part. Raises Participation.DoesNotExist and CannotTakePart."""
    participation = Participation.objects.select_for_update(of=("self",)).get(pk=participation_id)
    if participation.ended_on:
        raise CannotTakePart(_("%(name)s has left already.") % {"name": participation.name})
    if ended_on > _today(at):
        raise CannotTakePart(_("Record the end on its day, or afterwards."))
    if participation.joined_on and ended_on < participation.joined_on:
        raise CannotTakePart(
            _("It cannot end before it began on %(day)s.") % {"day": participation.joined_on}
        )
    participation.ended_on, participation.updated_at = ended_on, at
    participation.save(update_fields=["ended_on", "updated_at"])
    record("participation.ended", participation, by=by, at=at, after={"ended_on": ended_on}, reason=reason)
    return participation


ROLES_OF: dict[Part, tuple[Role, ...]] = {
    Part.BRAND: (Role.BRAND_SIGNATORY, Role.BRAND_OFFICER, Role.BRAND_FINANCE),
    Part.SUPPLIER: (Role.SUPPLIER_MANAGER,),
}


@atomic
def invite_people(
    *, participation_id: UUID, email: str, role: Role, by: Person, at: datetime
) -> Participation:
    """Invite somebody to act for a brand or supplier in its portal; the first invitation gives the organization its account.

    Raises Participation.DoesNotExist, CannotTakePart, and what `accounts.operations.invite` raises.
    """
    participation = Participation.objects.select_for_update(of=("self",)).get(pk=participation_id)
    if Role(role) not in ROLES_OF.get(Part(participation.part), ()):
        raise CannotTakePart(_("This role does not belong to such an organization."))
    if participation.ended_on:
        raise CannotTakePart(_("%(name)s has left already.") % {"name": participation.name})
    if participation.organization is None:
        participation.organization = _organization_of(participation)
        participation.updated_at = at
        participation.save(update_fields=["organization", "updated_at"])
        record(
            "participation.account_given",
            participation,
            by=by,
            at=at,
            after={"organization": participation.organization.name},
        )
    invite(email=email, role=role, organization=participation.organization, by=by, at=at)
    return participation


def _organization_of(participation: Participation) -> Organization:
    """The organization of this name and kind, so that a brand in three programs signs in once; a new one where there is none.

    One that already has another part in this program is somebody else of the same name.
    """
    kind = OrganizationKind(participation.part)
    known = Organization.objects.filter(name__iexact=participation.name, kind=kind).order_by(
        "created_at", "pk"
    )
    taken = Participation.objects.exclude(organization=None).values("organization_id")
    return known.exclude(pk__in=taken).first() or Organization.objects.create(
        name=participation.name, kind=kind, country=participation.country
    )


@atomic
def change_standing(
    *,
    participation_id: UUID,
    rung_key: str,
    effective_on: date,
    reason: str,
    by: Person,
    at: datetime,
    provision_reference: str = "",
    condition_for_return: str = "",
    decided_by: str = "",
) -> StandingEvent:
    """Put a supplier on a rung of the ladder from a day on, today or earlier in the program's time zone.

    A day before an event on record is a correction of the past: both stay, the present standing is the one effective last.
    Raises Participation.DoesNotExist, Rung.DoesNotExist and CannotChangeStanding. Reaction: `standing.changed` with the supplier,
    the event, the rung that now holds and the key of the one before.
    """
    supplier = Participation.objects.suppliers().select_for_update(of=("self",)).get(pk=participation_id)
    rung = Rung.objects.get(key=rung_key)
    _check_standing(supplier, rung, effective_on, reason, at)
    event = StandingEvent.objects.create(
        participation=supplier,
        rung=rung,
        effective_on=effective_on,
        recorded_at=at,
        reason=reason,
        provision_reference=provision_reference,
        condition_for_return=condition_for_return,
        decided_by=decided_by,
    )
    newest = _holding(supplier)
    before, supplier.rung, supplier.updated_at = supplier.rung, newest.rung.key, at
    supplier.save(update_fields=["rung", "updated_at"])
    record(
        "standing.changed",
        supplier,
        by=by,
        at=at,
        before={"standing": before},
        after={"standing": rung.key, "effective_on": effective_on},
        reason=reason,
    )
    ids = {"participation": str(supplier.pk), "standing_event": str(event.pk)}
    emit(kind="standing_changed", key=f"standing:{event.pk}", at=at, context=ids)
    holding = Meanings(Rung).on(newest.rung, _today(at))
    react("standing.changed", supplier=supplier, event=event, rung=holding, before=before, by=by, at=at)
    return event


def _holding(supplier: Participation) -> StandingEvent:
    """The event whose rung holds: the one effective last."""
    rows = supplier.standing_events.select_related("rung")
    return rows.order_by("-effective_on", "-recorded_at", "-pk")[0]


def _check_standing(
    supplier: Participation, rung: Rung, effective_on: date, reason: str, at: datetime
) -> None:
    if not reason.strip():
        raise CannotChangeStanding(_("Give the reason; it stays on record."))
    if effective_on > _today(at):
        raise CannotChangeStanding(_("A standing begins today or earlier. Record it on its day."))
    if supplier.ended_on:
        raise CannotChangeStanding(_("%(name)s no longer takes part.") % {"name": supplier.name})
    if (
        supplier.rung == rung.key
        and not supplier.standing_events.filter(effective_on__gt=effective_on).exists()
    ):
        raise CannotChangeStanding(
            _("%(name)s already stands there: %(rung)s.") % {"name": supplier.name, "rung": rung.label}
        )


def _refuse_twin(participation: Participation) -> None:
    """No two of the same part, name key and country at a time."""
    twins = Participation.objects.present().filter(
        part=participation.part, name_key=participation.name_key, country=participation.country
    )
    if twin := twins.exclude(pk=participation.pk).first():
        raise CannotTakePart(
            _("%(name)s is already in the program under this name and country.") % {"name": twin.name}
        )


def _stated(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _today(at: datetime) -> date:
    """The day in the program's time zone."""
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id())
    return at.astimezone(ZoneInfo(zone)).date()
