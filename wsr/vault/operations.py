"""Sealing, opening and erasing what is secret about one case of the active program.

    vault.open_case(case_id)
    vault.seal(case_id, "complaints_complaint", "narrative", complaint.pk, text)
    vault.unseal(case_id, "complaints_complaint", "narrative", complaint.pk)
    vault.unseal_many(case_id, [Place("complaints_message", "body", message.pk) for message in messages])

`case_id` is the id of the case and of its circle. Whoever is not in it gets CaseKey.DoesNotExist from every function, as for a case that
does not exist. What is erased reads as None, and nothing more can be sealed for it. Never log, cache or pass on what comes out.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connections, models
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import Audience, atomic, current_alias, current_program_id, current_scope, on_commit
from wsr.vault import ledger
from wsr.vault.envelope import KEY_BYTES, Place, close, open_envelope
from wsr.vault.keys import current_root_key, root_keys
from wsr.vault.models import EVERY_WORKER, NO_WORKER, BlindIndex, CaseKey, ProgramKey, Sealed

__all__ = [
    "EVERY_WORKER",
    "NO_WORKER",
    "CaseErased",
    "Place",
    "clear",
    "destroy",
    "disclose",
    "enclose",
    "open_case",
    "seal",
    "seal_many",
    "unseal",
    "unseal_bytes",
    "unseal_many",
]


class CaseErased(DomainError):
    """Something was to be kept for a case whose key is destroyed."""


# One row for each place that has something, at least one; all with the case's key and the program key around it.
_READ = """
SELECT k.wrapped, p.id, p.wrapped, p.root_key_id, s.table_name, s.column_name, s.row_id, s.ciphertext
FROM vault_casekey k
JOIN vault_programkey p ON p.program_id = k.program_id AND p.id = k.program_key_id
LEFT JOIN vault_sealed s ON s.program_id = k.program_id AND s.case_id = k.id AND (s.row_id, s.table_name, s.column_name)
  IN (SELECT * FROM unnest(%(rows)s::uuid[], %(tables)s::text[], %(columns)s::text[]))
WHERE k.program_id = %(program)s AND k.id = %(case)s
"""

_WRITE = """
INSERT INTO vault_sealed (program_id, case_id, table_name, column_name, row_id, ciphertext, updated_at, reader)
SELECT %(program)s, %(case)s, t, c, r, e, now(), %(reader)s
FROM unnest(%(tables)s::text[], %(columns)s::text[], %(rows)s::uuid[], %(envelopes)s::bytea[]) AS new (t, c, r, e)
ON CONFLICT (program_id, case_id, row_id, table_name, column_name)
DO UPDATE SET ciphertext = EXCLUDED.ciphertext, updated_at = EXCLUDED.updated_at
"""


@dataclass(frozen=True, repr=False)
class _Opened:
    """The key of a case, None once it is erased, and the plain bytes at the places asked for."""

    key: bytes | None
    texts: dict[Place, bytes]


@atomic
def open_case(case_id: UUID) -> None:
    """Make the key of a new case; once made it stays. The staff who call are in the case's circle already."""
    program_id = current_program_id()
    share_keys(program_id)
    outer = _newest_program_key(program_id)
    inner = close(
        unwrapped_program_key(outer), program_id, case_key_place(case_id), secrets.token_bytes(KEY_BYTES)
    )
    CaseKey.objects.bulk_create(
        [CaseKey(id=case_id, program_id=program_id, program_key=outer, wrapped=inner, created_at=Now())],
        ignore_conflicts=True,
    )


def seal(
    case_id: UUID, table: str, column: str, row: UUID, text: str | bytes, *, reader: UUID | None = None
) -> bool:
    """Keep a text for one column of one row; says whether it differed from what was kept. `reader` as in `seal_many`. Raises CaseErased."""
    return bool(seal_many(case_id, {Place(table, column, row): text}, reader=reader))


