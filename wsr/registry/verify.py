#!/usr/bin/env python3
# ruff: noqa: ANN001, ANN201, S608, T201 -- it runs alone, on any Python since 3.10, and must read easily
"""Check a published registry with nothing but its files: python3 verify.py FOLDER [--key KEY] [--since OLD_CHECKPOINT]

Needs Python 3.10 or newer and no package. It checks that the program's key signed the head; that every head extends the
one before; that every version of every record is in the signed log, unaltered, and none is missing; that the CSV, JSON,
GeoJSON and SQLite files say exactly what the records say; and that no other byte of the folder was changed.
On failure it names the record, file or head, and exits with 1. How it works: the page "verify" of the registry.
"""

import argparse
import base64
import csv
import hashlib
import io
import itertools
import json
import os
import re
import sqlite3
import sys
from pathlib import Path

LEAVES_PER_FILE = 10_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SHOWN = ("first", "update", "correction", "name_removed")


class Failure(Exception):
    """Something does not hold. The message begins with the name of the record, file or head."""


# ── What is written how: the publisher uses these same functions ─────────────────────────────────


def canonical(value):
    """The one way of writing a JSON value: sorted keys, no blanks, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def commitment(salt, disclosed):
    """What a leaf says of a version's content (hex): SHA-256 over the salt and the content."""
    return hashlib.sha256(salt + canonical(disclosed)).hexdigest()


def leaf(public_id, kind, version):
    """The line of the log for one version of a record."""
    said = {name: version[name] for name in ("version", "publication", "act", "commitment")}
    return canonical({"public_id": public_id, "kind": kind, **said})


def neutral(text):
    """The text, with an apostrophe before what a spreadsheet would run as a formula; full-width signs and marks that
    nobody sees count, too. Source: OWASP, "CSV Injection"."""
    seen = text.lstrip(" \u00a0\u200b\u2060\ufeff")
    return "'" + text if seen.startswith(FORMULA_STARTS) else text


def cell(value):
    """A value as one line of text. What a spreadsheet would run as a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = "; ".join(cell(part) for part in value)
    elif isinstance(value, dict):
        value = value.get("name", "")
    elif not isinstance(value, str):
        return str(value)
    return neutral(" ".join(value.split()))


def row(record, columns):
    """One record's newest version as {column: value}, or None when the record is no longer shown."""
    newest = record["versions"][-1]
    if newest["act"] not in SHOWN:
        return None
    disclosed = newest["disclosed"]
    known = {
        "public_id": record["public_id"],
        "version": newest["version"],
        "published_at": disclosed["published_at"],
        "effective_on": disclosed["effective_on"],
        "withheld": disclosed["withheld"],
        **disclosed["content"],
    }
    return {column: known.get(column) for column in columns}


