"""What was answered before and still holds: work of today asks each room again only for what may have changed.

An answer is kept for one person in one program, behind the fence of that person, with the snapshot it was made in and the tables it was
made of (`wsr.tenancy.reading`). It holds while none of these tables was touched outside of that snapshot (`wsr.tenancy.touching`), her
part in the program, her language and the code are the same, and the day is, where a room asked for it. Nothing else can make it another
one: a function of a room gets no time but the day, what it reads is noted statement by statement, and what cannot be known that way is
asked anew at each visit. Where something changed, only the functions that read it are asked again.

What comes and goes within a day carries its moment (`Task.from_at`, `until_at`, `is_due_now`), and in which group a thing stands is
decided when the page is made.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.translation import get_language

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.tenancy import current_alias, engine_scope, person_scope
from wsr.tenancy.models import OPEN, Program
from wsr.tenancy.reading import reading
from wsr.tenancy.touching import EPOCH
from wsr.ui.inbox import Noticed, Reader, Task
from wsr.ui.models import Answer
from wsr.ui.navigation import discover

KEPT = timedelta(days=3)  # after the last visit that made it
UNSAID = frozenset({"last_login", "theme", "single_keys", "second_factor_epoch"})  # of a person

_HOLDING = f"""
SELECT a.program_id, a.audience, a.organization_id, a.made_for, a.day, a.tasks FROM ui_answer a
WHERE a.person_id = %s AND a.language = %s AND a.is_whole AND a.epoch = {EPOCH} AND cardinality(wsr_touched_since(a.id)) = 0
"""  # noqa: S608
# One statement, so one snapshot: what it says of the answer is true of the moment that the next one is made in. A snapshot does not list
# the transaction that takes it: where that has written already, what it goes on to write could not be told from what it wrote before.
_HERE = f"""
SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END, here.epoch, a.epoch = here.epoch AND a.made_for = %s, a.day, a.is_whole, a.parts, a.tasks,
       wsr_touched_since(a.id)
