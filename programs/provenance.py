"""Where each field of a workplace comes from: an imported list or a person's edit, whichever was last."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from programs.models import Workplace
from wsr.history.models import Event, Payload
from wsr.imports.models import Change, Link

_NOTHING: tuple[object, ...] = ("", None, [], {})


@dataclass(frozen=True)
class Origin:
    """Who or what said it, and when. `batch_id`: the import, where it was one."""

    label: str
    at: datetime
    batch_id: UUID | None = None


def of_workplace(workplace: Workplace) -> dict[str, Origin]:
    """{field: its origin} for the fields that were imported or typed in. Five queries at most."""
    found: dict[str, Origin] = {}
    for at, names, origin in sorted([*_imported(workplace), *_typed(workplace)], key=lambda entry: entry[0]):
        del at
        found.update(dict.fromkeys(names, origin))
    return found


def _imported(workplace: Workplace) -> Iterator[tuple[datetime, list[str], Origin]]:
    """What each import wrote. An import keeps the row as it was before; what it made of it is what the next one found, or what stands now."""
    batches = set()
    for pair in Link.objects.filter(object_id=workplace.pk).values_list("first_batch_id", "last_batch_id"):
        batches.update(pair)
    changes = Change.objects.filter(
        batch_id__in=batches, table=Workplace._meta.db_table, object_id=workplace.pk, undone_at=None
    )
    ordered = list(
        changes.exclude(batch__applied_at=None).select_related("batch").order_by("batch__applied_at", "step")
    )
    if not ordered:
        return
    now = (
        Workplace.objects.filter(pk=workplace.pk)
        .annotate(row=RawSQL("to_jsonb(programs_workplace)", (), output_field=JSONField()))
        .get()
        .row
    )
    for place, change in enumerate(ordered):
        made = next((later.before for later in ordered[place + 1 :] if later.before), now)
        was = change.before or {}
        names = [name for name, value in made.items() if value not in _NOTHING and value != was.get(name)]
        at = change.batch.applied_at
        yield at, names, Origin(_("the list “%(list)s”") % {"list": change.batch.source}, at, change.batch_id)


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
