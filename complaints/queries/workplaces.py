"""A published workplace, for a worker who comes from its page or its poster."""

from dataclasses import dataclass
from uuid import UUID

from programs.models import Workplace
from wsr.registry.models import Identity, Listing
from wsr.tenancy import engine_scope


@dataclass(frozen=True)
class Place:
    """The workplace with the name that is published."""

    id: UUID
    supplier_id: UUID
    name: str


def published(program_id: UUID, public_id: str) -> Place | None:
    """The workplace of a program behind a public id; None where nothing is published under it. Beside the scope of the caller."""
    with engine_scope(program_id):
        listing = Listing.objects.filter(public_id=public_id, kind="workplace", is_shown=True).first()
        subject = Identity.objects.filter(public_id=public_id, kind="workplace").values_list(
            "subject_id", flat=True
        )
        found = Workplace.objects.filter(pk__in=subject).values_list("id", "supplier_id").first()
        return Place(*found, listing.name) if listing and found else None