def csv_line(values):
    """The cells as one line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell(value) for value in values])
    return out.getvalue().encode()


def withheld_as_text(values):
    """The values of a row, with the withheld fields and their reasons as one text."""
    return [
        "; ".join(f"{field}: {reason}" for field, reason in sorted(value.items()))
        if name == "withheld"
        else value
        for name, value in values.items()
    ]


def bulk_lines(values):
    """{format: the row's bytes in that file}. Rows of JSON and GeoJSON end with a comma, dropped after the last one."""
    place = [values.get("longitude"), values.get("latitude")]
    feature = {
        "type": "Feature",
        "id": values["public_id"],
        "geometry": {"type": "Point", "coordinates": place} if None not in place else None,
        "properties": values,
    }
    return {
        "csv": csv_line(withheld_as_text(values)),
        "json": canonical(values) + b",\n",
        "geojson": canonical(feature) + b",\n",
    }


def frame(kind_of_file, columns):
    """What stands before and after the rows of a bulk file."""
    return {
        "csv": (csv_line(columns), b""),
        "json": (b"[\n", b"]\n"),
        "geojson": (b'{"type":"FeatureCollection","features":[\n', b"]}\n"),
    }[kind_of_file]


def sql_values(values):
    """The row as it stands in the SQLite file: numbers stay numbers, all else is text."""
    return [
        value if isinstance(value, int | float) and not isinstance(value, bool) else cell(value)
        for value in withheld_as_text(values)
    ]


# ── Merkle tree, RFC 9162 section 2.1 ────────────────────────────────────────────────────────────


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(peaks):
    """The root above complete subtrees (hash, level), largest first."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    found = peaks[-1][0]
    for peak, _level in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def inclusion_holds(hashed, index, size, proof, root):
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, hashed
    for step in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(step, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(old, new, old_root, new_root, proof):
    """RFC 9162, 2.1.4.2, for 0 < old <= new."""
    if old == new:
        return not proof and old_root == new_root
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    found_old = found_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found_new = node_hash(found_new, step)
        position, last = position >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


# ── Ed25519, RFC 8032 section 5.1 ────────────────────────────────────────────────────────────────

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _x_from_y(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data):
    y = int.from_bytes(data, "little")
    y, sign = y & ((1 << 255) - 1), y >> 255
    x = _x_from_y(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(factor, point):
    found = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _add(found, point)
        point = _add(point, point)
        factor >>= 1
    return found


_BASE_Y = 4 * pow(5, -1, P) % P
_BASE_X = _x_from_y(_BASE_Y, 0)
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def signature_holds(public, message, signature):
    """Whether this Ed25519 signature of 64 bytes is of this message and key."""
    key, commit = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or commit is None or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = _times(scalar, BASE), _add(commit, _times(challenge, key))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P
    )


# ── Heads: c2sp.org/tlog-checkpoint in c2sp.org/signed-note ──────────────────────────────────────


def unbase64(text):
    """Bytes, from the one right spelling of them."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not base64 as it is written")
    return raw


def read_key(text):
    """(name, key id, public key) from `name+id+key`."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = unbase64(encoded)
    except ValueError:
        raise Failure("key: it is not in the form name+id+key") from None
    right_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if len(raw) != 33 or raw[0] != 1 or right_id.hex() != key_id:
        raise Failure("key: it is not an Ed25519 key, or its id does not belong to it")
    return name, right_id, raw[1:]


def read_head(note, key, name):
    """What a signed head says, as a dictionary. `name` is what to call it when it fails."""
    try:
        text = note.decode()
        body, signature = text.split("\n\n")
        origin, size, root, *rest = body.split("\n")
        said = dict(line.split(" ", 1) for line in rest)
        head = {
            "origin": origin,
            "size": int(size),
            "root": unbase64(root),
            **said,
            "publication": int(said["publication"]),
        }
        signer, raw = signature.removeprefix("— ").removesuffix("\n").split(" ")
        raw = unbase64(raw)
    except (ValueError, KeyError):
        raise Failure(f"{name}: it is not a signed head") from None
    key_name, key_id, public = key
    if (
        f"— {signer} {base64.b64encode(raw).decode()}\n" != signature
        or signer != key_name
        or origin != key_name
    ):
        raise Failure(f"{name}: it is not signed under the name {key_name}")
    if raw[:4] != key_id or not signature_holds(public, (body + "\n").encode(), raw[4:]):
        raise Failure(f"{name}: the signature does not belong to this head and key")
    return head


# ── The folder ───────────────────────────────────────────────────────────────────────────────────


def pretty(public_id):
    return "-".join((public_id[:4], public_id[4:8], public_id[8:]))


def read(folder, path):
    """A file's bytes. Raises Failure naming it."""
    try:
        return (folder / path).read_bytes()
    except OSError:
        raise Failure(f"{called(path)}: it is missing or cannot be read") from None


def called(path):
    """A path as people know it: with the record's number where it belongs to one."""
    found = re.match(r"r/../([1-9A-Z]{10})[.]", str(path))
    return f"record {pretty(found[1])} ({path})" if found else str(path)


