"""Acts on several rows of a list at once: declared beside the list, one line each.

    class WorkplaceTable(Table):
        acts = [
            Act("sector", _("Set the sector"), Permission.WORKPLACE_CHANGE, set_sector, SectorForm,
                now="sector", restores=("sector",), undo=put_back),
        ]

`do` is called for each row with the operation that the row's own page uses. The preview calls it, too, and takes back what it did: what
is left out and why is what the operation itself refuses, and what will change is what it changes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from wsr.accounts.grants import Permission
from wsr.accounts.models import Person

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Act:
    """One act. Never declared on lists of complaints; a test holds it.

    `do(row, by=…, at=…, **given)`: what is done to one row, inside the scope of the person; raises DomainError where it cannot be done.
    `form`: what is asked once for all rows; its cleaned fields are `given`. `now(row)`: how the row stands, in words; what the preview
    shows before and after. `says(row)`: what happens, for acts that change nothing that `now` could show. `restores`: columns
    that `undo(row, by=…, at=…, **columns)` puts back, within `undo_for`; only while they and those of `watches` are as the act left them.
    Nor is anything done to a row where one of these has changed since the preview, so an act without `restores` names `watches`.
    """

    name: str
    label: Any
    permission: Permission
    do: Callable[..., object]
    form: type[forms.Form] | None = None
    now: Callable[[Any], object] | None = None
    says: Callable[[Any], object] | None = None
    restores: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()
    undo: Callable[..., object] | None = None
    undo_for: timedelta = field(default=DAY)

    def __post_init__(self) -> None:
        """Refuse an act that would be done whatever happened to a row since somebody looked."""
        if not self.restores and not self.watches:
            raise TypeError(f"{self.name}: name the columns that say whether a row is still as it was shown.")

    def seen(self, row: models.Model) -> dict[str, Any]:
        """The columns by which it is known whether something happened to a row, as JSON."""
        columns = {name: getattr(row, name) for name in (*self.restores, *self.watches)}
        return json.loads(json.dumps(columns, cls=DjangoJSONEncoder))

    def words(self, row: models.Model) -> str:
        """How a row stands."""
        return str(self.now(row)) if self.now else ""

    def put_back(self, row: models.Model, was: Mapping[str, Any], *, by: Person, at: datetime) -> None:
        """Undo the act on one row, by its operation. Raises DomainError."""
        if self.undo is None:
            raise TypeError(f"{self.name} cannot be undone.")
        columns = {name: row._meta.get_field(name).to_python(was[name]) for name in self.restores}
        self.undo(row, by=by, at=at, **columns)
