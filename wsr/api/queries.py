"""Who may use the API, for the pages that show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.api.models import Grant, GrantKind
from wsr.tenancy import person_scope


@dataclass(frozen=True)
class Device:
    """A device or client that acts in a person's name, and its grants."""

    device_id: UUID
    name: str
    kind: GrantKind
    grants: list[Grant]

    @property
    def last_used_at(self) -> datetime | None:
        """The latest use in any program."""
        return max((grant.last_used_at for grant in self.grants if grant.last_used_at), default=None)

    @property
    def is_device(self) -> bool:
        """Neither a firm's client nor an app password."""
        return self.kind == GrantKind.DEVICE

    @property
    def granted_at(self) -> datetime:
        """Since when."""
        return min(grant.granted_at for grant in self.grants)


def devices_of(person: Person) -> list[Device]:
    """Everything that acts in her name, newest first. Own transaction."""
    with person_scope(person.pk):
        grants = list(
            Grant.objects.open()
            .filter(person_id=person.pk)
            .select_related("program")
            .order_by("-granted_at", "pk")
        )
    found: dict[UUID, list[Grant]] = {}
    for grant in grants:
        found.setdefault(grant.device_id, []).append(grant)
    return [Device(key, rows[0].name, GrantKind(rows[0].kind), rows) for key, rows in found.items()]


def standing_of(grant: Grant, standings: Iterable[Standing]) -> Standing | None:
    """What the person is where this grant counts; None where she is it no longer."""
    for standing in standings:
        same = standing.program.pk == grant.program_id and standing.audience == grant.side
        if same and grant.organization_id in (None, standing.organization_id):
            return standing
    return None


def grants_of_program() -> QuerySet[Grant]:
    """All access to the active program that is neither ended nor expired, newest first."""
    return Grant.objects.open().select_related("person", "organization").order_by("-granted_at", "pk")