@atomic
def seal_many(case_id: UUID, texts: Mapping[Place, str | bytes], *, reader: UUID | None = None) -> int:
    """Keep several texts in two queries; returns how many were written, those that had changed. Raises CaseErased.

    `reader`: which worker of the case reads them, her id or EVERY_WORKER. Without it what a worker keeps is for herself and what staff keep
    for no worker (NO_WORKER). The circle reads all. It stays when a text is written anew.
    """
    program_id = current_program_id()
    opened = _read(case_id, texts)
    if opened.key is None:
        raise CaseErased(_("This case was erased. Nothing more can be kept for it."))
    plain = {place: text.encode() if isinstance(text, str) else bytes(text) for place, text in texts.items()}
    changed = [place for place, text in plain.items() if opened.texts.get(place) != text]
    if changed:
        envelopes = [close(opened.key, program_id, place, plain[place]) for place in changed]
        columns = {**_columns(case_id, changed), "envelopes": envelopes}
        _execute(_WRITE, {**columns, "reader": reader or _own_reader()})
    return len(changed)


def _own_reader() -> UUID:
    scope = current_scope()
    if scope is None or scope.audience != Audience.WORKER or scope.case_id is None:
        return NO_WORKER
    return scope.worker_id or scope.case_id


def unseal(case_id: UUID, table: str, column: str, row: UUID) -> str | None:
    """What is kept for one column of one row; None where there is nothing or the case was erased. Raises DoesNotOpen."""
    return unseal_many(case_id, [Place(table, column, row)]).popitem()[1]


def unseal_bytes(case_id: UUID, table: str, column: str, row: UUID) -> bytes | None:
    """The same for what was sealed as bytes."""
    place = Place(table, column, row)
    return _read(case_id, [place]).texts.get(place)


def unseal_many(case_id: UUID, places: Iterable[Place]) -> dict[Place, str | None]:
    """The texts at several places of one case, in one query and with the case's key opened once. Raises DoesNotOpen."""
    wanted = list(places)
    texts = _read(case_id, wanted).texts
    return {place: texts[place].decode() if place in texts else None for place in wanted}


def enclose(case_id: UUID, place: Place, content: bytes) -> bytes:
    """An envelope under the key of the case that is kept elsewhere, such as a file. Raises CaseErased."""
    key = _read(case_id, []).key
    if key is None:
        raise CaseErased(_("This case was erased. Nothing more can be kept for it."))
    return close(key, current_program_id(), place, content)


def disclose(case_id: UUID, place: Place, envelope: bytes) -> bytes | None:
    """What `enclose` closed for this place; None once the case is erased. Raises DoesNotOpen."""
    key = _read(case_id, []).key
    return None if key is None else open_envelope(key, current_program_id(), place, envelope)


def clear(case_id: UUID, places: Iterable[Place]) -> int:
    """Delete what is kept at some places; returns how many there were. Backups keep it until the case's key is destroyed."""
    wanted = models.Q(pk__in=[])
    for place in places:
        wanted |= models.Q(table_name=place.table, column_name=place.column, row_id=place.row)
    return Sealed.objects.filter(wanted, case_id=case_id).delete()[0]


@atomic
def destroy(case_id: UUID, *, by: models.Model | None, at: datetime, reason: str) -> bool:
    """Erase a case: its key, all that is sealed under it and its blind index; says whether there was something to erase.

    `at` is timezone-aware; `reason` must name nobody. It cannot be undone, also by restoring a backup: after the commit the case is
    entered in the list of what was erased (`wsr.vault.ledger`). The history of the case itself is the caller's to write. A room that keeps
    some of it under another key hears of it (`case.erased`).
    """
    program_id = current_program_id()
    _execute("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": f"vault {case_id}"})
    key = CaseKey.objects.select_for_update().filter(pk=case_id).first()
    if key is None:
        raise CaseKey.DoesNotExist
    if key.destroyed_at is not None:
        return False
    erase_rows(case_id, at)
    record("vault.key_destroyed", ("vault.casekey", case_id), by=by, at=at, reason=reason)
    react("case.erased", case_id=case_id, by=by, at=at, reason=reason)
    on_commit(lambda: ledger.enter([(program_id, case_id, at.date())]))
    return True


