"""The sealer: appends what was recorded to the Merkle tree of each program and signs the new heads.

Events are inserted without a lock and sealed afterwards, by one sealer at a time, in batches that are one transaction
each: killed at any moment, it repeats nothing and leaves nothing out. Every batch ends with a signed head of each tree it
grew, so there is never a leaf that no head covers. Why: docs/decisions/0002-history.md.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connections

from wsr.history import signing
from wsr.history.checkpoint import BadCheckpoint
from wsr.history.merkle import CompactRange, leaf_hash, peak_nodes
from wsr.history.tree import LEAF, DamagedTree, checked_head, log_name, walk_indexes
from wsr.tenancy import current_alias, engine_scope

BATCH = 20_000
LAST = 2**64 - 1
NIL = UUID(int=0)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Window:
    """Which transactions one run looks at: those from `below` up to, not including, `ceiling`.

    `horizon`: when the run began, every transaction below this one was over. `rebased`: the transaction ids started anew.
    """

    below: int
    ceiling: int
    horizon: int
    cluster: int
    rebased: bool


@dataclass
class Growth:
    """New rows of the tree, column by column, as PostgreSQL's unnest() wants them."""

    leaves: tuple[list[str], list[str], list[int]] = field(default_factory=lambda: ([], [], []))
    nodes: tuple[list[str], list[int], list[int], list[str]] = field(default_factory=lambda: ([], [], [], []))
    heads: list[tuple[str, int, bytes, datetime, str]] = field(default_factory=list)
    skipped: int = 0


def seal(*, at: datetime, batch: int = BATCH) -> int:
    """Seal every committed event that is not sealed yet; returns how many. `at` is timezone-aware.

    Returns at once where another sealer is at work. A program whose stored tree is damaged is logged and left alone.
    """
    window, after, sealed, skipped = None, None, 0, 0
    while True:
        with engine_scope(), connections[current_alias()].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('wsr history sealer'))")
            if not cursor.fetchone()[0]:
                return sealed
            window = window or _window(cursor)
            walk_indexes(cursor)
            events = _unsealed(cursor, window, after or (window.below, NIL), batch)
            growth = _grow(cursor, events, at)
            _store(cursor, growth)
            skipped += growth.skipped
            is_last = len(events) < batch
            if events:
                after = events[-1][2], events[-1][1]
            if not skipped and (events or window.rebased):
                _remember(cursor, window, None if is_last else after[0])
            sealed += len(events) - growth.skipped
        if is_last:
            return sealed


def _window(cursor: Any) -> Window:
    """Where to look. After a restore into another cluster the marks mean nothing: look at everything, once."""
    cursor.execute(
        """
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::numeric, pg_snapshot_xmax(pg_current_snapshot())::text::numeric,
               (SELECT system_identifier FROM pg_control_system()), below::text::numeric, cluster
        FROM (SELECT 1) AS one LEFT JOIN history_sealer ON true
        """
    )
    horizon, newest, cluster, below, known_cluster = cursor.fetchone()
    window = Window(int(below or 0), int(newest), int(horizon), cluster, rebased=False)
    if below is None or known_cluster != cluster or below > newest:
        return replace(window, below=0, ceiling=LAST, rebased=True)
    return window


def _unsealed(
    cursor: Any, window: Window, after: tuple[int, str | UUID], batch: int
) -> list[tuple[str, str, int, str]]:
    """(program, event, transaction, leaf text) of the next events that are no leaf yet, in order."""
    cursor.execute(
        f"""
        SELECT e.program_id::text, e.id::text, e.transaction::text, {LEAF} FROM history_event e
        WHERE (e.transaction, e.id) > (%s::xid8, %s::uuid) AND e.transaction < %s::xid8
          AND NOT EXISTS (SELECT FROM history_leaf l WHERE l.id = e.id)
        ORDER BY e.transaction, e.id LIMIT %s
        """,  # noqa: S608 -- LEAF is a constant
        [str(after[0]), str(after[1]), str(window.ceiling), batch],
    )
    return [
        (program, event, int(transaction), text) for program, event, transaction, text in cursor.fetchall()
    ]


def _grow(cursor: Any, events: list[tuple[str, str, int, str]], at: datetime) -> Growth:
    """Append the events to their programs' trees and sign each tree's new head."""
    growth = Growth()
    by_program: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for program, event, _transaction, text in events:
        by_program[program].append((event, text))
    trees = _trees(cursor, list(by_program)) if by_program else {}
    for program, entries in by_program.items():
        tree = trees[program]
        if isinstance(tree, DamagedTree):
            logger.error("History of program %s is not sealed: %s Run verify_history.", program, tree)
            growth.skipped += len(entries)
            continue
        _append(growth, program, tree, entries)
        name, root = log_name(UUID(program)), tree.root()
        time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        note = signing.sign_head(name, tree.size, root, (f"time {time}",))
        growth.heads.append((program, tree.size, root, at, note))
    return growth


