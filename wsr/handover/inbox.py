"""What handing over puts into a person's work of today: what nobody holds, and the work of those for whom she stands in."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.handover import queries
from wsr.handover.kinds import stand_in_functions
from wsr.tenancy import Audience
from wsr.ui.inbox import MOST, Reader, Task


def nobody(reader: Reader) -> Iterator[Task]:
    """For who changes members: what stands in the name of somebody who left, or whose role may not hold it any more."""
    if Permission.MEMBER_CHANGE not in reader.standing.permissions:
        return
    page = reverse("handover:nobody", args=[reader.standing.program.slug])
    piles = queries.held_by_nobody(reader.standing.program, at=reader.until)
    items = [(pile.kind, item) for pile in piles for item in pile.items][:MOST]
    holders = {item.holder_id for _kind, item in items if item.holder_id}
    names = {person.pk: str(person) for person in Person.objects.filter(pk__in=holders)} if holders else {}
    for kind, item in items:
        said = {"kind": kind.label, "name": names.get(item.holder_id, "")}
        yield Task(
            title=item.title,
            url=page,
            why=_("Nobody holds this (%(kind)s): it was with %(name)s. Hand it over.") % said,
            due_at=item.due_at,
        )


def standing_in(reader: Reader) -> Iterator[Task]:
    """The named work of colleagues who are away, as far as the reader may know of it herself; complaints are never among it."""
    if reader.standing.audience != Audience.STAFF:
        return
    for absence in queries.stood_in_for(reader.person.pk, day=reader.day):
        hers = replace(reader, person=absence.person)
        said = {"name": absence.person, "day": date_format(absence.ends_on, "DATE_FORMAT")}
        for function in stand_in_functions():
            for task in function(hers):
                why = _("You stand in for %(name)s until %(day)s.") % said
                yield replace(task, why=f"{why} {task.why}")


def by_name(tasks: list[Task], reader: Reader) -> list[Task]:
    """What one colleague keeps in person waits for her in everybody else's list; it comes first in her own words, and in those of who stands in."""
    if reader.standing.audience != Audience.STAFF:
        return tasks
    subjects = {task.act[1] for task in tasks if task.act}
    kept = queries.kept_of(subjects) if subjects else {}
    if not kept:
        return tasks
    away = {absence.person_id for absence in queries.stood_in_for(reader.person.pk, day=reader.day)}
    return [
        _named(task, kept[task.act[1]], reader, away) if task.act and task.act[1] in kept else task
        for task in tasks
    ]


def _named(task: Task, keeper: "queries.Keeper", reader: Reader, away: set[object]) -> Task:
    if keeper.person_id == reader.person.pk:
        return replace(task, why=_("It is in your hands.") + f" {task.why}")
    if keeper.person_id in away:
        return replace(task, why=_("You stand in for %(name)s.") % {"name": keeper.person} + f" {task.why}")
    return replace(task, waits_for=task.waits_for or str(keeper.person))


INBOX = [nobody, standing_in]
NARROWS = [by_name]
