"""How the release of a name or a contact ends: by its clock, by somebody inside, or because the worker does not allow it any more."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet

from complaints.enums import Basis, ReleaseState
from complaints.models import Consent, Release
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.history.operations import record
from wsr.tenancy import atomic, current_alias

RELEASE = "complaints.release"


@atomic
def consent_withdrawn(
    *, complainant_id: UUID, pairs: Iterable[tuple[str, str]], at: datetime, by: Person | None
) -> None:
    """She does not allow some things any more: what stands on her word ends at once. In her scope, or by somebody inside for her."""
    taken = set(pairs)
    for release in open_of(complainant_id).filter(basis=Basis.CONSENT):
        if (release.recipient, release.said) in taken:
            end_now(release, at=at, by=by)


def consents(release: Release) -> bool:
    """Whether she allows it at this moment."""
    return Consent.objects.filter(
        complainant_id=release.complainant_id,
        recipient=release.recipient,
        said=release.said,
        withdrawn_at=None,
    ).exists()


def over(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: the hours are over."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_release_over(%s, %s)", [clock.subject_id, at])
        [complaint_id] = cursor.fetchone()
    if complaint_id is not None:
        record("release.ended", ("complaints.complaint", complaint_id), by=None, at=at)
        clocks.meet(kind=RELEASE, subject=("complaints.release", clock.subject_id), at=at, by=None)


def open_of(complainant_id: UUID) -> QuerySet[Release]:
    """Releases about her that are asked for or approved."""
    return Release.objects.filter(
        complainant_id=complainant_id, state__in=(ReleaseState.ASKED, ReleaseState.APPROVED)
    )


def end_now(release: Release, *, at: datetime, by: Person | None) -> None:
    """Nothing more is given away on it. The caller holds the lock of the complaint."""
    was_approved = release.state == ReleaseState.APPROVED
    release.state, release.ended_at = ReleaseState.ENDED, at
    release.save(update_fields=["state", "ended_at"])
    note("ended", release, by=by, at=at)
    if was_approved:
        clocks.meet(kind=RELEASE, subject=release, at=at, by=by)


def note(what: str, release: Release, *, by: Person | None, at: datetime) -> None:
    """What happened to a release, for history: to whom and what, never why."""
    after = {"recipient": release.recipient, "said": release.said, "basis": release.basis}
    record(f"release.{what}", ("complaints.complaint", release.complaint_id), by=by, at=at, after=after)
