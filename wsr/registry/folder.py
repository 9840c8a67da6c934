# ruff: noqa: S608 -- table and column names come from our own schema
"""A publication as files: content-addressed shards, whole files made of their parts, one atomic switch.

    published/<program>/shards/<hash>/…      the records of one shard; never changed, shared by publications
    published/<program>/parts/<hash>/…       the same records as rows of the whole files
    published/<program>/snapshots/<n>/public one publication; r/<shard> points to a shard
    published/<program>/snapshots/<n>/pages  its pages of records under one roof; see wsr.registry.served
    published/<program>/current              points to the snapshot that is served

Publishing touches the shards of changed records and links the rest. Nothing that is served is ever written to: until
`switch` renames one symbolic link, readers see the old publication whole, and after it the new one whole.
"""

import ctypes
import gzip
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from wsr.registry import served, verify, whole
from wsr.registry.ids import shard
from wsr.registry.served import read_sums

PARTS = ("csv", "json", "geojson")
KEPT_SNAPSHOTS = 3
VERIFIER = Path(verify.__file__)
README = """A signed public registry. To check it:

    python3 verify.py .

Compare the file "key" with the key that the program gives elsewhere, and keep the file "checkpoint":
    python3 verify.py . --key KEY --since YOUR_EARLIER_CHECKPOINT
"""


type Document = dict[str, Any]
"""A record with all its versions, as its JSON file holds it."""