def _append(growth: Growth, program: str, tree: CompactRange, entries: list[tuple[str, str]]) -> None:
    ids, leaf_programs, leaf_positions = growth.leaves
    programs, levels, positions, hashes = growth.nodes
    for event, text in entries:
        ids.append(event)
        leaf_positions.append(tree.size)
        for level, position, found in tree.append(leaf_hash(text.encode())):
            levels.append(level)
            positions.append(position)
            hashes.append(found.hex())
    leaf_programs += [program] * (len(ids) - len(leaf_programs))
    programs += [program] * (len(levels) - len(programs))


def _trees(cursor: Any, programs: list[str]) -> dict[str, CompactRange | DamagedTree]:
    """The trees as they stand, each checked against its last signed head: what was tampered with is not signed again."""
    cursor.execute(
        """
        SELECT p::text, head.size, head.note,
               (SELECT max(l.position) FROM history_leaf l WHERE l.program_id = p)
        FROM unnest(%s::uuid[]) AS p LEFT JOIN LATERAL (
          SELECT h.size, h.note FROM history_head h WHERE h.program_id = p ORDER BY h.size DESC LIMIT 1
        ) AS head ON true
        """,
        [programs],
    )
    states = {
        program: (size or 0, note, 0 if last is None else last + 1)
        for program, size, note, last in cursor.fetchall()
    }
    peaks = _peaks(cursor, {program: leaves for program, (_, _, leaves) in states.items()})
    return {program: _checked(program, peaks[program], *state) for program, state in states.items()}


def _checked(
    program: str, peaks: list[bytes], size: int, note: str | None, leaves: int
) -> CompactRange | DamagedTree:
    if size != leaves:
        return DamagedTree(f"There are {leaves} entries, the last head covers {size}.")
    if len(peaks) != size.bit_count():
        return DamagedTree("Stored hashes are missing.")
    tree = CompactRange(size, peaks)
    if note is None:
        return tree
    try:
        head = checked_head(note, UUID(program))
    except BadCheckpoint as error:
        return DamagedTree(str(error))
    if (head.size, head.root) != (size, tree.root()):
        return DamagedTree("The stored hashes do not give the root of the last head.")
    return tree


def _peaks(cursor: Any, sizes: dict[str, int]) -> dict[str, list[bytes]]:
    wanted = [(program, *node) for program, size in sizes.items() for node in peak_nodes(0, size)]
    cursor.execute(
        """
        SELECT n.program_id::text, n.hash FROM unnest(%s::uuid[], %s::smallint[], %s::bigint[]) WITH ORDINALITY
          AS wanted (program_id, level, position, rank)
        JOIN history_node n USING (program_id, level, position) ORDER BY rank
        """,
        [list(column) for column in zip(*wanted, strict=True)] if wanted else [[], [], []],
    )
    found: dict[str, list[bytes]] = {program: [] for program in sizes}
    for program, peak in cursor.fetchall():
        found[program].append(bytes(peak))
    return found


def _store(cursor: Any, growth: Growth) -> None:
    """Insert the new rows. INSERT … SELECT, because PostgreSQL refuses COPY into tables with row-level security."""
    if not growth.heads:
        return
    cursor.execute(
        "INSERT INTO history_leaf (id, program_id, position) SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[])",
        [_array(column) for column in growth.leaves],
    )
    cursor.execute(
        """
        INSERT INTO history_node (program_id, level, position, hash)
        SELECT p, l, n, decode(h, 'hex') FROM unnest(%s::uuid[], %s::smallint[], %s::bigint[], %s::text[]) AS new (p, l, n, h)
        """,
        [_array(column) for column in growth.nodes],
    )
    cursor.execute(
        """
        INSERT INTO history_head (program_id, size, root, signed_at, note)
        SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[], %s::timestamptz[], %s::text[])
        """,
        [list(column) for column in zip(*growth.heads, strict=True)],
    )


def _array(values: list[Any]) -> str:
    """An array literal of ids, numbers or hexadecimal digits: many times quicker than adapting every element."""
    return "{" + ",".join(map(str, values)) + "}"


def _remember(cursor: Any, window: Window, reached: int | None) -> None:
    """Move the mark. `reached`: the run stopped inside this transaction; None: it is through."""
    if reached is not None and window.rebased:
        return
    below = window.horizon if reached is None else min(window.horizon, reached)
    if not window.rebased and below <= window.below:
        return
    cursor.execute(
        """
        INSERT INTO history_sealer (id, below, cluster) VALUES (1, %s::xid8, %s)
        ON CONFLICT (id) DO UPDATE SET below = excluded.below, cluster = excluded.cluster
        """,
        [str(below), window.cluster],
    )
