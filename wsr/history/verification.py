"""Checks that a program's history is what was sealed, from the columns of each event up to every signed head.

One pass, chunk by chunk: PostgreSQL streams the entries of a chunk as one block of text, Python hashes them, builds the
tree, and compares it with the signed heads and with the stored hashes. Only where something differs `diagnosis` looks at
single rows, to name the first one that is not as it was sealed.
"""

from binascii import unhexlify
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connections

from wsr.history.checkpoint import BadCheckpoint, Checkpoint
from wsr.history.diagnosis import Suspect, Suspicion, first_fault
from wsr.history.merkle import CompactRange, node_hash, range_root
from wsr.history.tree import CHUNK, CHUNK_LEVEL, ENTRIES, ERASED, checked_head, walk_indexes
from wsr.tenancy import current_alias, engine_scope

UNSEALED = timedelta(minutes=5)

_CHUNKS = f"""
COPY (
  SELECT chunk, entries.block, nodes.block FROM generate_series(0::int8, %(last)s) AS chunk
  CROSS JOIN LATERAL (
    SELECT convert_to(string_agg(entry, E'\\n' ORDER BY position), 'UTF8') AS block FROM ({ENTRIES}) AS entry
  ) AS entries
  CROSS JOIN LATERAL (
    SELECT string_agg(n.hash, '' ORDER BY n.level, n.position) AS block FROM generate_series(0, {CHUNK_LEVEL}) AS height
    JOIN history_node n ON n.program_id = %(program)s AND n.level = height::smallint
      AND n.position >= (chunk * {CHUNK}) >> height AND n.position < least((chunk + 1) * {CHUNK}, %(size)s) >> height
  ) AS nodes
) TO STDOUT (FORMAT binary)
"""  # noqa: S608 -- constants


@dataclass(frozen=True)
class Report:
    """What was found. `problem` is one sentence about the first thing that is not right, or empty. `note`: the newest head."""

    entries: int
    heads: int
    problem: str = ""
    note: str = ""


@dataclass
class Heads:
    """The heads of one program. `marks`: size -> [(whose head, root)]. `bad`: a sentence on the first unusable head."""

    marks: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    size: int = 0
    count: int = 0
    bad: str = ""
    note: str = ""

    def add(self, whose: str, size: int, root: bytes) -> None:
        """Expect this root at this size."""
        self.marks.setdefault(size, []).append((whose, root))


@dataclass
class Proven:
    """What the pass has built so far: roots of whole chunks and above, and the size up to which heads agreed."""

    spine: CompactRange = field(default_factory=CompactRange)
    upper: dict[tuple[int, int], bytes] = field(default_factory=dict)
    size: int = 0


def verify(program_id: UUID, *, at: datetime, kept: str = "") -> Report:
    """Check one program's history. `kept`: a signed head that was kept elsewhere; `at`: now, timezone-aware."""
    try:
        kept_head = checked_head(kept, program_id) if kept else None
    except BadCheckpoint as error:
        return Report(0, 0, f"The head you kept cannot be used: {error}")
    proven = Proven()
    try:
        with engine_scope(program_id), connections[current_alias()].cursor() as cursor:
            heads = _heads(cursor, program_id, kept_head)
            _scan(cursor, program_id, heads, proven)
            problem = _upper_nodes(cursor, program_id, heads, proven) or _remains(
                cursor, program_id, heads, at
            )
    except Suspicion as suspicion:  # the stream is broken off; look closer in a transaction of its own
        with engine_scope(program_id), connections[current_alias()].cursor() as cursor:
            problem = first_fault(cursor, program_id, suspicion.suspect)
    return Report(heads.size, heads.count, problem, heads.note)


def _heads(cursor: Any, program_id: UUID, kept: Checkpoint | None) -> Heads:
    heads = Heads()
    cursor.execute(
        "SELECT size, root, to_char(signed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), note "
        "FROM history_head WHERE program_id = %s ORDER BY size",
        [program_id],
    )
    for size, root, time, note in cursor.fetchall():
        heads.count += 1
        try:
            head = checked_head(note, program_id)
        except BadCheckpoint as error:
            heads.bad = heads.bad or f"The signed head at {size} entries is not valid: {error}"
            continue
        if (head.size, head.root, head.extension("time")) != (size, bytes(root), time):
            heads.bad = (
                heads.bad or f"The columns of the head at {size} entries are not what its signed note says."
            )
        heads.add("the signed head", head.size, head.root)
        if head.size > heads.size:
            heads.size, heads.note = head.size, note
    if kept:
        heads.add("the head you kept", kept.size, kept.root)
        heads.size = max(heads.size, kept.size)
    return heads


