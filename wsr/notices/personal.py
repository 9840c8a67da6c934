"""What a person does with her own notices: reads them, chooses how she is told, stops digests. Each enters her own scope."""

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from django.core import signing
from django.db import transaction

from wsr.accounts.models import Person
from wsr.notices.enums import IN_DIGESTS, Choice
from wsr.notices.kinds import all_kinds, kind_of
from wsr.notices.models import Notice, Preference, Way
from wsr.tenancy import person_scope

_SALT = "wsr.notices.stop"


def mark_read(*, person: Person, at: datetime, notice_id: UUID | None = None) -> int:
    """Mark one notice of hers as read, or all; returns how many were unread."""
    with person_scope(person.pk):
        unread = Notice.objects.filter(person_id=person.pk, read_at=None)
        if notice_id:
            unread = unread.filter(pk=notice_id)
        return unread.update(read_at=at)


def choose(*, person_id: UUID, program_id: UUID, choices: Mapping[str, Choice]) -> None:
    """Keep how she wants to be told of some kinds in one program. What is mandatory stays as it is; a default needs no row."""
    kinds = {kind.name: kind for kind in map(kind_of, choices) if not kind.mandatory}
    with person_scope(person_id):
        Preference.objects.filter(person_id=person_id, program_id=program_id, kind__in=kinds).delete()
        Preference.objects.bulk_create(
            Preference(program_id=program_id, person_id=person_id, kind=name, choice=Choice(choices[name]))
            for name, kind in kinds.items()
            if choices[name] != kind.default
        )


def keep_way(
    *,
    person_id: UUID,
    program_id: UUID,
    language: str,
    time_zone: str,
    quiet_from: time | None,
    quiet_until: time | None,
) -> None:
    """What she wants otherwise in one program; nothing of it: as in all others, and no row."""
    with person_scope(person_id):
        Way.objects.filter(person_id=person_id, program_id=program_id).delete()
        if language or time_zone or quiet_from is not None:
            Way.objects.bulk_create(
                [
                    Way(
                        program_id=program_id,
                        person_id=person_id,
                        language=language,
                        time_zone=time_zone,
                        quiet_from=quiet_from,
                        quiet_until=quiet_until,
                    )
                ]
            )


def keep_hours(
    *, person: Person, time_zone: str, quiet_from: time | None, quiet_until: time | None, phone: str
) -> None:
    """Her time zone (empty: the program's), the hours in which nothing is sent, and her number for text messages."""
    with transaction.atomic():
        kept = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        kept.time_zone, kept.phone = time_zone, phone
        kept.quiet_from, kept.quiet_until = quiet_from, quiet_until
        kept.save(update_fields=["time_zone", "phone", "quiet_from", "quiet_until"])


def stop_token(*, person_id: UUID, program_id: UUID, kind: str = "") -> str:
    """What the link in a mail carries: stop mails about one kind, or the digests of one program. Holds for good."""
    return signing.dumps([str(person_id), str(program_id), kind], salt=_SALT)


def program_of_token(token: str) -> UUID | None:
    """The program whose mails the link stops; None for a link that was never made here."""
    parts = _read(token)
    return parts[1] if parts else None


def stop(token: str) -> bool:
    """Do what the link promises: such notices stay in the list and are mailed no more. False for a forged link."""
    parts = _read(token)
    if parts is None:
        return False
    person_id, program_id, kind = parts
    with person_scope(person_id):
        chosen = dict(
            Preference.objects.filter(person_id=person_id, program_id=program_id).values_list(
                "kind", "choice"
            )
        )
    kinds = [kind_of(kind)] if kind else all_kinds()
    digests = [each.name for each in kinds if kind or each.choice(chosen.get(each.name)) in IN_DIGESTS]
    choose(person_id=person_id, program_id=program_id, choices=dict.fromkeys(digests, Choice.IN_APP))
    return True


def _read(token: str) -> tuple[UUID, UUID, str] | None:
    try:
        person_id, program_id, kind = signing.loads(token, salt=_SALT)
        return UUID(person_id), UUID(program_id), str(kind)
    except (signing.BadSignature, ValueError, TypeError):
        return None
