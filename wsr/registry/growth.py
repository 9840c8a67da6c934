"""The log of a registry while one publication extends it."""

from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from wsr.history import merkle


@dataclass
class Growth:
    """A tree of `size` leaves, known by its `peaks`, that takes on new leaves and proves them.

    Every proof of a new leaf, and that the new tree extends the old, needs only the old peaks and what is added here; so
    a publication costs what changed, whatever the log's length.
    """

    size: int
    peaks: list[bytes]
    leaves: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tree = merkle.CompactRange(self.size, list(self.peaks))
        self._nodes = dict(zip(merkle.peak_nodes(0, self.size), self.peaks, strict=True))

    def add(self, leaf: bytes) -> int:
        """Append a leaf; returns its index."""
        self.leaves.append(leaf)
        for level, index, value in self.tree.append(merkle.leaf_hash(leaf)):
            self._nodes[level, index] = value
        return self.tree.size - 1

    def inclusion(self, index: int) -> list[bytes]:
        """Proof that the new leaf `index` is in the tree as it now stands."""
        return merkle.inclusion_proof(index, self.tree.size, self._read)

    def consistency(self) -> list[bytes]:
        """Proof that the tree as it now stands begins with the one before."""
        return merkle.consistency_proof(self.size, self.tree.size, self._read)

    def _read(self, level: int, index: int) -> bytes:
        return self._nodes[level, index]


def base64_lines(hashes: list[bytes]) -> list[str]:
    """Hashes as they are published."""
    return [b64encode(value).decode() for value in hashes]


def head_lines(
    publication: int, time: str, previous_head: str, files: str, history: str = ""
) -> tuple[str, ...]:
    """What a registry's head says besides origin, size and root. `time` is ISO 8601 in UTC, `files` a SHA-256 (hex),
    `history` the SHA-256 (hex) of the newest head of the program's history, where there is one."""
    previous = sha256(previous_head.encode()).hexdigest() if previous_head else "none"
    lines = (f"publication {publication}", f"time {time}", f"previous {previous}", f"files {files}")
    return (*lines, f"history {history}") if history else lines


def proof_file(hashes: list[bytes]) -> bytes:
    """A proof as a file: one hash a line."""
    return "".join(f"{line}\n" for line in base64_lines(hashes)).encode()
