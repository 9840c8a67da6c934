"""My work today: what waits for a person, over all her programs, and why.

An app lists functions in its `inbox.py`: `INBOX = [function]`, each `function(reader: Reader) -> Iterable[Task]`. They run inside the scope
of one program, as the audience of the reader there; one cheap query each, at most MOST rows, the earliest first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.tenancy import program_scope
from wsr.ui.navigation import discover

MOST = 50
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Reader:
    """Who reads, and what she is in the program being asked."""

    person: Person
    standing: Standing
    at: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Where the program counts its days."""
        return ZoneInfo(self.standing.program.time_zone)


@dataclass(frozen=True)
class Task:
    """One thing that waits. `why`: why it is here and what sets its date. `waits_for`: who must act, where that is somebody else."""

    title: str
    url: str
    why: str = ""
    due_at: datetime | None = None
    waits_for: str = ""
    is_paused: bool = False
    program: str = ""
    due_on: Any = None


@dataclass(frozen=True)
class Group:
    """Tasks under one heading. `tone` is “bad” for what is late and “due” for what is near."""

    key: str
    label: str
    tone: str = ""
    tasks: list[Task] = field(default_factory=list)


def inbox_of(person: Person, standings: list[Standing], *, at: datetime) -> list[Group]:
    """Everything that waits for a person, in groups; outside any scope. Empty groups are left out."""
    groups = [
        Group("overdue", _("Overdue"), "bad"),
        Group("today", _("Due today"), "due"),
        Group("soon", _("Due within a week")),
        Group("later", _("Later, or without a date")),
        Group("others", _("Waiting for others")),
    ]
    by_key = {group.key: group for group in groups}
    for standing in standings:
        with program_scope(
            standing.program.pk,
            standing.audience,
            person_id=person.pk,
            organization_id=standing.organization_id,
        ):
            reader = Reader(person, standing, at)
            for task in _tasks(reader):
                by_key[_group(task, reader)].tasks.append(task)
    for group in groups:
        group.tasks.sort(key=lambda task: (task.due_at is None, task.due_at or at, task.title))
    return [group for group in groups if group.tasks]


def _tasks(reader: Reader) -> Iterator[Task]:
    for function in discover("inbox", "INBOX"):
        for task in function(reader):
            day = task.due_at.astimezone(reader.zone).date() if task.due_at else None
            yield replace(task, program=reader.standing.program.name, due_on=day)


def _group(task: Task, reader: Reader) -> str:
    if task.due_at is not None and task.due_at < reader.at and not task.is_paused:
        return "overdue"
    if task.waits_for:
        return "others"
    if task.due_at is None or task.due_at > reader.at + SOON:
        return "later"
    today = reader.at.astimezone(reader.zone).date()
    return "today" if task.due_on == today else "soon"
