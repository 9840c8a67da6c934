"""Digests: one mail per person and program about all that waits for it, never an empty one, however long nothing ran."""

from datetime import datetime
from uuid import UUID

from wsr.accounts.models import Membership
from wsr.notices.enums import Choice
from wsr.notices.hours import ways_of
from wsr.notices.kinds import UnknownKind, kind_of
from wsr.notices.models import Digest, Notice, Outbox, Preference, Way
from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program


def send_digests(*, at: datetime, limit: int = 500) -> int:
    """Put the digests that are due into the outbox, for up to `limit` people; returns how many. Safe to run many times at once."""
    with engine_scope():
        due = Notice.objects.filter(digest=None, digest_at__lte=at)
        groups = list(due.order_by().values_list("program_id", "person_id").distinct()[:limit])
    return sum(_one(program_id, person_id, at=at) for program_id, person_id in groups)


def _one(program_id: UUID, person_id: UUID, *, at: datetime) -> bool:
    """One person's digest in one transaction: its notices, itself and its mail, or nothing of it.

    A second run waits for the locks and then finds the notices taken.
    """
    with engine_scope(program_id):
        waiting = Notice.objects.filter(person_id=person_id, digest=None, digest_at__lte=at)
        locked = list(waiting.order_by("created_at", "pk").select_for_update(of=("self",)))
        membership = (
            Membership.objects.active()
            .filter(person_id=person_id, person__is_active=True)
            .select_related("person")
            .first()
        )
        wanted = _wanted(locked, person_id) if membership else []
        unwanted = {notice.pk for notice in locked} - {notice.pk for notice in wanted}
        Notice.objects.filter(pk__in=unwanted).update(digest_at=None)
        if not wanted:
            return False
        digest = Digest.objects.create(person_id=person_id, created_at=at)
        Notice.objects.filter(pk__in=[notice.pk for notice in wanted]).update(digest=digest)
        _mail(digest, membership, at=at)
        return True


def _wanted(notices: list[Notice], person_id: UUID) -> list[Notice]:
    """Without the kinds of which she wants no mail any more."""
    chosen = dict(Preference.objects.filter(person_id=person_id).values_list("kind", "choice"))
    wanted = []
    for notice in notices:
        try:
            choice = kind_of(notice.kind).choice(chosen.get(notice.kind))
        except UnknownKind:  # the app that told it is gone
            continue
        if choice not in {Choice.OFF, Choice.IN_APP}:
            wanted.append(notice)
    return wanted


def _mail(digest: Digest, membership: Membership, *, at: datetime) -> None:
    person = membership.person
    own = Way.objects.filter(person_id=person.pk).first()
    ways = ways_of(person, Program.objects.get(pk=digest.program_id), own)
    Outbox.objects.create(
        key=f"digest:{digest.pk}",
        kind="digest",
        person=person,
        members_only=True,
        email=person.email,
        language=ways.language,
        context={"digest": str(digest.pk)},
        created_at=at,
        next_try_at=at,
    )