def check_heads(folder, key, since):
    """Every head from the first to the newest: signed, in order, each naming the one before."""
    heads, before = [], b""
    newest = read(folder, "checkpoint")
    last = read_head(newest, key, "checkpoint")["publication"]
    held = (
        sorted(path.name for path in (folder / "checkpoints").iterdir())
        if (folder / "checkpoints").is_dir()
        else []
    )
    wanted = sorted(str(number) for number in range(1, last + 1))
    if held != wanted:
        odd = sorted(set(held) ^ set(wanted), key=lambda name: (len(name), name))[0]
        raise Failure(
            f"checkpoints/{odd}: it does not fit the newest head, publication {last} (is an old head replayed?)"
        )
    for number in range(1, last + 1):
        note = read(folder, f"checkpoints/{number}")
        head = read_head(note, key, f"checkpoints/{number}")
        if head["publication"] != number or head.get("previous", "") != (
            hashlib.sha256(before).hexdigest() if before else "none"
        ):
            raise Failure(f"checkpoints/{number}: it does not follow the head before it")
        heads.append(head)
        before = note
    if before != newest:
        raise Failure(f"checkpoint: it is not the head of publication {last}")
    if since:
        check_since(since, key, heads, folder)
    return heads


def check_since(since, key, heads, folder):
    """The head somebody kept earlier is one of this chain."""
    old = read_head(since, key, "the earlier head")
    if old["publication"] > len(heads):
        raise Failure(f"checkpoint: it is older than the head you kept (publication {old['publication']})")
    if read(folder, f"checkpoints/{old['publication']}") != since:
        raise Failure(
            f"checkpoints/{old['publication']}: it is not the head you kept; the history was rewritten"
        )


