"""My work today: what waits for a person, over all her programs, and why. What is asked of the rooms stands in `wsr.ui.inbox`."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.tenancy import program_scope
from wsr.ui import answers
from wsr.ui.inbox import Task

SOON = timedelta(days=7)
SHOWN = 50  # of one group, before somebody asks for all of it


@dataclass(frozen=True)
class Group:
    """Tasks under one heading, the earliest first. `tone` is “bad” for what is late and “due” for what is near. `is_whole`: all of it is wanted."""

    key: str
    label: str
    tone: str = ""
    tasks: list[Task] = field(default_factory=list)
    is_whole: bool = False

    @property
    def shown(self) -> list[Task]:
        """What stands on the page."""
        return self.tasks if self.is_whole else self.tasks[:SHOWN]

    @property
    def is_cut(self) -> bool:
        """Whether there is more."""
        return len(self.shown) < len(self.tasks)


def inbox_of(person: Person, standings: list[Standing], *, at: datetime, whole: str = "") -> list[Group]:
    """Everything that waits for a person, in groups; outside any scope. Empty groups are left out. `whole`: the group that is shown in full."""
    held = answers.holding(person, standings, at=at)
    found: list[tuple[str, Task]] = []
    for standing in standings:
        tasks = held.get(answers.key_of(standing))
        if tasks is None:
            with program_scope(
                standing.program.pk,
                standing.audience,
                person_id=person.pk,
                organization_id=standing.organization_id,
            ):
                tasks = answers.asked(person, standing, at=at)
        found += _placed(tasks, standing, at)
    return _groups(found, whole, at)


def inbox_here(person: Person, standing: Standing, *, at: datetime, whole: str = "") -> list[Group]:
    """What waits for a person in the program whose scope is open."""
    return _groups(list(_placed(answers.asked(person, standing, at=at), standing, at)), whole, at)


def _groups(tasks: list[tuple[str, Task]], whole: str, at: datetime) -> list[Group]:
    labels = {
        "overdue": (_("Overdue"), "bad"),
        "today": (_("Due today"), "due"),
        "triage": (_("New, to be taken on"), "info"),
        "soon": (_("Due within a week"), ""),
        "later": (_("Later, or without a date"), ""),
        "others": (_("Waiting for others"), ""),
    }
    groups = [Group(key, *said, is_whole=key == whole) for key, said in labels.items()]
    for group in groups:
        group.tasks.extend(task for key, task in tasks if key == group.key)
        group.tasks.sort(key=lambda task: (task.due_at is None, task.due_at or at, task.title))
    return [group for group in groups if group.tasks]


def _placed(tasks: list[Task], standing: Standing, at: datetime) -> Iterator[tuple[str, Task]]:
    """Each with the group that it is in at a moment."""
    zone = ZoneInfo(standing.program.time_zone)
    day = at.astimezone(zone).date()
    for task in _one_for_each_act([_due(task, at) for task in tasks if _is_there(task, at)]):
        due_on = task.due_at.astimezone(zone).date() if task.due_at else None
        shown = replace(task, program=standing.program.name, due_on=due_on)
        yield _group(shown, at, is_today=due_on == day), shown


def _is_there(task: Task, at: datetime) -> bool:
    return (task.from_at is None or task.from_at <= at) and (task.until_at is None or at <= task.until_at)


def _due(task: Task, at: datetime) -> Task:
    return replace(task, due_at=at) if task.is_due_now else task


def _one_for_each_act(tasks: list[Task]) -> Iterator[Task]:
    clocks = {task.act: task for task in tasks if task.act and task.is_clock}
    named = {task.act for task in tasks if task.act and not task.is_clock}
    for task in tasks:
        if task.is_clock and task.act in named:
            continue
        clock = clocks.get(task.act) if task.act else None
        if clock is None or clock is task:
            yield task
        else:
            yield replace(task, due_at=task.due_at or clock.due_at, is_paused=clock.is_paused)


def _group(task: Task, at: datetime, *, is_today: bool) -> str:
    if task.due_at is not None and task.due_at < at and not task.is_paused:
        return "overdue"
    if task.waits_for:
        return "others"
    if is_today:
        return "today"
    if task.is_new:
        return "triage"
    return "soon" if task.due_at is not None and task.due_at <= at + SOON else "later"
