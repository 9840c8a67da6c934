"""What is known of a row, as pairs of label and value for the facts component."""

from typing import Any

from django.utils.formats import number_format

from programs import countries
from programs.models import Participation, Workplace

_PARTICIPATION = (
    "parent_name",
    "country",
    "website",
    "lei",
    "os_id",
    "registry_number",
    "joined_on",
    "ended_on",
)
_WORKPLACE = (
    "also_known_as",
    "address",
    "city",
    "region",
    "postal_code",
    "country",
    "latitude",
    "longitude",
    "sector",
    "kind",
    "products",
    "languages",
    "worker_count",
    "os_id",
    "opened_on",
    "ends_on",
    "closed_on",
)
_ONLY_WHEN_THERE = frozenset({"ended_on", "ends_on", "closed_on", "also_known_as"})


def participation_facts(participation: Participation) -> list[tuple[str, Any]]:
    """What is known of a participant."""
    return [_fact(participation, name)[1:] for name in _PARTICIPATION if _is_said(participation, name)]


def workplace_facts(workplace: Workplace) -> list[tuple[str, str, Any]]:
    """(field, label, value) of what is known of a workplace."""
    return [_fact(workplace, name) for name in _WORKPLACE if _is_said(workplace, name)]


def _is_said(row: Any, name: str) -> bool:
    """Whether the fact is worth a line: an end that has not come and a second name that nobody uses are not."""
    return name not in _ONLY_WHEN_THERE or bool(getattr(row, name))


def _fact(row: Any, name: str) -> tuple[str, str, Any]:
    value = getattr(row, name)
    label = str(row._meta.get_field(name).verbose_name)
    if name == "country" and value:
        value = countries.name_of(value)
    elif isinstance(value, list):
        value = ", ".join(value)
    elif isinstance(value, int):
        value = number_format(value, force_grouping=True)
    return name, label[:1].upper() + label[1:], value
