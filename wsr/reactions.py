"""How a room above hears of what happened in a room below.

The room below calls `react("standing.changed", supplier=…, at=…)` inside its operation. A room above names in its `reactions.py`

    REACTIONS = {"standing.changed": [open_duties]}

and its functions run in the same transaction: what they refuse refuses the whole act. They take the arguments by keyword.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps


def react(event: str, /, **facts: Any) -> None:
    """Call everything that rooms declared for this event, in the order of INSTALLED_APPS."""
    for function in _declared().get(event, ()):
        function(**facts)


@cache
def _declared() -> dict[str, list[Callable[..., None]]]:
    found: dict[str, list[Callable[..., None]]] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.reactions"
        if name != __name__ and find_spec(name):
            for event, functions in import_module(name).REACTIONS.items():
                found.setdefault(event, []).extend(functions)
    return found