def _scan(cursor: Any, program_id: UUID, heads: Heads, proven: Proven) -> None:
    """Raises Suspicion at the first chunk that is not as it was sealed."""
    sizes = sorted(heads.marks)
    for chunk, entries, nodes in _chunks(cursor, program_id, heads.size):
        start, end = chunk * CHUNK, min((chunk + 1) * CHUNK, heads.size)
        levels = _levels(_leaves(entries, Suspect(start, end, proven.size)))
        if len(levels[0]) != end - start:
            raise Suspicion(Suspect(start, end, proven.size))
        if end - start == CHUNK:
            for level, index, found in proven.spine.append(levels[CHUNK_LEVEL][0]):
                proven.upper[level + CHUNK_LEVEL, index] = found

        def read(level: int, index: int, levels: list[list[bytes]] = levels, start: int = start) -> bytes:
            if (known := proven.upper.get((level, index))) is not None:
                return known
            return levels[level][index - (start >> level)]

        while sizes and sizes[0] <= end:
            size = sizes.pop(0)
            root = range_root(0, size, read)
            for whose, expected in heads.marks[size]:
                if root != expected:
                    raise Suspicion(Suspect(start, end, proven.size, head=size, whose=whose))
            proven.size = size
        if nodes != b"".join(found for level in levels for found in level):
            raise Suspicion(Suspect(start, end, proven.size))


def _chunks(cursor: Any, program_id: UUID, size: int) -> Iterator[tuple[int, bytes, bytes]]:
    if not size:
        return
    walk_indexes(cursor)
    values = {"last": (size - 1) // CHUNK, "program": program_id, "size": size}
    with cursor.copy(_CHUNKS, values) as copy:
        copy.set_types(["int8", "bytea", "bytea"])
        for chunk, entries, nodes in copy.rows():
            yield chunk, entries or b"", nodes or b""


def _leaves(block: bytes, suspect: Suspect) -> list[bytes]:
    """Leaf hashes of a chunk's entries, their payloads checked against the events' commitments."""
    leaves = []
    try:
        for line in block.split(b"\n"):
            text, salt, body = line.rsplit(b"\t", 2)
            if salt != ERASED and sha256(unhexlify(salt) + body).hexdigest().encode() != text[-64:]:
                raise Suspicion(suspect)
            leaves.append(sha256(b"\x00" + text).digest())
    except ValueError:  # not the three parts of an entry
        raise Suspicion(suspect) from None
    return leaves


def _levels(leaves: list[bytes]) -> list[list[bytes]]:
    """All complete nodes above these leaves, level by level."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
    return levels


def _upper_nodes(cursor: Any, program_id: UUID, heads: Heads, proven: Proven) -> str:
    """A sentence on the first stored hash above the chunks that is not what the entries give."""
    cursor.execute(
        "SELECT level, position, hash FROM history_node WHERE program_id = %s AND level > %s AND (position + 1) << level <= %s",
        [program_id, CHUNK_LEVEL, heads.size],
    )
    stored = {(level, position): bytes(found) for level, position, found in cursor.fetchall()}
    expected = {node: found for node, found in proven.upper.items() if node[0] > CHUNK_LEVEL}
    for level, position in sorted(stored.keys() | expected.keys()):
        if stored.get((level, position)) != expected.get((level, position)):
            return f"The stored hash at level {level}, position {position} is not what the entries below it give."
    return ""


def _remains(cursor: Any, program_id: UUID, heads: Heads, at: datetime) -> str:
    """What lies beside the tree: entries no head covers, bad heads, events that were never sealed."""
    cursor.execute(
        """
        WITH covered AS (SELECT coalesce(max(size), 0) AS size FROM history_head WHERE program_id = %(program)s)
        SELECT 'entry', l.position, l.id FROM history_leaf l, covered
          WHERE l.program_id = %(program)s AND (l.position >= covered.size OR l.position < 0)
        UNION ALL SELECT 'stored hash', n.position, NULL FROM history_node n, covered
          WHERE n.program_id = %(program)s AND n.level = 0 AND (n.position >= covered.size OR n.position < 0)
        ORDER BY 2, 1 LIMIT 1
        """,
        {"program": program_id},
    )
    if found := cursor.fetchone():
        what, position, event = found
        return f"Position {position}{f', event {event}' if event else ''}: no signed head covers this {what}."
    if heads.bad:
        return heads.bad
    cursor.execute(
        """
        SELECT e.id FROM history_event e WHERE e.program_id = %s
          AND (uuid_extract_timestamp(e.id) IS NULL OR uuid_extract_timestamp(e.id) NOT BETWEEN %s AND %s)
          AND NOT EXISTS (SELECT FROM history_leaf l WHERE l.id = e.id) ORDER BY e.id LIMIT 1
        """,
        [program_id, at - UNSEALED, at + UNSEALED],
    )
    if found := cursor.fetchone():
        return f"Event {found[0]} is not sealed although it is older than five minutes, or was added behind the sealer's back."
    return ""