def check_log(folder, heads):
    """Every leaf in order, and the root of every head over them. Returns the leaves."""
    leaves, peaks, at = [], [], 0
    for number in range(-(-heads[-1]["size"] // LEAVES_PER_FILE)):
        name = f"log/leaves-{number:06d}"
        lines = read(folder, name).split(b"\n")
        if lines.pop() != b"" or (number + 1) * LEAVES_PER_FILE < len(leaves) + len(lines):
            raise Failure(f"{name}: it is cut off")
        leaves += lines
    if len(leaves) != heads[-1]["size"]:
        raise Failure(f"log: it has {len(leaves)} leaves, the head says {heads[-1]['size']}")
    for head in heads:
        if head["size"] < at:
            raise Failure(f"checkpoints/{head['publication']}: it is smaller than the head before it")
        for line in leaves[at : head["size"]]:
            hashed, level = leaf_hash(line), 0
            while peaks and peaks[-1][1] == level:
                hashed, level = node_hash(peaks.pop()[0], hashed), level + 1
            peaks.append((hashed, level))
        at = head["size"]
        if root_of(peaks) != head["root"]:
            raise Failure(
                f"log: its leaves up to {at} are not those of head {head['publication']}{_first_stranger(folder, leaves)}"
            )
    return leaves


def _first_stranger(folder, leaves):
    """The first record whose own proof shows that its leaf was altered, for the message."""
    for record in records(folder):
        for version in record["versions"]:
            index = version["leaf_index"]
            if index >= len(leaves) or leaves[index] != leaf(record["public_id"], record["kind"], version):
                return f" (record {pretty(record['public_id'])})"
    return ""


def check_consistency(folder, heads):
    """The published proof between every two neighboring heads."""
    for old, new in itertools.pairwise(heads):
        name = f"consistency/{old['publication']}-{new['publication']}"
        try:
            proof = [unbase64(line) for line in read(folder, name).decode().split("\n")[:-1]]
        except ValueError:
            raise Failure(f"{name}: it is not a proof") from None
        if not consistency_holds(old["size"], new["size"], old["root"], new["root"], proof):
            raise Failure(
                f"{name}: it does not prove that head {new['publication']} extends head {old['publication']}"
            )


def records(folder):
    """Every record of the folder, in the order of the bulk files."""
    for path in sorted((folder / "r").glob("??/records.jsonl")):
        name = path.relative_to(folder).as_posix()
        for number, line in enumerate(read(folder, name).split(b"\n")[:-1], 1):
            try:
                record = json.loads(line)
                ids = (record["public_id"], record["kind"], record["versions"][-1]["version"])
                well_formed = (
                    canonical(record) == line and record["public_id"][-3:-1] == path.parent.name and all(ids)
                )
            except (ValueError, KeyError, TypeError, IndexError):
                well_formed = False
            if not well_formed:
                found = re.search(rb'"public_id":"([1-9A-Z]{10})","versions"', line)
                who = f"record {pretty(found[1].decode())} ({name})" if found else name
                raise Failure(f"{who}: line {number} is not a record as it was written")
            yield record


def erased_versions(record):
    """The versions whose content a later, signed version says was erased: of the whole record, or because it named another."""
    erased = set()
    for version in record["versions"]:
        said = version.get("disclosed", {})
        if version["act"] == "redaction" and said:
            erased.update(said["content"]["redacted_versions"])
        erased.update(number for number in said.get("redacted_versions", ()) if number < version["version"])
    return erased


def check_record(record, leaves, heads):
    """Every version of one record: committed to by its leaf, and that leaf proved under its publication's head."""
    name = f"record {pretty(record['public_id'])}"
    erased_by = erased_versions(record)
    for position, version in enumerate(record["versions"], 1):
        try:
            index, number = version["leaf_index"], version["version"]
            if number != position or leaves[index] != leaf(record["public_id"], record["kind"], version):
                raise Failure(f"{name}: version {position} is not the one in the log")
            head = heads[version["publication"] - 1]
            proof = [unbase64(step) for step in version["proof"]]
            if not inclusion_holds(leaf_hash(leaves[index]), index, head["size"], proof, head["root"]):
                raise Failure(
                    f"{name}: the proof of version {number} does not lead to head {head['publication']}"
                )
            if "disclosed" in version:
                if commitment(bytes.fromhex(version["salt"]), version["disclosed"]) != version["commitment"]:
                    raise Failure(f"{name}: version {number} does not say what was signed")
            elif number not in erased_by:
                raise Failure(f"{name}: version {number} has no content, and no redaction says why")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise Failure(f"{name}: version {position} is not a version as it was written") from None
        yield index


def check_records(folder, leaves, heads):
    """All records, and that each leaf of the log belongs to exactly one version of them. Returns how many there are."""
    seen, count = bytearray(len(leaves)), 0
    for record in records(folder):
        count += 1
        for index in check_record(record, leaves, heads):
            seen[index] += not seen[index]
    missing = seen.find(0)
    if missing >= 0:
        said = json.loads(leaves[missing])
        raise Failure(f"record {pretty(said['public_id'])}: it is in the log and not among the records")
    if count != len({json.loads(line)["public_id"] for line in leaves}):
        raise Failure("records: one of them stands there twice")
    return count


def check_bulk(folder):
    """Every row of the data files is what its record says, and every record has its row."""
    kinds = json.loads(read(folder, "schema.json"))["kinds"]
    columns = {kind: [column["name"] for column in described["columns"]] for kind, described in kinds.items()}
    rows = {kind: [] for kind in kinds}
    for record in records(folder):
        if record["kind"] not in kinds:
            raise Failure(f"record {pretty(record['public_id'])}: the schema does not know its kind")
        shown = row(record, columns[record["kind"]])
        rows[record["kind"]] += [shown] if shown else []
    for kind, described in kinds.items():
        for ending in described["formats"]:
            check_lines(folder, f"data/{described['plural']}.{ending}", ending, columns[kind], rows[kind])
        check_sqlite(folder, described["plural"], columns[kind], rows[kind])


def check_lines(folder, name, ending, columns, rows):
    """A bulk file, byte by byte."""
    start, end = frame(ending, columns)
    parts = [bulk_lines(values)[ending] for values in rows]
    if parts and ending != "csv":
        parts[-1] = parts[-1][:-2] + b"\n"
    held, at = read(folder, name), len(start)
    if held == start + b"".join(parts) + end:
        return
    if not held.startswith(start):
        raise Failure(f"{name}: its first line is not the one of the schema")
    for values, part in zip(rows, parts, strict=True):
        if held[at : at + len(part)] != part:
            raise Failure(
                f"{name}: the row of record {pretty(values['public_id'])} is not what the record says"
            )
        at += len(part)
    raise Failure(f"{name}: something stands after the last record")


def check_sqlite(folder, table, columns, rows):
    """The table of one kind in registry.sqlite, value by value."""
    name = "registry.sqlite"
    read(folder, name)
    try:
        database = sqlite3.connect(f"{(folder / name).resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        held = database.execute(f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY rowid').fetchall()
        database.close()
    except (sqlite3.Error, UnicodeDecodeError):
        raise Failure(f"{name}: the table {table} cannot be read") from None
    found = {values[0]: list(values) for values in held}
    for values in rows:
        if found.pop(values["public_id"], None) != sql_values(values):
            raise Failure(
                f"{name}: the row of record {pretty(values['public_id'])} is not what the record says"
            )
    if found or len(held) != len(rows):
        raise Failure(f"{name}: the table {table} has a row that is no record")


def check_files(folder, head):
    """Every byte of every file, by the list whose hash the head carries, and that there is no file besides."""
    listed = check_list(folder, "checksums", head["files"])
    shards = [name for name in listed if re.fullmatch(r"r/../checksums", name)]
    pages = {}
    for name in shards:
        where = name.removesuffix("checksums")
        pages.update(
            {where + path: digest for path, digest in check_list(folder, name, listed[name]).items()}
        )
    held = {
        Path(top, name).relative_to(folder).as_posix()
        for top, _folders, names in os.walk(folder, followlinks=True)
        for name in names
    }
    held = {name for name in held if not name.startswith("checkpoints/")} - {"checkpoint", "checksums"}
    wanted = {**listed, **pages}
    bundle = not any(re.fullmatch(r"r/../[1-9A-Z]{10}[.].*", name) for name in held)
    for name in sorted(held - set(wanted)):
        raise Failure(f"{called(name)}: it does not belong to this publication")
    for name, digest in sorted(wanted.items()):
        if name in held:
            if hashlib.sha256(read(folder, name)).hexdigest() != digest:
                raise Failure(f"{called(name)}: it was changed after signing")
        elif not (
            bundle and (name.endswith((".html.gz", ".atom")) or (name in pages and name.endswith(".json")))
        ):
            raise Failure(f"{called(name)}: it is missing")


def check_list(folder, name, digest):
    """{path: SHA-256} from a list of checksums that has this hash itself."""
    data = read(folder, name)
    if hashlib.sha256(data).hexdigest() != digest:
        raise Failure(f"{name}: it was changed after signing")
    return {line[66:]: line[:64] for line in data.decode().split("\n")[:-1]}


def verify(folder, key=None, since=None):
    """Check everything. Returns a sentence; raises Failure naming what does not hold."""
    folder = Path(folder)
    trusted = read_key(key if key else read(folder, "key").decode(errors="replace"))
    heads = check_heads(folder, trusted, since)
    leaves = check_log(folder, heads)
    check_consistency(folder, heads)
    count = check_records(folder, leaves, heads)
    try:
        check_bulk(folder)
        check_files(folder, heads[-1])
    except (ValueError, KeyError, TypeError):
        raise Failure("schema.json or checksums: it cannot be read") from None
    return (
        f"{heads[-1]['origin']}: {count:,} records, {len(leaves):,} versions, {len(heads)} publications. "
        f"Everything is as it was signed on {heads[-1]['time']}."
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="the unpacked download, or a published folder")
    parser.add_argument(
        "--key", help="the program's public key, or a file with it, got from somewhere else than this folder"
    )
    parser.add_argument("--since", help="a checkpoint that you kept earlier; the new one must extend it")
    options = parser.parse_args(arguments)
    try:
        key = Path(options.key).read_text() if options.key and Path(options.key).is_file() else options.key
        since = read(Path(), options.since) if options.since else None
        said = verify(options.folder, key, since)
    except Failure as failure:
        print(f"FAILED – {failure}", file=sys.stderr)
        return 1
    print(f"OK – {said}")
    if not key:
        print("The key came with the files. Compare it with the one the program gives elsewhere: --key.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
