"""From one row "to these people" to a notice for each, and a message for those who want one at once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from wsr.accounts.grants import GRANTS, Permission, Role
from wsr.accounts.models import Membership, Person
from wsr.notices.enums import IN_DIGESTS, Channel, Choice
from wsr.notices.hours import Ways, digest_due, ways_of
from wsr.notices.kinds import Kind, kind_of
from wsr.notices.models import Notice, Outbox, Preference, Way
from wsr.notices.webhooks.events import fan_out
from wsr.notices.wording import Words, words_of
from wsr.tenancy.circles import hidden_from
from wsr.tenancy.models import OPEN, Program


@dataclass
class Reader:
    """A member who is told, in the language she reads, on behalf of the organization the notice is meant for."""

    person: Person
    organization_id: UUID | None
    ways: Ways
    choice: Choice

    @property
    def language(self) -> str:
        """The language she reads in this program."""
        return self.ways.language


@dataclass
class _Spread:
    """What one row becomes."""

    row: Outbox
    kind: Kind
    at: datetime
    program: Program
    words: dict[str, Words] = field(default_factory=dict)

    def words_in(self, language: str) -> Words:
        """The words in one language, made once."""
        if language not in self.words:
            self.words[language] = words_of(self.row, language)
        return self.words[language]

    def notice(self, reader: Reader) -> Notice:
        """Her line in the list."""
        in_digest = reader.choice in IN_DIGESTS
        return Notice(
            program_id=self.row.program_id,
            person=reader.person,
            organization_id=reader.organization_id,
            key=self.row.key,
            kind=self.kind.name,
            title=self.words_in(reader.language).subject,
            url=self.words_in(reader.language).path,
            created_at=self.row.created_at,
            digest_at=digest_due(reader.choice, reader.ways.zone, self.at) if in_digest else None,
        )

    def message(self, reader: Reader, channel: Channel) -> Outbox:
        """Her message; `key` follows from the row, so that spreading twice writes it once."""
        return Outbox(
            program_id=self.row.program_id,
            key=f"{self.row.pk}:{reader.person.pk}:{channel}",
            kind=self.kind.name,
            channel=channel,
            person=reader.person,
            organization_id=reader.organization_id,
            members_only=True,
            secret_of=self.row.secret_of,
            about=self.row.about,
            email=reader.person.email if channel == Channel.EMAIL else "",
            phone=reader.person.phone if channel == Channel.SMS else "",
            language=reader.language,
            context=self.row.context,
            created_at=self.at,
            next_try_at=self.at,
        )


def spread(row: Outbox, *, at: datetime) -> None:
    """Write the notices and messages of a row, in the engine scope of its program and the relay's transaction."""
    kind = kind_of(row.kind)
    if kind.webhook and row.secret_of == OPEN:  # endpoints are the whole program's
        fan_out(row, at=at)
    plan = _Spread(row, kind, at, Program.objects.get(pk=row.program_id))
    readers = [reader for reader in readers_of(row, plan.kind, plan.program) if reader.choice != Choice.OFF]
    Notice.objects.bulk_create(map(plan.notice, readers), ignore_conflicts=True, batch_size=500)
    at_once = [reader for reader in readers if reader.choice == Choice.NOW]
    messages = [plan.message(reader, Channel.EMAIL) for reader in at_once]
    if plan.kind.sms:
        messages += [plan.message(reader, Channel.SMS) for reader in at_once if reader.person.phone]
    Outbox.objects.bulk_create(messages, ignore_conflicts=True, batch_size=500)


def readers_of(row: Outbox, kind: Kind, program: Program) -> list[Reader]:
    """The members a row is meant for who may know of what it is about, each once, with her choice. Three queries, or four."""
    chosen = dict(Preference.objects.filter(kind=kind.name).values_list("person_id", "choice"))
    ways = {way.person_id: way for way in Way.objects.all()}
    found: dict[UUID, Reader] = {}
    for membership in _memberships(row.to).select_related("person").order_by("started_at", "pk"):
        person = membership.person
        found.setdefault(
            person.pk,
            Reader(
                person=person,
                organization_id=membership.organization_id,
                ways=ways_of(person, program, ways.get(person.pk)),
                choice=kind.choice(chosen.get(person.pk)),
            ),
        )
    hidden = hidden_from(row.about, found) if row.about else set()
    return [reader for person_id, reader in found.items() if person_id not in hidden]


def _memberships(to: dict[str, Any]) -> QuerySet[Membership]:
    """Active memberships a row is meant for; none where it names nobody."""
    held = Membership.objects.active().filter(person__is_active=True)
    if "people" in to:
        return held.filter(person_id__in=to["people"])
    if not any(to.values()):
        return held.none()
    if to["organization"]:
        held = held.filter(organization_id=to["organization"])
    if to["roles"] or to["permission"]:
        held = held.filter(role__in=_roles(to))
    return held


def _roles(to: dict[str, Any]) -> set[str]:
    granting = {role for role in Role if to["permission"] and Permission(to["permission"]) in GRANTS[role]}
    return {*to["roles"], *granting}
