"""The essentials of Worker-driven Social Responsibility: a program publishes only when they stand.

An app says in its `gates.py` when one of them is met: `GATES = [Gate(key, label, check)]`. An essential that no part of the
installation can check yet is not met. The director may override one, with a reason that the public page shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wsr.registry.models import Override


@dataclass(frozen=True)
class Gate:
    """One essential. `check(program_id)` runs in the program's scope and returns True, or a sentence saying what is missing.

    `page`: where it can be brought about, a view that takes the program's slug.
    """

    key: str
    label: Any
    check: Callable[[UUID], bool | str]
    page: str = ""


@dataclass(frozen=True)
class GateState:
    """How a gate stands now."""

    key: str
    label: Any
    is_met: bool
    missing: str = ""
    override: Override | None = None

    @property
    def is_open(self) -> bool:
        """Met or overridden: it does not keep the program from publishing."""
        return self.is_met or self.override is not None


# Source: the Statement of Principles of Worker-driven Social Responsibility (wsr-network.org).
ESSENTIALS: dict[str, Any] = {
    "financial_support": gettext_lazy("Brands pay part of the cost: a financial-support clause in force"),
    "stop_purchase": gettext_lazy(
        "Brands stop buying from who breaks the code: a stop-purchase clause in force"
    ),
    "education": gettext_lazy("Workers are taught their rights by workers"),
    "independent_inspection": gettext_lazy("Inspection is independent of the brands"),
    "names_and_locations": gettext_lazy("Names and locations of everyone taking part are public"),
    "complaint_line": gettext_lazy("Workers complain safely and somebody acts within a limit"),
}


def declared() -> dict[str, Gate]:
    """The gates that the apps can check, by key."""
    found = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.gates"
        if name != __name__ and find_spec(name):
            found |= {gate.key: gate for gate in import_module(name).GATES}
    return found


def states(program_id: UUID) -> list[GateState]:
    """Every essential, in order, as it stands in the active program."""
    checks = declared()
    overrides = {override.gate: override for override in Override.objects.filter(ended_at=None)}
    labels = {**ESSENTIALS, **{key: gate.label for key, gate in checks.items() if key not in ESSENTIALS}}
    found = []
    for key, label in labels.items():
        met = checks[key].check(program_id) if key in checks else _("This installation cannot show it yet.")
        found.append(
            GateState(key, label, met is True, "" if met is True else str(met or ""), overrides.get(key))
        )
    return found
