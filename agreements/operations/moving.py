"""One way to write a state: checked by the row's table of moves, saved with what changes beside it, put on record."""

from datetime import datetime
from typing import Any

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record


def move_row(
    row: Any,
    to: Any,
    *,
    name: str,
    refusal: DomainError,
    by: Person | None,
    at: datetime,
    reason: str = "",
    **fields: Any,
) -> None:
    """Move a row whose lock the caller holds, and record `<name>.<to>`. Raises `refusal` where its state does not allow that."""
    before = type(to)(row.state)
    if not row.may_become(to):
        raise refusal
    for field, value in {"state": to, **fields}.items():
        setattr(row, field, value)
    row.save(update_fields=["state", *fields])
    record(f"{name}.{to}", row, by=by, at=at, before={"state": before}, reason=reason.strip())
