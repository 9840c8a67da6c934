"""The tree of one program's history: what a leaf says, how its log is called, where its hashes are kept."""

from typing import Any
from uuid import UUID

from wsr.history import merkle, signing
from wsr.history.checkpoint import BadCheckpoint, Checkpoint, parse, verify

LEAF = r"""concat_ws(E'\t', e.id, e.program_id, e.transaction,
  to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.event, coalesce(e.actor_id::text, ''),
  e.subject_type, coalesce(e.subject_id::text, ''), encode(e.commitment, 'hex'))"""
"""SQL of the text whose bytes are hashed as a leaf; `e` is history_event. Nine columns, parted by eight tabs.

Constraints keep tabs out of every column, so no two events give the same text. Changing this breaks every tree.
"""


CHUNK_LEVEL = 10
CHUNK = 1 << CHUNK_LEVEL
"""Verification reads a subtree of this many leaves at a time."""

ERASED = b"erased"
IDS = f"""
SELECT array_agg(l.id ORDER BY l.position) AS ids FROM history_leaf l
WHERE l.program_id = wanted.program AND l.position >= chunk * {CHUNK} AND l.position < least((chunk + 1) * {CHUNK}, wanted.size)
"""  # noqa: S608 -- constants
"""SQL of the ids of the entries of `chunk` of the program `wanted`, in their order."""
ENTRIES = rf"""
SELECT l.position, {LEAF} || E'\t' || CASE
    WHEN p.program_id = wanted.program THEN encode(p.salt, 'hex') || E'\t' || p.body
    WHEN EXISTS (SELECT FROM history_event r WHERE r.program_id = wanted.program AND r.event = 'history.erased'
                   AND r.subject_type = 'history.event' AND r.subject_id = l.id) THEN E'{ERASED.decode()}\t'
    ELSE E'lost\t' END AS entry
FROM unnest(known.ids) WITH ORDINALITY AS l (id, position)
LEFT JOIN (SELECT * FROM history_event WHERE id = ANY (known.ids) OFFSET 0) AS e ON e.id = l.id
LEFT JOIN (SELECT * FROM history_payload WHERE id = ANY (known.ids) OFFSET 0) AS p ON p.id = l.id
"""  # noqa: S608 -- constants
"""SQL of the entries with `known.ids`: leaf text, the payload's salt in hexadecimal digits and its body; or `erased` and nothing.

In a payload a tab is always written as an escape, so it cannot be mistaken for the end of a column. All ids of a chunk are read at
once, which walks an index instead of descending it for each entry; OFFSET 0 keeps the planner from doing so all the same.
"""


class DamagedTree(Exception):
    """The stored tree does not belong to its last signed head. The message says how, in one sentence."""


def log_name(program_id: UUID) -> str:
    """Name under which the heads of a program are signed. By id, because a short name may change."""
    return signing.origin("history", str(program_id))


def checked_head(note: str, program_id: UUID) -> Checkpoint:
    """What a head says, if this installation signed it for this program. Raises BadCheckpoint.

    The host in the log's name may be an earlier one: installations move, their key and their programs stay.
    """
    log = parse(note).origin
    if not log.endswith(f"/history/{program_id}"):
        raise BadCheckpoint(f"The head is of {log}, not of this program's history.")
    return verify(note, signing.verifier_key(log))


def stored_nodes(cursor: Any, program_id: UUID, wanted: list[merkle.NodeId]) -> dict[merkle.NodeId, bytes]:
    """The stored hashes at these places; a place without a hash is left out."""
    cursor.execute(
        """
        SELECT n.level, n.position, n.hash FROM unnest(%s::smallint[], %s::bigint[]) AS wanted (level, position)
        JOIN history_node n ON n.program_id = %s AND n.level = wanted.level AND n.position = wanted.position
        """,
        [[level for level, _ in wanted], [position for _, position in wanted], program_id],
    )
    return {(level, position): bytes(found) for level, position, found in cursor.fetchall()}


def walk_indexes(cursor: Any) -> None:
    """For this transaction: read by index in order, whatever the planner's statistics say of a quickly growing table."""
    cursor.execute(
        "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), "
        "set_config('enable_seqscan', 'off', true)"
    )


def walk_chunks(cursor: Any) -> None:
    """For this transaction: join the rows of a chunk by sorting or hashing, never one by one, and keep none of them."""
    cursor.execute(
        "SELECT set_config('enable_nestloop', 'off', true), set_config('enable_seqscan', 'off', true), "
        "set_config('enable_memoize', 'off', true)"
    )
