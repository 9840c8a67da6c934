"""Proofs from the sealed record, for people who keep a copy of a head and do not want to trust this server."""

import base64
from uuid import UUID

from django.db import connections

from wsr.history.merkle import inclusion_ranges, peak_nodes, range_root
from wsr.history.models import Head, Leaf
from wsr.history.tree import LEAF, stored_nodes
from wsr.tenancy import current_alias


def latest_head(program_id: UUID) -> Head | None:
    """The newest signed head of a program's history; None before the first event is sealed. Needs a scope that reads heads."""
    return Head.objects.filter(program_id=program_id).order_by("-size").first()


def inclusion(event_id: UUID) -> str:
    """Proof that an event of the active program is in its history, as a file that needs nothing else (c2sp.org/tlog-proof).

    The `extra` line holds the entry itself in base64; SHA-256 over a zero byte and the entry is the leaf hash.
    Raises Leaf.DoesNotExist while the event is not sealed.
    """
    leaf = Leaf.objects.get(pk=event_id)
    head = latest_head(leaf.program_id)
    ranges = inclusion_ranges(leaf.position, head.size)
    with connections[current_alias()].cursor() as cursor:
        nodes = stored_nodes(cursor, leaf.program_id, [node for part in ranges for node in peak_nodes(*part)])
        cursor.execute(f"SELECT {LEAF} FROM history_event e WHERE e.id = %s", [event_id])  # noqa: S608 -- a constant
        entry = cursor.fetchone()[0].encode()
    proof = [range_root(start, end, lambda level, index: nodes[level, index]) for start, end in ranges]
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"extra {_base64(entry)}",
        f"index {leaf.position}",
        *map(_base64, proof),
    ]
    return "\n".join(lines) + f"\n\n{head.note}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