@dataclass
class Snapshot:
    """One publication being built from the one before. Call the steps in the order of `build`."""

    program: Path
    number: int
    schema: dict[str, Any]
    goes_on: bool = True  # False: make everything anew, whatever is served now
    form: str = ""  # how the files are written; see wsr.registry.form
    sums: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.building = self.program / "snapshots" / f"{self.number}.building"
        self.public = self.building / "public"
        self.before = (
            (self.program / "current" / "public").resolve()
            if self.goes_on and (self.program / "current").exists()
            else None
        )
        self.old_sums = read_sums(self.before / "checksums") if self.before else {}

    def build(
        self,
        changed: Iterable[Document],
        page: Callable[[Document], bytes],
        leaves: list[bytes],
        key: str,
        top_files: Mapping[str, bytes],
        progress: Callable[[int], None] = lambda _done: None,
    ) -> str:
        """Write everything but the head; return the SHA-256 (hex) that the head must carry as `files`.

        `changed`: new and changed records, or all of them where there is no snapshot before. `leaves`: likewise.
        `top_files`: {path: bytes} of what is no record. `progress` is told how many records are written.
        """
        shutil.rmtree(self.building, ignore_errors=True)
        self.public.mkdir(parents=True)
        (self.building / "form").write_text(self.form)
        self._link_history()
        touched = self._shards(changed, page, progress)
        served.lay_out(self.program, self.building, self.sums, served_number(self.program))
        self._whole_files()
        self._sqlite(touched)
        self._leaves(leaves)
        self._write("key", f"{key}\n".encode())
        self._write("schema.json", json.dumps(self.schema, indent=1, sort_keys=True).encode() + b"\n")
        self._write("verify.py", VERIFIER.read_bytes())
        self._write("README.txt", README.encode())
        for path, data in top_files.items():
            self._write(path, data)
        listed = "".join(f"{digest}  {path}\n" for path, digest in sorted(self.sums.items())).encode()
        (self.public / "checksums").write_bytes(listed)
        return sha256(listed).hexdigest()

    def seal(self, heads: Mapping[int, str]) -> None:
        """Add all signed heads and the download of everything, and wait until it is on the disk."""
        (self.public / "checkpoints").mkdir()
        for number, head in heads.items():
            (self.public / "checkpoints" / str(number)).write_text(head)
        (self.public / "checkpoint").write_text(heads[self.number])
        self._zip()
        flush(self.program)

    # ── What carries over ────────────────────────────────────────────────────────────────────────

    def _link_history(self) -> None:
        """Pages and proofs of earlier publications, and the full files of the log, are the same files."""
        for path, digest in self.old_sums.items():
            if re.match(r"consistency/|publications/|history/", path):
                self._link(path, digest)

    def _link(self, path: str, digest: str) -> None:
        target = self.public / path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(self.before / path, target)
        self.sums[path] = digest

    def _write(self, path: str, data: bytes) -> None:
        target = self.public / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.sums[path] = sha256(data).hexdigest()

    # ── Shards ───────────────────────────────────────────────────────────────────────────────────

    def _shards(
        self, changed: Iterable[Document], page: Callable[[Document], bytes], progress: Callable[[int], None]
    ) -> list[Document]:
        """Make the shards of changed records, point to all others. Returns the changed records."""
        by_shard: dict[str, list[Document]] = defaultdict(list)
        records = list(changed)
        for record in records:
            by_shard[shard(record["public_id"])].append(record)
        (self.public / "r").mkdir()
        (self.program / "parts").mkdir(exist_ok=True)
        (self.program / "shards").mkdir(exist_ok=True)
        for path, digest in self.old_sums.items():
            name = path[2:-10]
            if path.startswith("r/") and name not in by_shard:
                self._point(name, digest)
        done = 0
        for name, items in sorted(by_shard.items()):
            self._point(name, self._shard(name, items, page))
            done += len(items)
            progress(done)
        return records

    def _point(self, name: str, digest: str) -> None:
        (self.public / "r" / name).symlink_to(f"../../../../shards/{digest}")
        self.sums[f"r/{name}/checksums"] = digest

    def _shard(self, name: str, items: list[Document], page: Callable[[Document], bytes]) -> str:
        """One shard: changed files written, the others linked. Returns the hash that is its folder's name."""
        digest = self.old_sums.get(f"r/{name}/checksums", "")
        old = self.program / "shards" / digest if digest else None
        draft = self.program / "shards" / f"{name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        sums = read_sums(old / "checksums") if old else {}
        sums.pop("records.jsonl", None)
        lines = _lines_by_id(old / "records.jsonl", sums) if old else {}
        fresh: dict[str, bytes] = {}
        for item in items:
            public_id = item["public_id"]
            lines[public_id] = verify.canonical(item) + b"\n"
            fresh[f"{public_id}.json"] = lines[public_id]
            fresh[f"{public_id}.html.gz"] = compress(page(item))
        _link_all([path for path in sums if path not in fresh], old, draft)
        fresh["records.jsonl"] = b"".join(lines[public_id] for public_id in sorted(lines))
        for path, data in fresh.items():
            (draft / path).write_bytes(data)
            sums[path] = sha256(data).hexdigest()
        listed = "".join(f"{value}  {path}\n" for path, value in sorted(sums.items())).encode()
        (draft / "checksums").write_bytes(listed)
        made = sha256(listed).hexdigest()
        self._parts(items, digest, made)
        _rename(draft, self.program / "shards" / made)
        return made

    def _parts(self, items: list[Document], old_digest: str, made: str) -> None:
        """The shard's rows of the whole files: {kind: {public id: {format: row}}}."""
        path = self.program / "parts" / f"{old_digest}.json"
        rows = json.loads(path.read_bytes()) if old_digest else {}
        for item in items:
            kind, public_id = item["kind"], item["public_id"]
            columns = [column["name"] for column in self.schema["kinds"][kind]["columns"]]
            values = verify.row(item, columns)
            of_kind = rows.setdefault(kind, {})
            of_kind.pop(public_id, None)
            if values:
                of_kind[public_id] = {name: line.decode() for name, line in verify.bulk_lines(values).items()}
        draft = self.program / "parts" / f"{made}.draft"
        draft.write_bytes(json.dumps(rows, ensure_ascii=False).encode())
        draft.rename(self.program / "parts" / f"{made}.json")

    # ── Whole files ──────────────────────────────────────────────────────────────────────────────

    def _whole_files(self) -> None:
        """CSV, JSON and GeoJSON of each kind; see wsr.registry.whole."""
        (self.public / "data").mkdir()
        held = whole.lengths(self.before.parent) if self.before else {}
        with ExitStack() as stack:
            files = {}
            for kind, described in self.schema["kinds"].items():
                columns = [column["name"] for column in described["columns"]]
                for ending in described["formats"]:
                    path = f"data/{described['plural']}.{ending}"
                    before = (self.before / path, held[path]) if self.before and path in held else None
                    files[path] = stack.enter_context(
                        whole.WholeFile(self.public / path, kind, ending, columns, before)
                    )
            may_copy = all(file.before for file in files.values())
            for name in sorted(path for path in self.sums if path.startswith("r/")):
                rows = None
                if not may_copy or self.sums[name] != self.old_sums.get(name):
                    rows = json.loads((self.program / "parts" / f"{self.sums[name]}.json").read_bytes())
                for file in files.values():
                    file.add(name, rows)
            self.sums |= {path: file.finish() for path, file in files.items()}
        said = {path: file.lengths for path, file in files.items()}
        (self.building / whole.LENGTHS).write_text(json.dumps(said))

    def _sqlite(self, changed: list[dict[str, Any]]) -> None:
        """registry.sqlite: a copy of the last one with the changed rows replaced. Deleted content is overwritten."""
        target = self.public / "registry.sqlite"
        if self.before:
            shutil.copyfile(self.before / "registry.sqlite", target)
        database = sqlite3.connect(target)
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        for kind, described in self.schema["kinds"].items():
            columns = [column["name"] for column in described["columns"]]
            table, names = described["plural"], ", ".join(columns)
            database.execute(
                f"CREATE TABLE IF NOT EXISTS {table} ({names.replace('public_id', 'public_id PRIMARY KEY', 1)})"
            )
            of_kind = [record for record in changed if record["kind"] == kind]
            database.executemany(
                f"DELETE FROM {table} WHERE public_id = ?", [[record["public_id"]] for record in of_kind]
            )
            rows = [
                verify.sql_values(values) for record in of_kind if (values := verify.row(record, columns))
            ]
            marks = ", ".join("?" * len(columns))
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        database.commit()
        database.close()
        self.sums["registry.sqlite"] = file_sum(target)

    def _leaves(self, leaves: list[bytes]) -> None:
        """The log: full files are linked, the last one goes on."""
        names = sorted(path for path in self.old_sums if path.startswith("log/"))
        lines: list[bytes] = []
        for name in names:
            held = (self.before / name).read_bytes() if name == names[-1] else b""
            if name == names[-1] and held.count(b"\n") < verify.LEAVES_PER_FILE:
                lines = held.split(b"\n")[:-1]
                names = names[:-1]
            else:
                self._link(name, self.old_sums[name])
        lines += leaves
        for number in range(0, len(lines), verify.LEAVES_PER_FILE):
            name = f"log/leaves-{len(names) + number // verify.LEAVES_PER_FILE:06d}"
            self._write(
                name, b"".join(line + b"\n" for line in lines[number : number + verify.LEAVES_PER_FILE])
            )

    def _zip(self) -> None:
        """Everything that is needed to check and use the registry, in one download; pages are left out."""
        left_out = (".html.gz", ".atom")
        with zipfile.ZipFile(self.building / "registry.zip", "w", zipfile.ZIP_STORED) as archive:
            for path in [
                "checkpoint",
                "checksums",
                *(f"checkpoints/{n}" for n in range(1, self.number + 1)),
                *sorted(self.sums),
            ]:
                if not path.endswith(left_out):
                    archive.write(self.public / path, path)
                if path.startswith("r/"):
                    lines = path.replace("checksums", "records.jsonl")
                    archive.write(self.public / lines, lines)


