"""Sessions with workers that somebody leads."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.enums import SessionState
from programs.inbox.education import to_report
from programs.models import EducationSession
from programs.operations.education import sessions as operations
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.handover.kinds import MOST, Item, Kind, Leaving


def sessions(leaving: Leaving) -> Iterator[Item]:
    """Planned ones, and those that she still has to report."""
    rows = EducationSession.objects.filter(leader_id__in=leaving.people, state=SessionState.PLANNED)
    for session in rows.select_related("workplace").order_by("starts_at", "pk")[:MOST]:
        said = {"what": session.get_kind_display(), "place": session.workplace.name}
        yield Item(
            subject=("programs.educationsession", session.pk),
            title=_("%(what)s at %(place)s") % said,
            url=reverse("programs:education_session", args=[leaving.program_slug, session.pk]),
            holder_id=session.leader_id,
            why=_("She leads it."),
            due_at=session.starts_at,
        )


def lead_instead(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """Another leads it; the supplier sees who comes."""
    operations.lead_instead(session_id=item.subject[1], leader_id=to.pk, by=by, at=at)


HANDOVER = [
    Kind(
        "programs.sessions",
        gettext_lazy("Sessions with workers"),
        Permission.EDUCATION_CHANGE,
        sessions,
        lead_instead,
    )
]
STANDS_IN = [to_report]
APART = ("programs.educationsession",)
