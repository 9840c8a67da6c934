"""Merkle trees as RFC 9162 section 2.1 defines them: hashing, growing, and both kinds of proof.

Pure functions over hashes. A tree grows through `CompactRange`, which needs only O(log n) hashes of state and tells
which complete subtrees an append finished. Stored under (level, index), these nodes are enough for every proof: a node
at `level` covers the leaves from `index * 2**level` up to, not including, `(index + 1) * 2**level`; level 0 holds leaf
hashes. The odd node is never duplicated, and leaves and inner nodes are hashed with different prefixes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

type NodeId = tuple[int, int]
"""(level, index)"""
type ReadNode = Callable[[int, int], bytes]
"""Hash of the stored complete subtree at (level, index). Raises LookupError when it is not there."""

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf holding `data` (32 bytes)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of the inner node above two hashes (32 bytes)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class CompactRange:
    """A tree of `size` leaves, remembered by the roots of its complete subtrees (`peaks`, largest first)."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"A tree of {self.size} leaves does not have {len(self.peaks)} peaks.")

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf hash; return the nodes this completes as (level, index, hash), the leaf itself first."""
        index, level = self.size, 0
        finished = [(level, index, leaf)]
        while index & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            index >>= 1
            level += 1
            finished.append((level, index, leaf))
        self.peaks.append(leaf)
        self.size += 1
        return finished

    def root(self) -> bytes:
        """Root hash of the tree as it stands."""
        return fold(self.peaks) if self.peaks else EMPTY_ROOT


def fold(peaks: Sequence[bytes]) -> bytes:
    """Root above neighboring complete subtrees, given largest first."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def peak_nodes(start: int, end: int) -> list[NodeId]:
    """The stored nodes that together cover the leaves [start, end) of a subtree, largest first.

    `start` must be a multiple of the largest power of two not above the subtree's size, as it is in every proof.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Subtrees [start, end) whose roots prove that leaf `index` is in the tree of `size`, nearest to the leaf first."""
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """Subtrees [start, end) whose roots prove that the tree of `new` leaves begins with the tree of `old`."""
    if not 0 < old <= new:
        raise ValueError(f"A tree of {old} leaves has no consistency proof to {new}.")
    start, end, path, whole = 0, new, [], True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:
        path.append((start, end))
    return path[::-1]


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """Hashes that prove leaf `index` in the tree of the first `size` leaves. Raises ValueError when out of range."""
    return [range_root(start, end, read) for start, end in inclusion_ranges(index, size)]


def consistency_proof(old: int, new: int, read: ReadNode) -> list[bytes]:
    """Hashes that prove the tree of `new` leaves only appended to the tree of `old`. From an empty tree: no hashes."""
    return [range_root(start, end, read) for start, end in consistency_ranges(old, new)] if old else []


def range_root(start: int, end: int, read: ReadNode) -> bytes:
    """Root of the subtree over the leaves [start, end), from stored nodes."""
    return fold([read(level, index) for level, index in peak_nodes(start, end)])


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)
