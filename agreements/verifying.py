"""What the public page says of an agreement's documents: sides and state of all, names once the agreement is public."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from agreements.enums import Side, VersionState
from agreements.models import PublicDocument
from wsr.registry.verifying import Paper
from wsr.tenancy.models import Program


def documents(sha256: str) -> Iterator[Paper]:
    """The documents with these bytes."""
    for row in PublicDocument.objects.filter(sha256=sha256).order_by("proposed_on", "pk"):
        tag, tone = _standing(row)
        yield Paper(tag, tone, str(row.get_kind_display()), _sentence(row), _facts(row))


PAPERS = [documents]


def _standing(row: PublicDocument) -> tuple[str, str]:
    if row.signed_on:
        return _("Signed by everyone"), "ok"
    if row.state == VersionState.WITHDRAWN:
        return _("Never signed by everyone, and withdrawn"), "bad"
    return _("Not signed by everyone yet"), "warn"


def _sentence(row: PublicDocument) -> str:
    said = {
        "title": row.title,
        "number": row.number,
        "version": row.version_number,
        "program": Program.objects.get(pk=row.program_id).name,
    }
    if row.title:
        return _("%(title)s, agreement %(number)s, version %(version)s, of the program %(program)s.") % said
    return _("Agreement %(number)s, version %(version)s, of the program %(program)s.") % said


def _facts(row: PublicDocument) -> list[tuple[str, list[object]]]:
    named = [f"{party['name']} ({Side(party['side']).label})" for party in row.parties]
    days = (
        (_("Proposed"), row.proposed_on),
        (_("Signed by everyone"), row.signed_on),
        (_("In force since"), row.in_force_on),
        (_("Until"), row.ended_on),
    )
    return [
        (
            _("Signed by") if row.signed_on else _("To be signed by"),
            named or [str(Side(side).label) for side in row.sides],
        ),
        *((label, [day]) for label, day in days if day),
        (_("State"), [row.get_state_display()]),
    ]
