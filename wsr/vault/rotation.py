"""Exchanging keys while people work.

A new root key re-wraps the keys of programs, a new program key those of cases; nothing that is sealed is touched, and everything can be
opened at every moment. Keys are taken in batches, each a transaction of its own that skips what others hold, so it can be killed at any line, run
twice at once, and run again: it goes on where it stopped. A program key that wraps nothing any more is destroyed, not just marked.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from wsr.history.operations import record
from wsr.tenancy import current_alias, engine_scope
from wsr.vault.envelope import close, open_envelope
from wsr.vault.keys import current_root_key
from wsr.vault.models import CaseKey, ProgramKey
from wsr.vault.operations import (
    case_key_place,
    new_program_key,
    program_key_place,
    unwrapped_program_key,
)

BATCH = 1000

_REWRAP = """
UPDATE vault_casekey k SET wrapped = new.wrapped, program_key_id = %(key)s
FROM unnest(%(ids)s::uuid[], %(wrapped)s::bytea[]) AS new (id, wrapped) WHERE k.program_id = %(program)s AND k.id = new.id
"""


def rotate_root() -> Iterator[int]:
    """Wrap all program keys by the current root key; yields how many, batch by batch. Raises RootKeyMissing."""
    while done := _rewrap_program_keys(waiting=False) or _rewrap_program_keys(waiting=True):
        yield done


def left_under_other_roots() -> int:
    """How many program keys still need another root key than the current one."""
    with engine_scope():
        return _under_other_roots().count()


def rotate_program(program_id: UUID, *, at: datetime, batch: int = BATCH) -> Iterator[int]:
    """Give a program a new key and wrap its case keys by it; yields how many, batch by batch. Raises RootKeyMissing.

    Where a rotation was begun and not finished, it is finished and no other begun. A program without a key needs none.
    """
    if not _begin(program_id):
        return
    while True:
        while done := _rewrap_case_keys(program_id, batch, waiting=False) or _rewrap_case_keys(
            program_id, batch, waiting=True
        ):
            yield done
        if _retire(program_id, at):
            return


def case_keys(program_id: UUID) -> tuple[int, int]:
    """(case keys of the program, those under its newest key)."""
    with engine_scope(program_id):
        alive = CaseKey.objects.filter(destroyed_at=None)
        newest = ProgramKey.objects.filter(retired_at=None).order_by("-number").first()
        return alive.count(), alive.filter(program_key=newest).count()


# ── Root keys ────────────────────────────────────────────────────────────────────────────────────


def _under_other_roots() -> Any:
    return ProgramKey.objects.filter(retired_at=None).exclude(root_key_id=current_root_key().id)


def _rewrap_program_keys(*, waiting: bool) -> int:
    root = current_root_key()
    with engine_scope():
        keys = list(_under_other_roots().select_for_update(skip_locked=not waiting, no_key=True)[:BATCH])
        for key in keys:
            key.wrapped = close(
                root.secret, key.program_id, program_key_place(key.pk), unwrapped_program_key(key)
            )
            key.root_key_id = root.id
        ProgramKey.objects.bulk_update(keys, ["wrapped", "root_key_id"])
    return len(keys)


# ── Program keys ─────────────────────────────────────────────────────────────────────────────────


def _alone(program_id: UUID) -> None:
    """Until the end of the transaction nobody makes a case key, or begins or ends a rotation, in this program."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"vault {program_id}"])


def _keys_in_use() -> list[ProgramKey]:
    """Newest first."""
    return list(ProgramKey.objects.filter(retired_at=None).order_by("-number"))


def _begin(program_id: UUID) -> bool:
    """Make the new key unless a rotation is under way; False where there is nothing to rotate."""
    with engine_scope(program_id):
        _alone(program_id)
        keys = _keys_in_use()
        if len(keys) == 1:
            new_program_key(program_id, keys[0].number + 1).save()
        return bool(keys)


def _rewrap_case_keys(program_id: UUID, batch: int, *, waiting: bool) -> int:
    with engine_scope(program_id):
        newest, *older = _keys_in_use()
        new, old = unwrapped_program_key(newest), {key.pk: unwrapped_program_key(key) for key in older}
        rows = list(
            CaseKey.objects.select_for_update(skip_locked=not waiting, no_key=True)
            .filter(program_key_id__in=old, destroyed_at=None)
            .values_list("pk", "program_key_id", "wrapped")[:batch]
        )
        if rows:
            wrapped = []
            for case_id, key_id, sealed in rows:
                place = case_key_place(case_id)
                wrapped.append(
                    close(new, program_id, place, open_envelope(old[key_id], program_id, place, sealed))
                )
            with connections[current_alias()].cursor() as cursor:
                ids = [row[0] for row in rows]
                cursor.execute(
                    _REWRAP, {"key": newest.pk, "ids": ids, "wrapped": wrapped, "program": program_id}
                )
    return len(rows)


def _retire(program_id: UUID, at: datetime) -> bool:
    """Destroy the older keys once they wrap nothing; False where a case was made under one in the meantime."""
    with engine_scope(program_id):
        _alone(program_id)
        newest, *older = _keys_in_use()
        if CaseKey.objects.filter(program_key__in=older, destroyed_at=None).exists():
            return False
        for key in older:
            ProgramKey.objects.filter(pk=key.pk).update(wrapped=None, retired_at=at)
            record(
                "vault.program_key_replaced",
                ("vault.programkey", key.pk),
                by=None,
                at=at,
                before={"number": key.number},
                after={"number": newest.number},
            )
    return True
