"""Where each field of a workplace comes from: an imported list or a person's edit, whichever was last."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from programs.models import Workplace
from wsr.history.models import Event, Payload
from wsr.imports.models import Change, Link


@dataclass(frozen=True)
class Origin:
    """Who or what said it, and when. `batch_id`: the import, where it was one."""

    label: str
    at: datetime
    batch_id: UUID | None = None


def of_workplace(workplace: Workplace) -> dict[str, Origin]:
    """{field: its origin} for the fields that were imported or typed in. Four queries."""
    found: dict[str, Origin] = {}
    for at, names, origin in sorted([*_imported(workplace), *_typed(workplace)], key=lambda entry: entry[0]):
        del at
        found.update(dict.fromkeys(names, origin))
    return found


def _imported(workplace: Workplace) -> Iterator[tuple[datetime, list[str], Origin]]:
    batches = set()
    for pair in Link.objects.filter(object_id=workplace.pk).values_list("first_batch_id", "last_batch_id"):
        batches.update(pair)
    changes = Change.objects.filter(
        batch_id__in=batches, table=Workplace._meta.db_table, object_id=workplace.pk, undone_at=None
    )
    for change in changes.select_related("batch"):
        at = change.batch.applied_at
        if at is not None:
            stated = [name for name, value in (change.after or {}).items() if value not in ("", None, [], {})]
            yield (
                at,
                stated,
                Origin(_("the list “%(list)s”") % {"list": change.batch.source}, at, change.batch_id),
            )


def _typed(workplace: Workplace) -> Iterator[tuple[datetime, list[str], Origin]]:
    events = dict(
        Event.objects.filter(
            subject_type=Workplace._meta.label_lower,
            subject_id=workplace.pk,
            event__in=["workplace.added", "workplace.changed"],
        ).values_list("pk", "at")
    )
    for pk, body in Payload.objects.filter(pk__in=events).values_list("pk", "body"):
        said = json.loads(body)
        yield events[pk], list(said["after"]), Origin(said["by"] or _("the system"), events[pk])
