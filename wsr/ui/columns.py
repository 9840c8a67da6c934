"""The parts of a list: its columns, what it says while it is empty, and what of it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from wsr.accounts.grants import Permission


@dataclass(frozen=True)
class Column:
    """One column.

    `value`: path of attributes ("supplier.name") or a function of the row; the column's name when left out.
    `sort`: the field or annotation to order by. `link`: a view that takes the program's slug and the row's id, in this order,
    or a function of the row giving an address; `link_permission`: who is led there. `tone`: a function of the row; the value is shown as a tag of that tone.
    `template`: draws the cell from `row` and `value`. `hidden`: offered, not shown at first.
    """

    name: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    sort: str = ""
    link: str | Callable[[Any], str] = ""
    link_permission: Permission | None = None
    tone: Callable[[Any], str] | None = None
    template: str = ""
    hidden: bool = False
    numeric: bool = False

    def of(self, row: Any) -> Any:
        """The value for one row; None where the path breaks off."""
        if callable(self.value):
            return self.value(row)
        found = row
        for part in (self.value or self.name).split("."):
            try:
                found = getattr(found, part)
            except ObjectDoesNotExist:
                return None
            if found is None:
                return None
        return found() if callable(found) else found


@dataclass(frozen=True)
class Empty:
    """What a list says before it has any row: what would be here, why, and the one next step.

    `url_name` takes the program's slug; the step is offered to people with `permission`.
    """

    title: Any
    why: Any = ""
    action: Any = ""
    url_name: str = ""
    permission: Permission | None = None


@dataclass(frozen=True)
class Chip:
    """One filter in force, and the address without it."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class Heading:
    """The head of a shown column; `url` sorts by it."""

    column: Column
    url: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Cell:
    """A drawn cell."""

    content: Any
    numeric: bool


@dataclass(frozen=True)
class Line:
    """A drawn row: its cells, its id, and what it is called where it can be chosen."""

    pk: Any
    name: str
    cells: list[Cell]
