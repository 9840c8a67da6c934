"""What corrective actions put into a person's work of today, beside their clocks."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.models import Escalation
from agreements.periods import end_of
from audits.enums import DUE_STATES, ActionState, ExtensionState
from audits.models import CorrectiveAction, Extension
from audits.operations.actions import keeping
from wsr.accounts.grants import Permission
from wsr.deadlines.inbox import Name
from wsr.deadlines.models import Clock
from wsr.tenancy import Audience
from wsr.ui.inbox import Reader, Task, few


def to_verify(reader: Reader) -> Iterator[Task]:
    """Reported as fixed, where no clock shows it."""
    if Permission.ACTION_VERIFY not in reader.standing.permissions:
        return
    rows = CorrectiveAction.objects.filter(state=ActionState.REPORTED)
    if reader.standing.audience == Audience.STAFF:  # auditors read no clocks
        rows = rows.filter(~_has_clock(keeping.VERIFIED))
    for action in few(rows.order_by("reported_at", "pk")):
        yield _task(reader, action, _("Reported as fixed; somebody who did not report it verifies it."))


def to_agree(reader: Reader) -> Iterator[Task]:
    """Proposed, to be agreed with the supplier; and repairs that did not last and have no date."""
    if Permission.ACTION_CHANGE not in reader.standing.permissions:
        return
    for action in few(CorrectiveAction.objects.filter(state=ActionState.PROPOSED).order_by("number")):
        yield _task(reader, action, _("Agree with the supplier what it does, until when, and who pays."))
    lapsed = CorrectiveAction.objects.filter(
        ~_has_clock(keeping.DUE), state=ActionState.REJECTED, laddered_for=None
    )
    for action in few(lapsed.order_by("number")):
        yield _task(reader, action, _("It was verified and did not last; set a new date."))


def requests(reader: Reader) -> Iterator[Task]:
    """Requests for more time."""
    if Permission.ACTION_CHANGE not in reader.standing.permissions:
        return
    rows = Extension.objects.filter(state=ExtensionState.ASKED).select_related("action")
    for asked in few(rows.order_by("asked_at", "pk")):
        yield _task(reader, asked.action, _("The supplier asks for more time; give it or refuse it."))


def ladder(reader: Reader) -> Iterator[Task]:
    """Missed dates of suppliers that are not on the ladder."""
    if Permission.STANDING_CHANGE not in reader.standing.permissions:
        return
    case = Escalation.objects.open().filter(supplier=OuterRef("supplier"))
    rows = CorrectiveAction.objects.filter(~Exists(case), state__in=DUE_STATES, laddered_for__isnull=False)
    for action in few(rows.order_by("laddered_for", "pk")):
        task = _task(
            reader, action, _("The date has passed; decide whether the supplier goes on the ladder.")
        )
        yield replace(task, due_at=end_of(action.laddered_for, reader.zone), act=(keeping.DUE, action.pk))


def to_answer(reader: Reader) -> Iterator[Task]:
    """For a supplier: what it must do, where no clock shows it."""
    if Permission.ACTION_ANSWER not in reader.standing.permissions:
        return
    rows = CorrectiveAction.objects.filter(~_has_clock(keeping.DUE), state__in=DUE_STATES)
    for action in few(rows.order_by("due_on", "pk")):
        yield _task(reader, action, _("Fix it, say so and send what shows it."))


def _has_clock(kind: str) -> Exists:
    subject = CorrectiveAction._meta.label_lower
    clocks = Clock.objects.open().filter(kind=kind, subject_type=subject, subject_id=OuterRef("pk"))
    return Exists(clocks)


def _task(reader: Reader, action: CorrectiveAction, why: str) -> Task:
    name = _name(reader, action)
    return Task(title=name.title, url=name.url, why=why)


def names(clocks: Collection[Clock], reader: Reader) -> dict[UUID, Name]:
    """{clock: what its action is about, and its page}; the clock itself says the number alone."""
    subject = CorrectiveAction._meta.label_lower
    about = {clock.pk: clock.subject_id for clock in clocks if clock.subject_type == subject}
    held = CorrectiveAction.objects.only("id", "program_id", "number", "title").in_bulk(set(about.values()))
    return {pk: _name(reader, held[action]) for pk, action in about.items() if action in held}


def _name(reader: Reader, action: CorrectiveAction) -> Name:
    return Name(
        f"{action.number}. {action.title}",
        reverse("audits:action", args=[reader.standing.program.slug, action.pk]),
    )


INBOX = [to_verify, to_agree, requests, ladder, to_answer]
NAMES = [names]
