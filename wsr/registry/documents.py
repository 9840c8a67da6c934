"""Records as documents: what the JSON file of a record holds, from its rows."""

import json
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from wsr.registry.models import Content, Record


def split_hashes(data: bytes) -> list[bytes]:
    """Hashes of 32 bytes each that were stored one after another."""
    return [bytes(data[at : at + 32]) for at in range(0, len(data), 32)]


def version_document(record: Record, content: Content | None) -> dict[str, Any]:
    """One version as it is published; without content after a redaction."""
    said = {
        "version": record.version,
        "publication": record.publication,
        "act": str(record.act),
        "leaf_index": record.leaf_index,
        "commitment": bytes(record.commitment).hex(),
        "proof": [b64encode(step).decode() for step in split_hashes(record.proof)],
    }
    if content is not None:
        said |= {"salt": bytes(content.salt).hex(), "disclosed": json.loads(content.body)}
    return said


def documents(public_ids: Iterable[str] | None, program_slug: str) -> dict[str, dict[str, Any]]:
    """{public id: document with all versions, oldest first}; None for every record of the scope. Two queries."""
    records, contents = Record.objects.order_by("public_id", "version"), Content.objects.all()
    if public_ids is not None:
        wanted = list(public_ids)
        records, contents = records.filter(public_id__in=wanted), contents.filter(public_id__in=wanted)
    by_version = {content.pk: content for content in contents.iterator(5000)}
    found: dict[str, dict[str, Any]] = {}
    for record in records.iterator(5000):
        document = found.setdefault(
            record.public_id,
            {"public_id": record.public_id, "kind": record.kind, "program": program_slug, "versions": []},
        )
        document["versions"].append(version_document(record, by_version.get(record.pk)))
    return found


def newest_contents(public_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """{public id: what its newest version says}, without records whose newest version has no content. Two queries."""
    newest = (
        Record.objects.filter(public_id__in=list(public_ids))
        .order_by("public_id", "-version")
        .distinct("public_id")
        .values_list("pk", flat=True)
    )
    return {one.public_id: json.loads(one.body) for one in Content.objects.filter(pk__in=list(newest))}
