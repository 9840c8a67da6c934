"""What a new program needs before it can do its work: a list to go through, in any order, with breaks of days between.

An app lists functions in its `setup.py`: `SETUP = [function]`, each `function(request) -> Part | list[Part]`. They run inside the program's
scope; nothing of it is stored, each looks at what is there.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wsr.ui.navigation import discover


@dataclass(frozen=True)
class Part:
    """One part of setting up. `missing`: what is still missing, where somebody has begun. Lowest `order` first."""

    label: Any
    url: str
    why: Any
    is_done: bool
    missing: Any = ""
    order: int = 100

    @property
    def tone(self) -> str:
        """The tone of its state."""
        if self.is_done:
            return "ok"
        return "warn" if self.missing else ""

    @property
    def state(self) -> Any:
        """Done, begun or not."""
        if self.is_done:
            return _("Done")
        return _("Something is missing") if self.missing else _("Not started")


def parts_of(request: HttpRequest) -> list[Part]:
    """Every part, in the order in which it is usually done."""
    found: list[Part] = []
    for function in discover("setup", "SETUP"):
        told = function(request)
        found += told if isinstance(told, list) else [told]
    return sorted(found, key=lambda part: part.order)
