"""Checks that histories are what was sealed, from the columns of each event up to every signed head.

One pass over several programs, chunk by chunk: PostgreSQL streams the entries of a chunk as one block of text while Python
hashes the chunk before, builds the tree, and compares it with the signed heads and with the stored hashes. Only where
something differs `diagnosis` looks at single rows, to name the first one that is not as it was sealed.
"""

from binascii import unhexlify
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connections

from wsr.history.checkpoint import BadCheckpoint, Checkpoint
from wsr.history.diagnosis import Suspect, Suspicion, first_fault
from wsr.history.merkle import CompactRange, NodeId, node_hash, range_root
from wsr.history.tree import CHUNK, CHUNK_LEVEL, ENTRIES, ERASED, IDS, checked_head, walk_chunks
from wsr.tenancy import aside_scope, current_alias, engine_scope

UNSEALED = timedelta(minutes=5)

TOGETHER = 50
"""Programs that are read in one pass: small ones cost little more than their entries."""

_CHUNKS = f"""
COPY (
  SELECT entries.block, nodes.block
  FROM unnest(%(programs)s::uuid[], %(sizes)s::int8[], %(chunks)s::int8[]) WITH ORDINALITY AS wanted (program, size, chunk, place)
  CROSS JOIN LATERAL ({IDS}) AS known
  CROSS JOIN LATERAL (
    SELECT convert_to(string_agg(entry, E'\\n' ORDER BY position), 'UTF8') AS block FROM ({ENTRIES}) AS entry
  ) AS entries
  CROSS JOIN LATERAL (
    SELECT string_agg(of_level.block, '' ORDER BY height) AS block FROM generate_series(0, {CHUNK_LEVEL}) AS height
    CROSS JOIN LATERAL (
      SELECT string_agg(n.hash, '' ORDER BY n.position) AS block FROM history_node n
      WHERE n.program_id = wanted.program AND n.level = height::smallint AND n.position >= (chunk * {CHUNK}) >> height
        AND n.position < least((chunk + 1) * {CHUNK}, wanted.size) >> height
    ) AS of_level
  ) AS nodes
  ORDER BY place
) TO STDOUT (FORMAT binary)
"""  # noqa: S608 -- constants

_UPPER_NODES = f"""
SELECT n.program_id, n.level, n.position, n.hash FROM unnest(%(programs)s::uuid[], %(sizes)s::int8[]) AS wanted (program, size)
JOIN history_node n ON n.program_id = wanted.program AND n.level > {CHUNK_LEVEL} AND (n.position + 1) << n.level <= wanted.size
"""  # noqa: S608 -- constants

_UNCOVERED = """
SELECT wanted.program, found.what, found.position, found.id FROM unnest(%(programs)s::uuid[]) AS wanted (program)
CROSS JOIN LATERAL (SELECT coalesce(max(size), 0) AS size FROM history_head WHERE program_id = wanted.program) AS covered
CROSS JOIN LATERAL (
  SELECT 'entry' AS what, l.position, l.id FROM history_leaf l
    WHERE l.program_id = wanted.program AND (l.position >= covered.size OR l.position < 0)
  UNION ALL SELECT 'stored hash', n.position, NULL FROM history_node n
    WHERE n.program_id = wanted.program AND n.level = 0 AND (n.position >= covered.size OR n.position < 0)
  ORDER BY 2, 1 LIMIT 1
) AS found
"""

# Every sealed entry has an event of its own, as the pass shows. So where no more events stand than that and those of the last
# minutes, none was left unsealed, and only where there are more is each looked up.
_UNSEALED = """
WITH written AS (
  SELECT program_id, count(*) AS events FROM history_event WHERE program_id = ANY (%(programs)s) GROUP BY 1
), covered AS (
  SELECT program_id, max(size) AS size FROM history_head WHERE program_id = ANY (%(programs)s) GROUP BY 1
), waiting AS (
  SELECT e.program_id, count(*) AS events FROM history_event e
  LEFT JOIN (SELECT id FROM history_leaf WHERE id BETWEEN %(first)s AND %(last)s OFFSET 0) AS l ON l.id = e.id
  WHERE e.program_id = ANY (%(programs)s) AND e.id BETWEEN %(first)s AND %(last)s
    AND uuid_extract_timestamp(e.id) BETWEEN %(since)s AND %(until)s AND l.id IS NULL GROUP BY 1
)
SELECT written.program_id, found.id FROM written LEFT JOIN covered USING (program_id) LEFT JOIN waiting USING (program_id)
CROSS JOIN LATERAL (
  SELECT e.id FROM history_event e
  WHERE written.events <> coalesce(covered.size, 0) + coalesce(waiting.events, 0) AND e.program_id = written.program_id
    AND (uuid_extract_timestamp(e.id) IS NULL OR uuid_extract_timestamp(e.id) NOT BETWEEN %(since)s AND %(until)s)
    AND NOT EXISTS (SELECT FROM history_leaf l WHERE l.id = e.id) ORDER BY e.id LIMIT 1
) AS found
"""


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

    def report(self, problem: str) -> Report:
        """What is said of the history under these heads."""
        return Report(self.size, self.count, problem, self.note)


