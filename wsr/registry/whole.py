"""The whole files of a publication – CSV, JSON and GeoJSON of each kind – made of the stretches of their shards.

A stretch is what one shard contributes to one file. How long each is lies beside the publication, so that the next one copies the
stretches of unchanged shards from the file before and reads the rows of changed shards only. What comes out is the same to the byte.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Self

from wsr.registry import verify

LENGTHS = "stretches.json"
_BLOCK = 1 << 20

type Rows = Mapping[str, Mapping[str, Mapping[str, str]]]
"""{kind: {public id: {format: row}}} of one shard"""


@dataclass
class WholeFile:
    """One file being written, shard by shard in order. `before`: the file of the last publication with its lengths, or None."""

    target: Path
    kind: str
    ending: str
    columns: list[str]
    before: tuple[Path, Mapping[str, int]] | None
    lengths: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._out = self.target.open("wb")
        self._old = self.before[0].open("rb") if self.before else None
        self._digest = sha256()
        start, self._end = verify.frame(self.ending, self.columns)
        self._between = b"" if self.ending == "csv" else b",\n"
        self._at = len(start)  # in the file before
        self._write(start)
        return self

    def __exit__(self, *_error: object) -> None:
        self._out.close()
        if self._old:
            self._old.close()

    def add(self, shard: str, rows: Rows | None) -> None:
        """The next shard: its rows, or None to copy what it contributed before."""
        length = self.before[1].get(shard, 0) if self.before else 0
        if rows is None:
            if length and self._old:
                self._begin(shard, length)
                self._copy(self._old, length)
        else:
            of_kind = rows.get(self.kind, {})
            text = "".join(of_kind[public_id][self.ending] for public_id in sorted(of_kind)).encode()
            if text:
                text = text.removesuffix(self._between)
                self._begin(shard, len(text))
                self._write(text)
        if length:
            self._at += length + len(self._between)

    def finish(self) -> str:
        """Write the end; the file's SHA-256 (hex)."""
        self._write((b"\n" if self.lengths and self._between else b"") + self._end)
        return self._digest.hexdigest()

    def _begin(self, shard: str, length: int) -> None:
        if self.lengths:
            self._write(self._between)
        self.lengths[shard] = length

    def _copy(self, old: BinaryIO, length: int) -> None:
        at, end = self._at, self._at + length
        while at < end:
            block = os.pread(old.fileno(), min(_BLOCK, end - at), at)
            if not block:
                raise EOFError(f"{old.name} is shorter than it was written.")
            self._write(block)
            at += len(block)

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)


def lengths(snapshot: Path) -> dict[str, dict[str, int]]:
    """{file: {shard: bytes}} of a finished snapshot; empty where they were not kept."""
    path = snapshot / LENGTHS
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found
