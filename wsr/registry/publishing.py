"""The publisher: issues what changed as one signed publication, as rows and as files.

One transaction as the engine, one publisher per program at a time. Files are written before the transaction commits and
served after it (`serve`), so a crash at any line leaves the old publication standing, and a second run completes.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import Max
from django.utils import translation

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.models import Head
from wsr.history.operations import record as write_history
from wsr.history.signing import origin, sign_head, verifier_key
from wsr.notices.operations import emit
from wsr.reactions import react
from wsr.registry import disclosure, documents, folder, form, gates, pages, report_files, search, verify
from wsr.registry.comparison import CHUNK, Comparison, Draft
from wsr.registry.enums import Act, Wish
from wsr.registry.growth import Growth, head_lines, proof_file
from wsr.registry.models import Content, Identity, Instruction, Override, Publication, Record
from wsr.registry.names import Gone
from wsr.said import gettext as _
from wsr.tenancy import current_alias, engine_scope, on_commit
from wsr.tenancy.models import Program

REASON_GONE = "This reason named somebody whose record was redacted, so it was removed."
LANGUAGE = "en"  # of the files; other languages are rendered on request from the same rows
type Progress = Callable[[int, int], None]


class GateClosed(DomainError):
    """An essential of the program is not met and the director did not override it."""


def program_folder(program: Program) -> Path:
    """Where a program's publications lie."""
    return settings.PUBLISHED_DIR / program.slug


def publish(
    *,
    program: Program,
    at: datetime,
    by: Person | None,
    progress: Progress = lambda _done, _total: None,
    everything: bool = False,
) -> Publication | None:
    """Publish what changed; None when nothing did. Runs in `engine_scope(program.pk)`.

    `everything` compares every record instead of those whose rows were written since. Raises GateClosed.
    """
    lock(program)
    with translation.override(LANGUAGE):
        return Publisher(program, at, by, progress).run(everything)


def serve(program: Program) -> None:
    """Serve the newest publication and remove what is served no longer. Own transaction; waits for a publisher at work."""
    with engine_scope(program.pk):
        lock(program)
        finish(program)


def finish(program: Program) -> bool:
    """As `serve`, under the publisher's lock and in its scope. False when the files of the newest publication are lost."""
    path = program_folder(program)
    newest = Publication.objects.filter(program_id=program.pk).first()
    if newest is None:
        return True
    if folder.served_number(path) != newest.number:
        if not folder.is_complete(path, newest.number, newest.head):
            return False
        folder.switch(path, newest.number)
    folder.prune(path, _oldest_kept(program))
    report_files.prune(path, _last_redaction(program))
    return True


def programs_to_finish() -> list[Program]:
    """Programs whose newest publication is not served yet, or that keep more on the disk than they should."""
    newest = dict(Publication.objects.order_by().values_list("program_id").annotate(Max("number")))
    found = []
    for program in Program.objects.filter(pk__in=newest):
        path, oldest = program_folder(program), _oldest_kept(program)
        is_served = folder.served_number(path) == newest[program.pk]
        if not is_served or min(folder.snapshots(path), default=oldest) < oldest:
            found.append(program)
    return found


def _oldest_kept(program: Program) -> int:
    """The first publication whose files stay on the disk: nothing from before a redaction."""
    numbers = []
    latest = Publication.objects.filter(program_id=program.pk)[: folder.KEPT_SNAPSHOTS]
    for number, counts in latest.values_list("number", "counts"):
        numbers.append(number)
        if any(Act.REDACTION in acts for acts in counts.values()):
            break
    return min(numbers, default=0)


def _last_redaction(program: Program) -> int:
    """The newest publication that redacted something; 0 where none did."""
    publications = Publication.objects.filter(program_id=program.pk).values_list("number", "counts")
    return next(
        (number for number, counts in publications if any(Act.REDACTION in acts for acts in counts.values())),
        0,
    )


