"""What a redaction would take away, for the person who is about to ask for it. Reads only."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from wsr.registry import names
from wsr.registry.enums import REDACTION_REASONS, Act, Wish
from wsr.registry.models import Identity, Instruction, Listing

OFFERED = (
    200  # records of the same name that one redaction offers; a longer list is cut, and the page says so
)


@dataclass
class Reach:
    """`naming`: records that lose the name. `same_name`: those that bear it themselves; `alike` have more words around it."""

    versions: int = 0
    naming: list[Listing] = field(default_factory=list)
    same_name: list[Listing] = field(default_factory=list)
    alike: list[Listing] = field(default_factory=list)
    is_cut: bool = False


def reach(identity: Identity) -> Reach:
    """Which records a redaction of this one would change, and which ones it would leave although they bear the name."""
    asked = Instruction(
        kind=identity.kind,
        subject_id=identity.subject_id,
        wish=Wish.REDACTION,
        reason_code=REDACTION_REASONS[0],
    )
    gone = names.gone([asked])
    newest = Listing.objects.get(public_id=identity.public_id)
    naming = names.naming(gone, [identity.public_id])
    found = Reach(versions=newest.version)
    found.naming = list(Listing.objects.filter(public_id__in=list(naming)).order_by("kind", "name_key", "pk"))
    spellings = gone.spellings.get(identity.public_id, set())
    says = Q(pk=None)
    for name in spellings:
        says |= Q(name_key__contains=names.fold(name))
    merged = Identity.objects.filter(merged_into=identity.public_id).values("public_id")
    others = Listing.objects.exclude(public_id=identity.public_id).exclude(act=Act.REDACTION)
    bearing = list(others.filter(says | Q(public_id__in=merged)).order_by("name_key", "pk")[: OFFERED + 1])
    found.is_cut = len(bearing) > OFFERED
    for listing in bearing[:OFFERED]:
        if not listing.name or gone.reason_of(listing.name):
            found.same_name.append(listing)
        elif gone.reason_in(listing.name):
            found.alike.append(listing)
    return found


def subjects(public_ids: list[str]) -> list[tuple[str, UUID]]:
    """(kind, subject) of records, by their numbers."""
    rows = Identity.objects.filter(public_id__in=public_ids).order_by("public_id")
    return list(rows.values_list("kind", "subject_id"))