def is_complete(program: Path, number: int, head: str) -> bool:
    """Whether the files of this publication lie ready, with exactly this head."""
    for name in (f"{number}", f"{number}.building"):
        path = program / "snapshots" / name / "public" / "checkpoint"
        if path.exists() and path.read_text() == head:
            return True
    return False


def form(program: Path, number: int) -> str:
    """The form in which the files of a finished snapshot were written; empty where it was not kept."""
    path = program / "snapshots" / str(number) / "form"
    return path.read_text() if path.exists() else ""


def switch(program: Path, number: int) -> None:
    """Serve this publication from now on; safe to repeat. Readers see the old one or the new one, nothing between."""
    building, finished = program / "snapshots" / f"{number}.building", program / "snapshots" / str(number)
    if building.exists() and not finished.exists():
        building.rename(finished)
    draft = program / "current.draft"
    draft.unlink(missing_ok=True)
    draft.symlink_to(f"snapshots/{number}")
    draft.replace(program / "current")
    descriptor = os.open(program, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def prune(program: Path, oldest: int) -> None:
    """Remove the snapshots before number `oldest`, and what only they used. Never while a publication is being built."""
    used = set()
    for number in snapshots(program):
        if number < oldest:
            shutil.rmtree(program / "snapshots" / str(number))
            continue
        sums = read_sums(program / "snapshots" / str(number) / "public" / "checksums")
        used |= {digest for path, digest in sums.items() if path.startswith("r/")}
    for path in (program / "shards").iterdir():
        if path.name not in used:
            shutil.rmtree(path)
    for path in (program / "parts").iterdir():
        if path.stem not in used:
            path.unlink()


def snapshots(program: Path) -> list[int]:
    """The numbers of the finished snapshots that are kept."""
    return [int(path.name) for path in (program / "snapshots").glob("*") if path.name.isdigit()]


def served_number(program: Path) -> int:
    """The publication that is served; 0 before the first."""
    current = program / "current"
    return int(os.readlink(current).rpartition("/")[2]) if current.is_symlink() else 0


def compress(page: bytes) -> bytes:
    """A page as it is stored: gzip without a time, so that the same page is the same file."""
    return gzip.compress(page, 6, mtime=0)


def file_sum(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def flush(folder: Path) -> None:
    """Wait until the file system of this folder has everything on the disk."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if not hasattr(libc, "syncfs") or libc.syncfs(descriptor):
            os.sync()
    finally:
        os.close(descriptor)


def _lines_by_id(path: Path, sums: Mapping[str, str]) -> dict[str, bytes]:
    """{public id: its line} of a records.jsonl, whose lines stand in the order of the ids. `sums`: the files beside it."""
    ids = sorted(name.removesuffix(".json") for name in sums if name.endswith(".json"))
    lines = path.read_bytes().split(b"\n")[:-1]
    return {public_id: line + b"\n" for public_id, line in zip(ids, lines, strict=True)}


def _link_all(names: Iterable[str], source: Path | None, target: Path) -> None:
    """Hard links in one folder to the files of another. Of most there are thousands: paths are not walked for each."""
    if source is None:
        return
    there, here = os.open(source, os.O_RDONLY), os.open(target, os.O_RDONLY)
    try:
        for name in names:
            os.link(name, name, src_dir_fd=there, dst_dir_fd=here)
    finally:
        os.close(there)
        os.close(here)


def _rename(draft: Path, target: Path) -> None:
    """Move a finished folder to its content address; if it is there already, the draft was superfluous."""
    if target.exists():
        shutil.rmtree(draft)
    else:
        draft.rename(target)
