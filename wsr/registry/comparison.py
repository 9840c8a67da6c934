"""What a publication would change: what is disclosed now against what was published last. Reads only.

Each kind is read in one statement, so every record is true of one moment; a row that is written while the comparison runs is
looked at again by the next publication.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import batched
from types import ModuleType
from typing import Any
from uuid import UUID

from django.db import connections

from wsr.registry import disclosure, names, verify
from wsr.registry.enums import Act, Wish
from wsr.registry.ids import new_public_id
from wsr.registry.models import Content, Identity, Instruction, Listing, Publication, Record
from wsr.tenancy import current_alias, current_program_id

CHUNK = 2000


@dataclass
class Draft:
    """A version that a publication would add. `digest` is empty where nothing is shown any more."""

    identity: Identity
    version: int
    act: Act
    said: dict[str, Any]
    digest: bytes = b""
    search: str = ""


@dataclass
class Comparison:
    """Everything that changed since `last`, found by `run`. `everything` compares records whose rows were not written, too.

    `naming`: {public id: ids of its versions} of records that name a subject which this publication redacts.
    """

    at: datetime
    last: Publication | None
    everything: bool = False
    drafts: list[Draft] = field(default_factory=list)
    fresh: list[Identity] = field(default_factory=list)
    instructions: dict[tuple[str, UUID], list[Instruction]] = field(default_factory=dict)
    seen_transaction: int = 0
    gone: names.Gone = field(default_factory=lambda: names.Gone(current_program_id()))
    naming: dict[str, set[UUID]] = field(default_factory=dict)
    _erased: dict[str, list[int]] = field(default_factory=dict)
    _public_ids: dict[tuple[str, UUID], str] = field(default_factory=dict)

    def run(self) -> "Comparison":
        """Compare every kind of every app in the active program."""
        self.seen_transaction = _seen_transaction()
        for instruction in Instruction.objects.filter(done_in=None).order_by("asked_at", "pk"):
            self.instructions.setdefault((instruction.kind, instruction.subject_id), []).append(instruction)
        self._find_gone()
        for module in disclosure.modules():
            for kind in module.KINDS:
                self._compare(module, kind.key)
                self._withdraw(module, kind.key)
        self._redact()
        self._take_out_names()
        return self

    def _find_gone(self) -> None:
        """Who is redacted, and the versions of other records that name those whom this publication redacts."""
        asked = [one for of_subject in self.instructions.values() for one in of_subject]
        self.gone = names.gone(asked)
        redacted = Identity.objects.filter(public_id__in=list(self.gone.public_ids), is_redacted=False)
        self.naming = names.naming(self.gone, redacted.values_list("public_id", flat=True))
        self._erased = names.erased_versions(self.naming) if self.naming else {}

    def _wishes(self, kind: str, subject_id: UUID, wish: Wish) -> list[Instruction]:
        return [asked for asked in self.instructions.get((kind, subject_id), []) if asked.wish == wish]

    # ── New and changed ──────────────────────────────────────────────────────────────────────────

    def _compare(self, module: ModuleType, kind: str) -> None:
        wanted = None
        if self.last is not None and not self.everything:
            since = disclosure.Since(self.last.published_at, self.last.seen_transaction)
            asked = {subject_id for (of_kind, subject_id) in self.instructions if of_kind == kind}
            wanted = module.changed(kind, since) | disclosure.changed_additions(kind, since) | asked
        if wanted is None or wanted:
            for chunk in batched(module.records(kind, self.at.date(), wanted), CHUNK, strict=False):
                self._compare_chunk(kind, disclosure.with_additions(kind, chunk, self.at.date()))

    def _compare_chunk(self, kind: str, chunk: Iterable[disclosure.PublicRecord]) -> None:
        records = [record for record in chunk if self.may_publish(kind, record.subject_id)]
        identities = self._identities(kind, [record.subject_id for record in records])
        self._learn_refs(records)
        public_ids = [identity.public_id for identity in identities.values()]
        newest = {listing.public_id: listing for listing in Listing.objects.filter(public_id__in=public_ids)}
        for record in records:
            identity = identities[record.subject_id]
            if not identity.is_redacted and not self._wishes(kind, record.subject_id, Wish.REDACTION):
                self._compare_record(record, identity, newest.get(identity.public_id))

    def may_publish(self, kind: str, subject_id: UUID) -> bool:
        """Not while an embargo lasts; the newest one replaces those before it."""
        embargoes = self._wishes(kind, subject_id, Wish.EMBARGO)
        return not embargoes or bool(embargoes[-1].until and embargoes[-1].until <= self.at)

    def _compare_record(
        self, record: disclosure.PublicRecord, identity: Identity, newest: Listing | None
    ) -> None:
        plain = {name: self._plain(value) for name, value in record.content.items()}
        content, withheld = self.gone.take_out(plain, record.withheld)
        effective_on = record.effective_on.isoformat() if record.effective_on else None
        said = {"content": content, "withheld": withheld, "effective_on": effective_on}
        digest = sha256(verify.canonical(said)).digest()
        if newest and newest.is_shown and bytes(newest.digest) == digest:
            return
        corrections = self._wishes(record.kind, record.subject_id, Wish.CORRECTION)
        changed = Act.NAME_REMOVED if identity.public_id in self.naming else Act.UPDATE
        act = Act.FIRST if newest is None else Act.CORRECTION if corrections else changed
        if act == Act.CORRECTION:
            note = corrections[-1].note
            said["correction"] = "" if self.gone.reason_in(note) else note
        self._add(identity, newest, act, said, digest, self.gone.cut(record.search))

    def _add(
        self,
        identity: Identity,
        newest: Listing | None,
        act: Act,
        said: dict[str, Any],
        digest: bytes = b"",
        words: str = "",
    ) -> None:
        if identity.public_id in self._erased:
            said["redacted_versions"] = self._erased[identity.public_id]
        self.drafts.append(Draft(identity, newest.version + 1 if newest else 1, act, said, digest, words))

    # ── Gone ─────────────────────────────────────────────────────────────────────────────────────

    def _withdraw(self, module: ModuleType, kind: str) -> None:
        """Records whose subject is no longer disclosed, or was merged into another."""
        known = Identity.objects.filter(kind=kind, is_redacted=False)
        # a set difference is hashed whatever the planner believes of tables that were filled a moment ago
        missing = known.values_list("subject_id").difference(
            module.present(kind).order_by().values_list("pk")
        )
        subject_ids = [subject_id for (subject_id,) in missing]
        subject_ids += known.exclude(merged_into="").values_list("subject_id", flat=True)
        identities = {i.public_id: i for i in known.filter(subject_id__in=subject_ids)}
        gone = Listing.objects.filter(public_id__in=list(identities), is_shown=True).order_by("public_id")
        for listing in gone:
            identity = identities[listing.public_id]
            if self._wishes(kind, identity.subject_id, Wish.REDACTION):
                continue
            act = Act.MERGE if identity.merged_into else Act.WITHDRAWAL
            self._add(
                identity,
                listing,
                act,
                _tombstone({"merged_into": identity.merged_into} if identity.merged_into else {}),
            )

    def _redact(self) -> None:
        """Tombstones: the content of earlier versions goes, that they existed stays."""
        for kind, subject_id in self.instructions:
            asked = self._wishes(kind, subject_id, Wish.REDACTION)
            identity = Identity.objects.filter(kind=kind, subject_id=subject_id).first() if asked else None
            newest = Listing.objects.filter(public_id=identity.public_id).first() if identity else None
            if newest:
                content = {
                    "reason": asked[-1].reason_code,
                    "redacted_versions": list(range(1, newest.version + 1)),
                }
                self._add(identity, newest, Act.REDACTION, _tombstone(content))

    def _take_out_names(self) -> None:
        """Records that name a redacted one and did not change otherwise, are held back, or are no longer shown."""
        drafted = {draft.identity.public_id for draft in self.drafts}
        waiting = sorted(set(self.naming) - drafted)
        identities = {i.public_id: i for i in Identity.objects.filter(public_id__in=waiting)}
        for newest in Listing.objects.filter(public_id__in=waiting).order_by("public_id"):
            body = Content.objects.get(
                pk__in=Record.objects.filter(public_id=newest.public_id, version=newest.version).values("pk")
            ).body
            disclosed = json.loads(body)
            content, withheld = self.gone.take_out(disclosed["content"], disclosed["withheld"])
            said = {"content": content, "withheld": withheld, "effective_on": disclosed["effective_on"]}
            digest = sha256(verify.canonical(said)).digest() if newest.is_shown else b""
            act = Act.NAME_REMOVED if newest.is_shown else Act(newest.act)
            self._add(identities[newest.public_id], newest, act, said, digest, self.gone.cut(newest.search))

    # ── Identities ───────────────────────────────────────────────────────────────────────────────

    def _identities(self, kind: str, subject_ids: list[UUID]) -> dict[UUID, Identity]:
        """The permanent identities of these subjects; new ones are collected in `fresh`, not saved."""
        found = {i.subject_id: i for i in Identity.objects.filter(kind=kind, subject_id__in=subject_ids)}
        program_id = current_program_id()
        for subject_id in subject_ids:
            if subject_id not in found:
                found[subject_id] = Identity(
                    program_id=program_id,
                    kind=kind,
                    subject_id=subject_id,
                    public_id=new_public_id(),
                    created_at=self.at,
                )
                self.fresh.append(found[subject_id])
        self._public_ids |= {(kind, subject_id): identity.public_id for subject_id, identity in found.items()}
        return found

    def _learn_refs(self, records: Iterable[disclosure.PublicRecord]) -> None:
        """Public ids of the records that these name, as far as they have one."""
        unknown: dict[str, set[UUID]] = {}
        for record in records:
            for value in record.content.values():
                for ref in value if isinstance(value, list) else [value]:
                    if isinstance(ref, disclosure.Ref) and (ref.kind, ref.subject_id) not in self._public_ids:
                        unknown.setdefault(ref.kind, set()).add(ref.subject_id)
        for kind, subject_ids in unknown.items():
            rows = Identity.objects.filter(kind=kind, subject_id__in=subject_ids)
            self._public_ids |= {(kind, row.subject_id): row.public_id for row in rows}

    def _plain(self, value: Any) -> Any:
        if isinstance(value, disclosure.Ref):
            public_id = self._public_ids.get((value.kind, value.subject_id))
            return {"name": value.name} | ({"public_id": public_id} if public_id else {})
        return [self._plain(part) for part in value] if isinstance(value, list) else value


def _tombstone(content: dict[str, Any]) -> dict[str, Any]:
    return {"content": content, "withheld": {}, "effective_on": None}


def _seen_transaction() -> int:
    """Every transaction below this one is visible to the comparison that follows."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]
