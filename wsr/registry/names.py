"""Names: how search compares them, and how a redaction takes one out of every record that says it.

A record names another one by reference (`Ref`), or in the text of a column that `may_name`. Its own name is its own: a record
that bears a redacted name itself is redacted only when a person asks for that (`wsr.registry.redaction`).
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Q

from wsr.registry import disclosure
from wsr.registry.enums import Wish
from wsr.registry.models import Content, Identity, Instruction, Record
from wsr.tenancy import current_program_id


def fold(text: str) -> str:
    """Text as search compares it: lower case, no accents, single blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def words_of(text: str) -> list[str]:
    """The words of a text, folded, without punctuation."""
    return re.findall(r"\w+", fold(text))


def digest_of(words: list[str], program_id: UUID) -> str:
    """A name as it is remembered once it is gone: how many words, and their hash."""
    return f"{len(words)}-{sha256(f'{program_id} {" ".join(words)}'.encode()).hexdigest()}"


@dataclass
class Gone:
    """Who is redacted. `public_ids` and `names` (digests) lead to the reason code that blank fields give.

    `spellings`: the names as they were written, of those whom the publication at hand redacts.
    """

    program_id: UUID
    public_ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, public_id: str, name: str) -> None:
        """A name of somebody who is redacted."""
        if words := words_of(name):
            self.names[digest_of(words, self.program_id)] = self.public_ids[public_id]
            self.spellings.setdefault(public_id, set()).add(name)

    def digests(self, public_id: str) -> list[str]:
        """What is remembered of the names of one who is redacted now."""
        return sorted({digest_of(words_of(name), self.program_id) for name in self.spellings[public_id]})

    def _places(self, words: list[str]) -> Iterator[tuple[int, int, str]]:
        """(first word, word behind the last, reason code) of each redacted name among these words."""
        for size in {int(name.partition("-")[0]) for name in self.names}:
            for start in range(len(words) - size + 1):
                if reason := self.names.get(digest_of(words[start : start + size], self.program_id)):
                    yield start, start + size, reason

    def reason_in(self, text: str) -> str:
        """The reason code of a redacted name that stands in this text, as whole words; else nothing."""
        return next((reason for _start, _end, reason in self._places(words_of(text))), "")

    def cut(self, text: str) -> str:
        """Words to search by, without redacted names."""
        words = words_of(text)
        gone_words = {at for start, end, _reason in self._places(words) for at in range(start, end)}
        kept = [word for at, word in enumerate(words) if at not in gone_words]
        return " ".join(kept) if gone_words else text

    def take_out(
        self, content: dict[str, Any], withheld: dict[str, str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """What remains of a record's content, and its blanks with their reasons."""
        if not self.public_ids:
            return content, withheld
        kept, reasons = {}, {}
        for name, value in content.items():
            parts = value if isinstance(value, list) else [value]
            found = [self._reason(name, part) for part in parts]
            if any(found):
                reasons[name] = next(filter(None, found))
                left = [part for part, reason in zip(parts, found, strict=True) if not reason]
                value = left if isinstance(value, list) else "" if isinstance(value, str) else None
            kept[name] = value
        return kept, {**withheld, **reasons}

    def reason_of(self, name: str) -> str:
        """The reason code where this is, as a whole, a redacted name; else nothing."""
        return self.names.get(digest_of(words_of(name), self.program_id), "")

    def _reason(self, column: str, part: Any) -> str:
        if isinstance(part, dict):
            known = part.get("public_id")
            return self.public_ids.get(known, "") if known else self.reason_of(part.get("name", ""))
        return self.reason_in(part) if isinstance(part, str) and column in disclosure.may_name() else ""

    def is_named_by(self, disclosed: dict[str, Any]) -> bool:
        """Whether a version's content says a redacted name."""
        content = disclosed["content"]
        return self.take_out(content, {})[0] != content or bool(
            self.reason_in(disclosed.get("correction", ""))
        )


def gone(asked: Iterable[Instruction]) -> Gone:
    """Everybody who is redacted in the active program, and whom these instructions redact, with every name they are known by."""
    reasons: dict[tuple[str, UUID], str] = {}
    asked = [one for one in asked if one.wish == Wish.REDACTION]
    for one in [*Instruction.objects.filter(wish=Wish.REDACTION).order_by("asked_at", "pk"), *asked]:
        reasons[one.kind, one.subject_id] = one.reason_code
    asked_now = {(one.kind, one.subject_id) for one in asked}
    found, public_ids = Gone(current_program_id()), {}
    for identity in Identity.objects.filter(subject_id__in=[subject_id for _kind, subject_id in reasons]):
        subject = (identity.kind, identity.subject_id)
        if subject in reasons and (identity.is_redacted or subject in asked_now):
            found.public_ids[identity.public_id] = reasons[subject]
            found.names |= dict.fromkeys(identity.gone_names, reasons[subject])
            public_ids[subject] = identity.public_id
    _learn_present_names(found, public_ids)
    for public_id in (public_ids[subject] for subject in asked_now if subject in public_ids):
        _learn_published_names(found, public_id)
    return found


def _learn_present_names(found: Gone, public_ids: dict[tuple[str, UUID], str]) -> None:
    """Under which names the redacted are on the program's own record."""
    for module in disclosure.modules():
        for kind in module.KINDS:
            subjects = {subject_id for of_kind, subject_id in public_ids if of_kind == kind.key}
            for subject_id, name in (module.names(kind.key, subjects) if subjects else {}).items():
                found.learn(public_ids[kind.key, subject_id], name)


def _learn_published_names(found: Gone, public_id: str) -> None:
    """Under which names somebody was published, by itself and by others."""
    for body in Content.objects.filter(body__contains=public_id).values_list("body", flat=True):
        for value in json.loads(body)["content"].values():
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, dict) and part.get("public_id") == public_id:
                    found.learn(public_id, part["name"])
    for body in Content.objects.filter(public_id=public_id).values_list("body", flat=True):
        found.learn(public_id, json.loads(body)["content"].get("name", ""))


def naming(found: Gone, public_ids: Iterable[str]) -> dict[str, set[UUID]]:
    """{public id: ids of its versions} of other records whose content names these redacted ones, old versions too."""
    wanted = list(public_ids)
    if not wanted:
        return {}
    spellings = set().union(*(found.spellings.get(public_id, ()) for public_id in wanted))
    says = Q()
    for text in [*wanted, *(json.dumps(name, ensure_ascii=False)[1:-1] for name in spellings)]:
        says |= Q(body__icontains=text)
    versions: dict[str, set[UUID]] = {}
    for content in Content.objects.filter(says).exclude(public_id__in=wanted).iterator(2000):
        if found.is_named_by(json.loads(content.body)):
            versions.setdefault(content.public_id, set()).add(content.pk)
    return versions


def erased_versions(naming_versions: dict[str, set[UUID]]) -> dict[str, list[int]]:
    """{public id: numbers of the versions that have no content} once these are erased; the next version signs the list."""
    public_ids = list(naming_versions)
    erased = set().union(*naming_versions.values())
    kept = set(Content.objects.filter(public_id__in=public_ids).values_list("pk", flat=True)) - erased
    found: dict[str, list[int]] = {public_id: [] for public_id in public_ids}
    rows = Record.objects.filter(public_id__in=public_ids).order_by("version")
    for pk, public_id, version in rows.values_list("pk", "public_id", "version"):
        if pk not in kept:
            found[public_id].append(version)
    return found