def erase_rows(case_id: UUID, at: datetime) -> None:
    """Take a case's key and rows away, without history; for `destroy` and for what a restored backup brought back."""
    CaseKey.objects.filter(pk=case_id, destroyed_at=None).update(wrapped=None, destroyed_at=at)
    for model in (Sealed, BlindIndex):
        model.objects.filter(case_id=case_id).delete()


# ── Keys around keys ─────────────────────────────────────────────────────────────────────────────


def program_key_place(key_id: UUID) -> Place:
    """Where the envelope of a program key belongs."""
    return Place("vault_programkey", "wrapped", key_id)


def case_key_place(case_id: UUID) -> Place:
    """Where the envelope of a case key belongs."""
    return Place("vault_casekey", "wrapped", case_id)


def unwrapped_program_key(key: ProgramKey) -> bytes:
    """The key itself. Raises RootKeyMissing."""
    return _open_program_key(key.program_id, key.pk, key.wrapped, key.root_key_id)


class RootKeyMissing(Exception):
    """The root key that a program key is wrapped by is not among those of this process. Set it in WSR_VAULT_KEY_FALLBACKS."""


def share_keys(program_id: UUID) -> None:
    """Until the end of the transaction no program key is retired, so that a new case's key is not left without it."""
    _execute(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(%(name)s, 0))", {"name": f"vault {program_id}"}
    )


def new_program_key(program_id: UUID, number: int) -> ProgramKey:
    """A program key under the current root key, unsaved."""
    root, key_id = current_root_key(), uuid4()
    wrapped = close(root.secret, program_id, program_key_place(key_id), secrets.token_bytes(KEY_BYTES))
    return ProgramKey(
        id=key_id,
        program_id=program_id,
        number=number,
        root_key_id=root.id,
        wrapped=wrapped,
        created_at=Now(),
    )


def _newest_program_key(program_id: UUID) -> ProgramKey:
    """The one that wraps new case keys; the first is made here."""
    newest = ProgramKey.objects.filter(retired_at=None).order_by("-number")
    if (key := newest.first()) is None:
        ProgramKey.objects.bulk_create([new_program_key(program_id, 1)], ignore_conflicts=True)
        key = newest.get()  # ours, or that of somebody quicker
    return key


def _open_program_key(program_id: UUID, key_id: UUID, wrapped: Any, root_key_id: str) -> bytes:
    root = root_keys().get(root_key_id)
    if root is None:
        raise RootKeyMissing(f"No root key {root_key_id} here.")
    return open_envelope(root.secret, program_id, program_key_place(key_id), wrapped)


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────


def _read(case_id: UUID, places: Iterable[Place]) -> _Opened:
    program_id = current_program_id()
    rows = _execute(_READ, _columns(case_id, places)).fetchall()
    if not rows:
        raise CaseKey.DoesNotExist
    wrapped, key_id, outer, root_key_id = rows[0][:4]
    if wrapped is None or ledger.holds(case_id):
        return _Opened(None, {})
    key = open_envelope(
        _open_program_key(program_id, key_id, outer, root_key_id),
        program_id,
        case_key_place(case_id),
        wrapped,
    )
    kept = {
        Place(table, column, row): sealed for *_key, table, column, row, sealed in rows if row is not None
    }
    return _Opened(
        key, {place: open_envelope(key, program_id, place, sealed) for place, sealed in kept.items()}
    )


def _columns(case_id: UUID, places: Iterable[Place]) -> dict[str, Any]:
    wanted = list(places)
    return {
        "program": current_program_id(),
        "case": case_id,
        "tables": [place.table for place in wanted],
        "columns": [place.column for place in wanted],
        "rows": [place.row for place in wanted],
    }


def _execute(statement: str, values: Mapping[str, Any]) -> Any:
    cursor = connections[current_alias()].cursor()
    cursor.execute(statement, values)
    return cursor
