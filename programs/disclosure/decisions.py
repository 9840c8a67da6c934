"""What a program has decided to make public, in its rules `disclosure.*`, and when that may have changed. For the rooms above too."""

from datetime import date
from typing import Any

from django.db.models import Q

from programs import queries
from programs.models import Rule, Rung
from wsr.imports.models import Batch
from wsr.registry.disclosure import Since


def in_force(as_of: date) -> dict[str, Any]:
    """What the program decided about each item, {key without the section: value}."""
    rows = queries.rules(on=as_of).filter(section="disclosure")
    return {key.removeprefix("disclosure."): value for key, value in rows.values_list("key", "value")}


def changed(since: Since, *keys: str) -> bool:
    """Whether one of these rules, or any about what is public, was written, came into force or ended since the last publication."""
    rules = Rule.objects.filter(key__in=keys) if keys else Rule.objects.filter(section="disclosure")
    dated = Q(valid_from__gte=since.day) | Q(valid_until__gte=since.day)
    return bool(since.changed_ids(rules)) or rules.filter(dated).exists()


def changed_for_all(since: Since) -> bool:
    """Whether something was written that any record may repeat: a decision, a rung, or the undoing of an import."""
    undone = Batch.objects.exclude(undone_at=None)  # what an undo deletes leaves no row that could be found
    return bool(since.changed_ids(Rung.objects.all()) or since.changed_ids(undone) or changed(since))
