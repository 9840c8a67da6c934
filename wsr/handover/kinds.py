"""What a person can hold. An app lists its kinds in `handover.py`: `HANDOVER = [Kind(…)]`.

    Kind("programs.sessions", _("Sessions with workers"), Permission.EDUCATION_CHANGE, rows=sessions, give=lead_instead)

`rows(leaving)` yields what these people hold, inside the scope of who looks: what she may not know of is neither listed nor counted.
`give(item, to=…, by=…, at=…)` is the act; it raises DomainError where this colleague may not have it, as for a conflict of interest.
What everybody with the permission sees to can be given to one of them by name: `give=keep`, and `rows` asks `wsr.handover.queries.seen_to`.

`APART = ("complaints.",)`: clocks of such subjects are passed on in the room's own way. `COUNTED = [Counted(…)]`: what is only counted.
`STANDS_IN = [function]`: functions of `inbox.py` whose lines somebody who stands in sees as well; none about closed circles.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wsr.accounts.grants import Permission, Role, permissions_of
from wsr.tenancy.models import OPEN
from wsr.ui.navigation import discover

MOST = 200  # items of one kind on one page


@dataclass(frozen=True)
class Leaving:
    """Whose work it is. `roles`: what she is, for work that belongs to a role; none where people are gone already and only what has their name counts."""

    people: frozenset[UUID]
    program_slug: str
    at: datetime
    roles: frozenset[Role] = frozenset()

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the roles grant."""
        return permissions_of(self.roles)


@dataclass(frozen=True)
class Item:
    """One thing that somebody holds. `is_shared`: others with the permission see to it as well. `permission`: where it is not the kind's."""

    subject: tuple[str, UUID]
    title: str
    url: str
    holder_id: UUID | None = None
    why: str = ""
    due_at: datetime | None = None
    is_shared: bool = False
    permission: Permission | None = None
    secret_of: UUID = OPEN


type Give = Callable[..., Any]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that people hold."""

    key: str
    label: Any
    permission: Permission
    rows: Callable[[Leaving], Iterable[Item]]
    give: Give

    def permission_for(self, item: Item) -> Permission:
        """What somebody needs to hold this item."""
        return item.permission or self.permission


@dataclass(frozen=True)
class Counted:
    """What is passed on in its own way and is only counted here: `count` says how many the reader may know of."""

    label: Any
    words: Any
    count: Callable[[Leaving], int]


def kinds() -> list[Kind]:
    """Every kind of every app."""
    return discover("handover", "HANDOVER")


def counted() -> list[Counted]:
    """Everything that is only counted."""
    return discover("handover", "COUNTED")


def apart() -> tuple[str, ...]:
    """Beginnings of the names of subjects whose clocks a room passes on in its own way."""
    return tuple(prefix for prefix in discover("handover", "APART"))


def stand_in_functions() -> Collection[Callable[..., Any]]:
    """Functions of inboxes that somebody who stands in sees as well."""
    return discover("handover", "STANDS_IN")
