"""Publishes made-up records into a folder with the real parts, without a database."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wsr.history.checkpoint import Checkpoint, VerifierKey, sign
from wsr.registry import folder, ids, verify
from wsr.registry.growth import Growth, base64_lines, head_lines, proof_file

ORIGIN = "registry.example/registry/fair-food"
COLUMNS = [
    "public_id",
    "name",
    "products",
    "latitude",
    "longitude",
    "version",
    "effective_on",
    "published_at",
    "withheld",
]
SCHEMA = {
    "kinds": {
        "workplace": {
            "plural": "workplaces",
            "formats": ["csv", "json", "geojson"],
            "columns": [{"name": name} for name in COLUMNS],
        },
        "brand": {
            "plural": "brands",
            "formats": ["csv", "json"],
            "columns": [{"name": n} for n in COLUMNS[:2]],
        },
    }
}


class Press:
    """A program's registry in a folder, published step by step."""

    def __init__(self, program, seed=1):
        self.program = program
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.records, self.size, self.peaks, self.head, self.number, self.heads = {}, 0, [], "", 0, {}
        program.mkdir(parents=True, exist_ok=True)

    @property
    def verifier(self):
        return str(VerifierKey(ORIGIN, self.key.public_key().public_bytes_raw()))

    @property
    def public(self):
        return self.program / "current" / "public"

    def publish(self, contents, redact=(), page=lambda record: f"<p>{record['public_id']}</p>".encode()):
        """`contents`: {public id: (kind, content, withheld)} of what is new or changed."""
        self.number += 1
        growth, fresh = Growth(self.size, self.peaks), []
        for public_id, (kind, content, withheld) in contents.items():
            act = "redaction" if public_id in redact else "update" if public_id in self.records else "first"
            fresh.append((public_id, self._version(growth, public_id, kind, act, content, withheld)))
        for public_id, version in fresh:
            version["proof"] = base64_lines(growth.inclusion(version["leaf_index"]))
            if version["act"] == "redaction":
                for old in self.records[public_id]["versions"][:-1]:
                    old.pop("salt"), old.pop("disclosed")
        changed = [self.records[public_id] for public_id in contents]
        top_files = {"index.html.gz": folder.compress(b"<h1>Program</h1>"), "feed.atom": b"<feed/>"}
        if self.number > 1:
            top_files[f"consistency/{self.number - 1}-{self.number}"] = proof_file(growth.consistency())
        snapshot = folder.Snapshot(self.program, self.number, SCHEMA)
        files = snapshot.build(
            changed,
            page,
            growth.leaves,
            self.verifier,
            top_files,
        )
        lines = head_lines(self.number, f"2026-01-0{self.number}T00:00:00Z", self.head, files)
        self.head = sign(Checkpoint(ORIGIN, growth.tree.size, growth.tree.root(), lines), self.key)
        self.heads[self.number] = self.head
        snapshot.seal(self.heads)
        folder.switch(self.program, self.number)
        self.size, self.peaks = growth.tree.size, growth.tree.peaks

    def _version(self, growth, public_id, kind, act, content, withheld):
        record = self.records.setdefault(public_id, {"public_id": public_id, "kind": kind, "versions": []})
        salt = bytes([len(record["versions"])]) * 16
        disclosed = {
            "content": content,
            "withheld": withheld,
            "effective_on": "2026-01-01",
            "published_at": "2026-01-01",
        }
        version = {
            "version": len(record["versions"]) + 1,
            "publication": self.number,
            "act": act,
            "salt": salt.hex(),
            "disclosed": disclosed,
            "commitment": verify.commitment(salt, disclosed),
        }
        version["leaf_index"] = growth.add(verify.leaf(public_id, kind, version))
        record["versions"].append(version)
        return version


def public_id_of(number):
    """The same id for the same number."""
    body = ""
    for _position in range(9):
        number, digit = divmod(number * 7919 + 13, 31)
        body = ids.ALPHABET[digit] + body
    return body + ids.check_character(body)


def workplace(number, name=None, place=(23.7, 90.4)):
    content = {
        "name": name or f'Würk, "{number}"',
        "products": ["shirts", "=pants"],
        "latitude": place and place[0],
        "longitude": place and place[1],
    }
    return public_id_of(number), ("workplace", content, {} if place else {"location": "withheld_for_safety"})


def press_of_three(program):
    """Three publications of 14 records: added, changed, redacted, withheld; two shards and more."""
    press = Press(program)
    press.publish(dict(workplace(number) for number in range(12)))
    press.publish(
        {
            **dict([workplace(3, "New name"), workplace(4, place=None)]),
            public_id_of(90): ("brand", {"name": "B"}, {}),
        }
    )
    press.publish(
        dict([workplace(5, "Again")])
        | {public_id_of(6): ("workplace", {"reason": "court_order", "redacted_versions": [1]}, {})},
        redact=[public_id_of(6)],
    )
    return press