FROM (SELECT {EPOCH} AS epoch) here
LEFT JOIN ui_answer a ON a.program_id = %s AND a.person_id = %s AND a.audience = %s AND a.organization_id = %s AND a.language = %s
"""  # noqa: S608

type Key = tuple[UUID, str, UUID]


@dataclass(frozen=True)
class Part:
    """What one function said. `reads`: the tables it was made of, None where it is asked each time. `is_of_day`: it asked for the day."""

    reads: list[str] | None
    is_of_day: bool
    tasks: list[Task]

    @classmethod
    def read(cls, kept: list[Any]) -> "Part":
        """From its row."""
        reads, is_of_day, tasks = kept
        return cls(reads, is_of_day, [_task(one) for one in tasks])

    def kept(self) -> list[Any]:
        """For its row."""
        return [self.reads, self.is_of_day, [_plain(task) for task in self.tasks]]


def holding(person: Person, standings: Iterable[Standing], *, at: datetime) -> dict[Key, list[Task]]:
    """{program, audience, organization: tasks} of the answers that hold. One query; own transaction, outside any scope."""
    wanted = {key_of(standing): standing for standing in standings}
    with person_scope(person.pk), connections[current_alias()].cursor() as cursor:
        cursor.execute(_HOLDING, [person.pk, _language()])
        rows = cursor.fetchall()
    found = {}
    for program_id, audience, organization_id, made_for, day, tasks in rows:
        key = (program_id, audience, organization_id)
        standing = wanted.get(key)
        if standing is None or made_for != _made_for(person, standing):
            continue
        if not day or day == _day(Reader(person, standing, at), at):
            found[key] = [_task(one) for one in json.loads(tasks)]
    return found


def key_of(standing: Standing) -> Key:
    """What an answer is found by, of one person."""
    return (standing.program.pk, str(standing.audience), standing.organization_id or OPEN)


def asked(person: Person, standing: Standing, *, at: datetime) -> list[Task]:
    """What waits for a person in the program whose scope is open; asks the functions whose answer may have changed and keeps what they say."""
    reader = Reader(person, standing, at)
    day = _day(reader, at)
    snapshot, epoch, kept, final = _kept(reader, day)
    if final is not None:
        return final
    functions = {f"{one.__module__}.{one.__qualname__}": one for one in discover("inbox", "INBOX")}
    with timezone.override(reader.zone):
        parts = {name: kept.get(name) or _ask(reader, function) for name, function in functions.items()}
        found = [task for part in parts.values() for task in part.tasks]
        last = _ask(reader, lambda anew: _narrowed(found, anew))
    if snapshot is not None:
        _keep(reader, parts, last, snapshot=snapshot, epoch=epoch, at=at)
    return last.tasks


def _narrowed(tasks: list[Task], reader: Reader) -> list[Task]:
    for narrow in discover("inbox", "NARROWS"):
        tasks = narrow(tasks, reader)
    return tasks


def _ask(reader: Reader, function: Callable[[Reader], Iterable[Task]]) -> Part:
    anew = replace(reader, noticed=Noticed())
    with reading(reader.standing.audience) as watched:
        tasks = list(function(anew))
    read = None if anew.noticed.moment else watched.read()
    if read is None:
        return Part(None, False, tasks)
    return Part(read.tables, read.is_of_day or anew.noticed.day, tasks)


def _kept(reader: Reader, day: str) -> tuple[str | None, str, dict[str, Part], list[Task] | None]:
    """The snapshot, None where nothing may be kept in it, where its ids are counted, the parts that hold in it, and the tasks where all do."""
    program_id, audience, organization_id = key_of(reader.standing)
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            _HERE,
            [
                _made_for(reader.person, reader.standing),
                program_id,
                reader.person.pk,
                audience,
                organization_id,
                _language(),
            ],
        )
        snapshot, epoch, is_same, was_of, is_whole, parts, tasks, touched = cursor.fetchone()
    if not is_same:
        return snapshot, epoch, {}, None
    is_of_today = not was_of or was_of == day
    if is_whole and is_of_today and not touched:
        return snapshot, epoch, {}, [_task(one) for one in json.loads(tasks)]
    holds = {
        name: Part.read(part)
        for name, part in json.loads(parts).items()
        if part[0] is not None and not set(part[0]) & set(touched) and (is_of_today or not part[1])
    }
    return snapshot, epoch, holds, None


def _keep(
    reader: Reader, parts: dict[str, Part], last: Part, *, snapshot: str, epoch: str, at: datetime
) -> None:
    everything = [*parts.values(), last]
    program_id, audience, organization_id = key_of(reader.standing)
    answer = Answer(
        program_id=program_id,
        person_id=reader.person.pk,
        audience=audience,
        organization_id=organization_id,
        language=_language(),
        made_for=_made_for(reader.person, reader.standing),
        epoch=epoch,
        snapshot=snapshot,
        reads=sorted({table for part in everything for table in part.reads or ()}),
        day=_day(reader, at) if any(part.is_of_day for part in everything) else "",
        is_whole=all(part.reads is not None for part in everything),
        parts={name: part.kept() for name, part in parts.items() if part.reads is not None},
        tasks=[_plain(task) for task in last.tasks],
        made_at=at,
    )
    one = ["program", "person_id", "audience", "organization_id", "language"]
    rest = ["made_for", "epoch", "snapshot", "reads", "day", "is_whole", "parts", "tasks", "made_at"]
    Answer.objects.bulk_create([answer], update_conflicts=True, unique_fields=one, update_fields=rest)


def _plain(task: Task) -> list[Any]:
    """A task as JSON has it. What is said of it later, program and day, is left out."""
    moments = [
        moment.isoformat() if moment else None for moment in (task.due_at, task.from_at, task.until_at)
    ]
    act = [task.act[0], str(task.act[1])] if task.act else None
    yes = [task.is_paused, task.is_clock, task.is_new, task.is_due_now]
    return [str(task.title), task.url, str(task.why), str(task.waits_for), *moments, act, *map(int, yes)]


def _task(kept: list[Any]) -> Task:
    title, url, why, waits_for, due_at, from_at, until_at, act, is_paused, is_clock, is_new, is_due_now = kept
    return Task(
        title=title,
        url=url,
        why=why,
        waits_for=waits_for,
        due_at=_moment(due_at),
        from_at=_moment(from_at),
        until_at=_moment(until_at),
        act=(act[0], UUID(act[1])) if act else None,
        is_paused=bool(is_paused),
        is_clock=bool(is_clock),
        is_new=bool(is_new),
        is_due_now=bool(is_due_now),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(reader: Reader, at: datetime) -> str:
    """Where the program counts its days, and where the database does."""
    return f"{reader.day} {at.astimezone(UTC).date()}"


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _made_for(person: Person, standing: Standing) -> str:
    """What the words depend on beside the database, the day and the language: what functions are handed, and the code."""
    said = [code(), *sorted(standing.roles), standing.organization_name]
    said += [str(getattr(standing.program, field.attname)) for field in Program._meta.concrete_fields]
    said += [
        str(getattr(person, field.attname))
        for field in Person._meta.concrete_fields
        if field.attname not in UNSAID
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@cache
def code() -> str:
    """A digest of the code and its translations; the web server asks for it when it starts."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(f"{path}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    here = {Path(config.path) for config in apps.get_app_configs()}
    tops = {
        settings.BASE_DIR / path.relative_to(settings.BASE_DIR).parts[0] for path in here if _is_ours(path)
    }
    for top in sorted(tops):
        yield from sorted(path for path in top.rglob("*") if path.suffix in {".py", ".mo"})


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts


def sweep(*, at: datetime) -> int:
    """Forget answers that nobody asked for again, and what was touched and every other answer has seen; how many answers. Outside any scope."""
    with engine_scope(), connections[current_alias()].cursor() as cursor:
        gone, _by_model = Answer.objects.filter(made_at__lte=at - KEPT).delete()
        cursor.execute("SELECT wsr_forget_touched()")
    return gone
