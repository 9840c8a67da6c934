"""The files of a complaint, beside its messages."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from complaints.models import Attachment
from wsr.vault.envelope import Place
from wsr.vault.operations import unseal_many


@dataclass(frozen=True, repr=False)
class Shown:
    """A file beside a message: what it is, how large (bytes), what it was called."""

    id: UUID
    kind: str
    size: int
    name: str


def by_message(complaint_id: UUID) -> dict[UUID, list[Shown]]:
    """{message: its files} of a complaint, of those that the person may see."""
    rows = list(Attachment.objects.filter(complaint_id=complaint_id).select_related("file"))
    if not rows:
        return {}
    names = unseal_many(complaint_id, [_name(row.pk) for row in rows])
    found: defaultdict[UUID, list[Shown]] = defaultdict(list)
    for row in rows:
        name = names[_name(row.pk)] or ""
        found[row.message_id].append(Shown(row.pk, row.file.kind_in_words, row.file.size, name))
    return dict(found)


def _name(attachment_id: UUID) -> Place:
    return Place("complaints_attachment", "name", attachment_id)