@dataclass
class _Work:
    """One program in a pass.

    `spine` and `upper`: roots of whole chunks and above, as the entries give them; `stored`: those above as they are kept.
    `proven`: the size up to which heads agreed. `read`: how many entries were checked.
    """

    program_id: UUID
    heads: Heads
    stored: dict[NodeId, bytes] = field(default_factory=dict)
    spine: CompactRange = field(default_factory=CompactRange)
    upper: dict[NodeId, bytes] = field(default_factory=dict)
    proven: int = 0
    read: int = 0

    def __post_init__(self) -> None:
        self._sizes = sorted(self.heads.marks)

    def check(self, chunk: int, entries: bytes, nodes: bytes) -> None:
        """Hash the next chunk. Raises Suspicion where it is not as it was sealed."""
        start, end = chunk * CHUNK, min((chunk + 1) * CHUNK, self.heads.size)
        here = partial(Suspect, self.program_id, start, end)
        levels = _levels(_leaves(entries, here(self.proven)))
        if len(levels[0]) != end - start:
            raise Suspicion(here(self.proven))
        if end - start == CHUNK:
            for level, index, found in self.spine.append(levels[CHUNK_LEVEL][0]):
                self.upper[level + CHUNK_LEVEL, index] = found

        def node(level: int, index: int) -> bytes:
            if (known := self.upper.get((level, index))) is not None:
                return known
            return levels[level][index - (start >> level)]

        while self._sizes and self._sizes[0] <= end:
            size = self._sizes.pop(0)
            root = range_root(0, size, node)
            for whose, expected in self.heads.marks[size]:
                if root != expected:
                    raise Suspicion(here(self.proven, head=size, whose=whose))
            self.proven = size
        if nodes != b"".join(found for level in levels for found in level):
            raise Suspicion(here(self.proven))
        self.read += end - start


def verify(program_id: UUID, *, at: datetime, kept: str = "") -> Report:
    """Check one program's history. `kept`: a signed head that was kept elsewhere; `at`: now, timezone-aware."""
    try:
        kept_head = checked_head(kept, program_id) if kept else None
    except BadCheckpoint as error:
        return Report(0, 0, f"The head you kept cannot be used: {error}")
    return _verified([program_id], at, kept_head)[program_id]


def verify_each(program_ids: Iterable[UUID], *, at: datetime) -> Iterator[tuple[UUID, Report]]:
    """Check many histories, `TOGETHER` at a time; (program, report) in the order given. `at`: now, timezone-aware."""
    for together in batched(program_ids, TOGETHER, strict=False):
        reports = _verified(list(together), at, None)
        yield from ((program_id, reports[program_id]) for program_id in together)


def _verified(program_ids: list[UUID], at: datetime, kept: Checkpoint | None) -> dict[UUID, Report]:
    """Reports of these programs. A pass breaks off where something is wrong; the next one goes on behind it."""
    reports: dict[UUID, Report] = {}
    while waiting := [program_id for program_id in program_ids if program_id not in reports]:
        suspect, work, beside = None, {}, {}
        try:
            with engine_scope(), connections[current_alias()].cursor() as cursor:
                work |= {one: _Work(one, heads) for one, heads in _heads(cursor, waiting, kept).items()}
                beside |= _beside(cursor, work, at)
                _scan(cursor, work)
        except Suspicion as suspicion:  # the stream is broken off; look closer in a transaction of its own
            suspect = suspicion.suspect
        for program_id, done in work.items():
            if done.read == done.heads.size:
                problem = _upper_nodes(done) or beside.get(program_id, "")
                reports[program_id] = done.heads.report(problem)
        if suspect is not None:
            with engine_scope(), connections[current_alias()].cursor() as cursor:
                problem = first_fault(cursor, suspect)
            reports[suspect.program_id] = work[suspect.program_id].heads.report(problem)
    return reports