def lock(program: Program) -> None:
    """Until the end of the transaction: one publisher of this program, and nobody who serves, adds or removes its files."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('registry ' || %s, 0))", [str(program.pk)]
        )


class Publisher:
    """One publication of one program, from comparison to signed files."""

    def __init__(self, program: Program, at: datetime, by: Person | None, progress: Progress) -> None:
        """`at` is timezone-aware."""
        self.program, self.at, self.by, self.progress = program, at, by, progress
        self.last = Publication.objects.first()
        self.form = form.fingerprint(program)
        self.files_stand = self.last is not None and finish(program) and self._is_last_form(self.last.number)
        self.number = self.last.number + 1 if self.last else 1
        self.growth = (
            Growth(self.last.size, documents.split_hashes(self.last.peaks)) if self.last else Growth(0, [])
        )
        self.drafts: list[Draft] = []

    def _is_last_form(self, number: int) -> bool:
        return folder.form(program_folder(self.program), number) == self.form

    def run(self, everything: bool) -> Publication | None:
        """See `publish`."""
        states = gates.states(self.program.pk)
        check_gates(states)
        found = Comparison(self.at, self.last, everything).run()
        self.drafts = found.drafts
        said_of_gates = [gate_document(state, found.gone) for state in states]
        if not self.drafts and self.last and self.files_stand and self.last.gates == said_of_gates:
            return None
        Identity.objects.bulk_create(found.fresh, batch_size=CHUNK)
        self._erase_redacted(found)
        self._save_versions()
        publication = self._save_publication(said_of_gates, found.seen_transaction)
        self._end_instructions(found)
        after = {"number": self.number, "records": len(self.drafts), "counts": publication.counts}
        write_history("registry.published", publication, by=self.by, at=self.at, after=after)
        key, context = f"publication:{publication.pk}", {"publication": str(publication.pk)}
        emit(kind="publication", key=key, at=self.at, context=context)
        react("registry.published", by=self.by, at=self.at)
        return publication

    # ── Rows ─────────────────────────────────────────────────────────────────────────────────────

    def _erase_redacted(self, found: Comparison) -> None:
        """The content of redacted records, of versions of others that name them, and of notes and reasons that do."""
        redacted = [draft.identity for draft in self.drafts if draft.act == Act.REDACTION]
        if not redacted:
            return
        Content.objects.filter(public_id__in=[identity.public_id for identity in redacted]).delete()
        for identity in redacted:
            identity.is_redacted, identity.gone_names = True, found.gone.digests(identity.public_id)
        Identity.objects.bulk_update(redacted, ["is_redacted", "gone_names"])
        Content.objects.filter(pk__in=set().union(*found.naming.values())).delete()
        naming = [
            asked.pk for asked in Instruction.objects.exclude(note="") if found.gone.reason_in(asked.note)
        ]
        Instruction.objects.filter(pk__in=naming).update(note="")
        _erase_from_reasons(found.gone)

    def _save_versions(self) -> None:
        salts = [secrets.token_bytes(16) for _draft in self.drafts]
        records = [self._record(draft, salt) for draft, salt in zip(self.drafts, salts, strict=True)]
        for chunk in batched(zip(self.drafts, salts, records, strict=True), CHUNK, strict=False):
            for _draft, _salt, record in chunk:
                record.proof = b"".join(self.growth.inclusion(record.leaf_index))
            made = Record.objects.bulk_create([record for _draft, _salt, record in chunk])
            Content.objects.bulk_create(
                Content(
                    id=row.pk,
                    program=self.program,
                    public_id=row.public_id,
                    salt=salt,
                    body=verify.canonical(draft.said).decode(),
                )
                for (draft, salt, _record), row in zip(chunk, made, strict=True)
            )
            search.save_listings(self.program, [(draft, record) for draft, _salt, record in chunk])
        if self.drafts:
            search.count_facets(self.program)
        if self.last and not self.files_stand:
            search.fill_identifiers(self.program)

    def _record(self, draft: Draft, salt: bytes) -> Record:
        """The version's row, its leaf appended to the log."""
        draft.said["published_at"] = iso(self.at)
        record = Record(
            program=self.program,
            public_id=draft.identity.public_id,
            kind=draft.identity.kind,
            version=draft.version,
            act=draft.act,
            publication=self.number,
            published_at=self.at,
            effective_on=draft.said["effective_on"],
            commitment=bytes.fromhex(verify.commitment(salt, draft.said)),
        )
        record.leaf_index = self.growth.add(leaf_of(record))
        return record

    def _save_publication(self, said_of_gates: list[dict[str, Any]], seen: int) -> Publication:
        counts: dict[str, Counter[str]] = {}
        for draft in self.drafts:
            counts.setdefault(draft.identity.kind, Counter())[str(draft.act)] += 1
        publication = Publication(
            program=self.program,
            number=self.number,
            published_at=self.at,
            size=self.growth.tree.size,
            root=self.growth.tree.root(),
            peaks=b"".join(self.growth.tree.peaks),
            consistency=b"".join(self.growth.consistency()),
            history_head=Head.objects.order_by("-size").values_list("note", flat=True).first() or "",
            counts={kind: dict(of_kind) for kind, of_kind in counts.items()},
            gates=said_of_gates,
            seen_transaction=seen,
        )
        self._write_files(publication)
        publication.save(force_insert=True)
        on_commit(lambda: serve(self.program))
        return publication

    def _end_instructions(self, found: Comparison) -> None:
        done = [
            asked.pk
            for subject, of_subject in found.instructions.items()
            for asked in of_subject
            if asked.wish != Wish.EMBARGO or found.may_publish(*subject)
        ]
        Instruction.objects.filter(pk__in=done).update(done_in=self.number)

    # ── Files ────────────────────────────────────────────────────────────────────────────────────

    def _write_files(self, publication: Publication) -> None:
        """Everything that is served, then the head that signs it. All of it anew where files were lost or are written otherwise now."""
        snapshot = folder.Snapshot(
            program_folder(self.program), self.number, disclosure.schema(), self.files_stand, self.form
        )
        wanted = [draft.identity.public_id for draft in self.drafts] if self.files_stand else None
        changed = documents.documents(wanted, self.program.slug)
        leaves = (
            self.growth.leaves
            if self.files_stand
            else [leaf_of(row) for row in Record.objects.order_by("leaf_index")]
        )
        name, total = origin("registry", self.program.slug), len(changed)
        publication.files = snapshot.build(
            changed.values(),
            lambda document: pages.record_page(document, self.program),
            leaves,
            str(verifier_key(name)),
            self._top_files(publication),
            lambda done: self.progress(done, total),
        )
        history = sha256(publication.history_head.encode()).hexdigest() if publication.history_head else ""
        before = self.last.head if self.last else ""
        lines = head_lines(self.number, iso(self.at), before, publication.files, history)
        publication.head = sign_head(name, publication.size, bytes(publication.root), lines)
        snapshot.seal(
            dict(Publication.objects.values_list("number", "head")) | {self.number: publication.head}
        )

    def _top_files(self, publication: Publication) -> dict[str, bytes]:
        """Pages and proofs that are no record; those of earlier publications too when all files are made anew."""
        earlier = list(Publication.objects.all())
        files = pages.program_files(self.program, publication, earlier)
        for one in [publication, *([] if self.files_stand else earlier)]:
            files |= pages.publication_files(self.program, one)
            if one.number > 1:
                files[f"consistency/{one.number - 1}-{one.number}"] = proof_file(
                    documents.split_hashes(one.consistency)
                )
            if one.history_head:
                files[f"history/{one.number}"] = one.history_head.encode()
        return files


