"""What the watch, words that are held back and releases put into a person's work of today."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.enums import CheckInAnswer, MeasureState, ReleaseState
from complaints.models import CheckIn, Complaint, Measure, Release
from complaints.operations.check_ins import CHECK_IN
from complaints.queries.visits import unwatched
from wsr.accounts.grants import Permission
from wsr.ui.inbox import Reader, Task, few
from wsr.vault.numbers import shown


def to_ask(reader: Reader) -> Iterator[Task]:
    """Workers whose day has come, of complaints that she handles."""
    if Permission.COMPLAINT_HANDLE not in reader.standing.permissions:
        return
    rows = CheckIn.objects.filter(
        answer=CheckInAnswer.OPEN, due_on__lte=reader.day, complaint__handler=reader.person
    )
    said = _("Ask her how she is treated since she complained.")
    seen = set()
    for row in few(rows.select_related("complaint").order_by("due_on", "pk")):
        if row.complaint_id not in seen:
            seen.add(row.complaint_id)
            yield replace(_task(reader, row.complaint, said), act=(CHECK_IN, row.pk))


def to_watch(reader: Reader) -> Iterator[Task]:
    """Complaints that she handles whose workplace was visited, and nobody has begun the watch over that."""
    if Permission.COMPLAINT_HANDLE not in reader.standing.permissions:
        return
    for row in few(unwatched().filter(handler=reader.person).order_by("received_at", "pk")):
        yield _task(
            reader,
            row,
            _("Somebody was at the workplace since it came. Begin the watch: the employer has seen it."),
        )


def to_decide(reader: Reader) -> Iterator[Task]:
    """Releases of names and contacts that another person asked for."""
    if Permission.COMPLAINT_RELEASE not in reader.standing.permissions:
        return
    rows = Release.objects.filter(state=ReleaseState.ASKED).exclude(asked_by=reader.person)
    for row in few(rows.select_related("complaint").order_by("asked_at", "pk")):
        why = _("%(name)s asks to give a name or contact away; decide as a second person.")
        yield _task(reader, row.complaint, why % {"name": row.asked_name})


def to_check(reader: Reader) -> Iterator[Task]:
    """Words for an employer that another person wrote and that may point to somebody."""
    if not {Permission.COMPLAINT_HANDLE, Permission.ACTION_CHANGE} <= reader.standing.permissions:
        return
    rows = Measure.objects.filter(state=MeasureState.HELD).exclude(written_by=reader.person)
    for row in few(rows.select_related("complaint").order_by("written_at", "pk")):
        yield _task(
            reader, row.complaint, _("Words for the employer are held back; look at them as a second person.")
        )


def _task(reader: Reader, complaint: Complaint, why: str) -> Task:
    return Task(
        title=_("Complaint %(number)s") % {"number": shown(complaint.number)},
        url=reverse("complaints:complaint", args=[reader.standing.program.slug, complaint.pk]),
        why=why,
    )


INBOX = [to_ask, to_watch, to_decide, to_check]
