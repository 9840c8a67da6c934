"""Names the first row of a history that is not as it was sealed, once verification has found where to look."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from wsr.history.merkle import leaf_hash
from wsr.history.tree import LEAF


@dataclass(frozen=True)
class Suspect:
    """Positions `start` up to, not including, `end` of a program's history, one of which is not right.

    Signed heads agree with the events below `proven`. `head`: the size at which `whose` head does not agree.
    """

    program_id: UUID
    start: int
    end: int
    proven: int
    head: int | None = None
    whose: str = ""


class Suspicion(Exception):
    """Verification stops here: something in this stretch is not as it was sealed."""

    def __init__(self, suspect: Suspect) -> None:
        super().__init__(suspect)
        self.suspect = suspect


@dataclass(frozen=True)
class Row:
    """One position with all that is stored about it. `text` is None where the event is gone."""

    position: int
    event: UUID | None
    text: str | None
    commitment: bytes | None
    salt: bytes | None
    body: str | None
    is_erased: bool
    node: bytes | None


def first_fault(cursor: Any, suspect: Suspect) -> str:
    """One sentence: where, which event, what is wrong with it."""
    for row in _rows(cursor, suspect):
        if fault := _fault(cursor, suspect, row):
            event = f", event {row.event}" if row.event else ""
            return f"Position {row.position}{event}: {fault}"
    if suspect.head is not None:
        return (
            f"Position {suspect.proven}: from here to position {suspect.head - 1} the entries are not those "
            f"that {suspect.whose} at {suspect.head} entries covers, and their stored hashes were made to fit."
        )
    return f"Between positions {suspect.start} and {suspect.end - 1} a stored hash above the entries was altered."


def _rows(cursor: Any, suspect: Suspect) -> list[Row]:
    cursor.execute(
        f"""
        SELECT place, l.id, CASE WHEN e.id IS NOT NULL THEN {LEAF} END, e.commitment, p.salt, p.body,
          EXISTS (SELECT FROM history_event r WHERE r.program_id = %(program)s AND r.event = 'history.erased'
                    AND r.subject_type = 'history.event' AND r.subject_id = l.id), n.hash
        FROM generate_series(%(start)s, %(end)s - 1) AS place
        LEFT JOIN history_leaf l ON l.program_id = %(program)s AND l.position = place
        LEFT JOIN history_event e ON e.id = l.id AND e.program_id = %(program)s
        LEFT JOIN history_payload p ON p.id = l.id AND p.program_id = %(program)s
        LEFT JOIN history_node n ON n.program_id = %(program)s AND n.level = 0 AND n.position = place
        ORDER BY place
        """,  # noqa: S608 -- LEAF is a constant
        {"program": suspect.program_id, "start": suspect.start, "end": suspect.end},
    )
    return [
        Row(*(bytes(value) if isinstance(value, memoryview) else value for value in row))
        for row in cursor.fetchall()
    ]


def _fault(cursor: Any, suspect: Suspect, row: Row) -> str:
    """What is wrong with one position, or empty."""
    if row.event is None:
        return "the entry was removed."
    if row.text is None:
        return "the event was removed."
    found = leaf_hash(row.text.encode())
    if found != row.node:
        if row.position < suspect.proven:
            return "the stored hash was altered; the event is as it was signed."
        return _misplaced(cursor, suspect.program_id, found)
    if row.salt is None or row.body is None:
        return "" if row.is_erased else "its payload is gone, and no erasure is on record."
    if sha256(row.salt + row.body.encode()).digest() != row.commitment:
        return "its payload was altered."
    return ""


def _misplaced(cursor: Any, program_id: UUID, found: bytes) -> str:
    """Whether the entry was sealed elsewhere or is not what was sealed at all."""
    cursor.execute(
        "SELECT position FROM history_node WHERE program_id = %s AND level = 0 AND hash = %s",
        [program_id, found],
    )
    if elsewhere := cursor.fetchone():
        return f"this entry was sealed at position {elsewhere[0]}; the order was changed or an entry removed."
    return "the event is not what was sealed here; it was altered or added afterwards."