def check_gates(states: list[gates.GateState]) -> None:
    """Raise GateClosed naming every gate that keeps the program from publishing."""
    closed = [str(state.label) for state in states if not state.is_open]
    if closed:
        raise GateClosed(
            _(
                "The program cannot publish yet. Not met: %s. The director may override each one with a reason."
            )
            % "; ".join(closed)
        )


def leaf_of(record: Record) -> bytes:
    """The line of the log for a version."""
    said = {
        "version": record.version,
        "publication": record.publication,
        "act": str(record.act),
        "commitment": bytes(record.commitment).hex(),
    }
    return verify.leaf(record.public_id, record.kind, said)


def without_names(reason: str, gone: Gone) -> str:
    """The public reason of an override, or why it cannot be read."""
    return REASON_GONE if gone.reason_in(reason) else reason


def _erase_from_reasons(gone: Gone) -> None:
    """Reasons of overrides that name a redacted one, and what publications repeat of them."""
    for override in Override.objects.all():
        if gone.reason_in(override.reason):
            override.reason = REASON_GONE
            override.save(update_fields=["reason"])
    for publication in Publication.objects.all():
        kept = [{**gate, "override": without_names(gate["override"], gone)} for gate in publication.gates]
        if kept != publication.gates:
            publication.gates = kept
            publication.save(update_fields=["gates"])


def gate_document(state: gates.GateState, gone: Gone) -> dict[str, Any]:
    """How a gate stood, as a publication keeps it."""
    override = without_names(state.override.reason, gone) if state.override and not state.is_met else ""
    return {"key": state.key, "label": str(state.label), "is_met": state.is_met, "override": override}


def iso(at: datetime) -> str:
    """UTC, to the second, as it is published."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