def _heads(cursor: Any, program_ids: list[UUID], kept: Checkpoint | None) -> dict[UUID, Heads]:
    found = {program_id: Heads() for program_id in program_ids}
    cursor.execute(
        "SELECT program_id, size, root, to_char(signed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), note "
        "FROM history_head WHERE program_id = ANY(%s) ORDER BY program_id, size",
        [program_ids],
    )
    for program_id, size, root, time, note in cursor.fetchall():
        heads = found[program_id]
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
        for heads in found.values():
            heads.add("the head you kept", kept.size, kept.root)
            heads.size = max(heads.size, kept.size)
    return found


def _scan(cursor: Any, work: dict[UUID, _Work]) -> None:
    """Read all chunks, program by program. Raises Suspicion at the first that is not as it was sealed.

    Two connections take turns, so that two processes of PostgreSQL prepare chunks while Python hashes the one before. Each sees the
    same: what is below a head that was read before never changes.
    """
    sizes = {program_id: one.heads.size for program_id, one in work.items() if one.heads.size}
    cursor.execute(_UPPER_NODES, {"programs": list(sizes), "sizes": list(sizes.values())})
    for program_id, level, position, found in cursor.fetchall():
        work[program_id].stored[level, position] = bytes(found)
    chunks = [
        (program_id, size, chunk) for program_id, size in sizes.items() for chunk in range(-(-size // CHUNK))
    ]
    with aside_scope(), connections[current_alias()].cursor() as other, ExitStack() as streams:
        rows = [
            streams.enter_context(_stream(one, chunks[turn::2])) for turn, one in enumerate((cursor, other))
        ]
        for number, (program_id, _size, chunk) in enumerate(chunks):
            entries, nodes = next(rows[number % 2])
            work[program_id].check(chunk, entries or b"", nodes or b"")


@contextmanager
def _stream(cursor: Any, chunks: list[tuple[UUID, int, int]]) -> Iterator[Iterator[tuple[bytes, bytes]]]:
    """The entries and the stored hashes of (program, size, chunk), one after the other."""
    programs, sizes, numbers = map(list, zip(*chunks, strict=True)) if chunks else ([], [], [])
    walk_chunks(cursor)
    with cursor.copy(_CHUNKS, {"programs": programs, "sizes": sizes, "chunks": numbers}) as copy:
        copy.set_types(["bytea", "bytea"])
        rows = copy.rows()
        yield rows
        next(rows, None)  # the mark of the end


def _leaves(block: bytes, suspect: Suspect) -> list[bytes]:
    """Leaf hashes of a chunk's entries, their payloads checked against the events' commitments."""
    leaves, stated, found = [], [], []
    try:
        for line in block.split(b"\n"):
            text, salt, body = line.rsplit(b"\t", 2)
            leaves.append(sha256(b"\x00" + text).digest())
            if salt != ERASED:
                stated.append(text[-64:])
                found.append(sha256(unhexlify(salt) + body).digest())
        if unhexlify(b"".join(stated)) != b"".join(found):
            raise Suspicion(suspect)
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


def _upper_nodes(done: _Work) -> str:
    """A sentence on the first stored hash above the chunks that is not what the entries give."""
    expected = {node: found for node, found in done.upper.items() if node[0] > CHUNK_LEVEL}
    for level, position in sorted(done.stored.keys() | expected.keys()):
        if done.stored.get((level, position)) != expected.get((level, position)):
            return f"The stored hash at level {level}, position {position} is not what the entries below it give."
    return ""


def _beside(cursor: Any, work: dict[UUID, _Work], at: datetime) -> dict[UUID, str]:
    """What lies beside the trees: entries no head covers, bad heads, events that were never sealed."""
    since, until = at - UNSEALED, at + UNSEALED
    values = {
        "programs": list(work),
        "since": since,
        "until": until,
        "first": _least_id(since),
        "last": _least_id(until + timedelta(milliseconds=1)),
    }
    cursor.execute(_UNSEALED, values)
    sentences = {
        program_id: f"Event {event} is not sealed although it is older than five minutes, or was added behind the sealer's back."
        for program_id, event in cursor.fetchall()
    }
    sentences |= {program_id: one.heads.bad for program_id, one in work.items() if one.heads.bad}
    cursor.execute(_UNCOVERED, values)
    for program_id, what, position, event in cursor.fetchall():
        named = f", event {event}" if event else ""
        sentences[program_id] = f"Position {position}{named}: no signed head covers this {what}."
    return sentences


def _least_id(at: datetime) -> UUID:
    """The first UUID, version 7 or not, that can be of this millisecond."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
