"""Farms and factories: adding, changing, closing."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from programs.models import Participation, Workplace
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.imports.names import address_key, name_key
from wsr.tenancy import atomic

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
def close(*, workplace_id: UUID, closed_on: date, reason: str, by: Person, at: datetime) -> Workplace:
    """Record that a workplace has closed. Raises Workplace.DoesNotExist and CannotKeepWorkplace."""
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
    return workplace


def _check(workplace: Workplace) -> None:
    """Fill in the keys for matching and refuse what makes no sense."""
    workplace.name_key = name_key(workplace.name)
    workplace.address_key = address_key(workplace.address)
    if (workplace.latitude is None) != (workplace.longitude is None):
        raise CannotKeepWorkplace(_("Give both latitude and longitude, or neither."))
    same = Workplace.objects.open().filter(
        country=workplace.country, name_key=workplace.name_key, address_key=workplace.address_key
    )
    if twin := same.exclude(pk=workplace.pk).first():
        raise CannotKeepWorkplace(
            _("%(name)s is already on the list with this address.") % {"name": twin.name}
        )
