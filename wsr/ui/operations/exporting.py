"""Files of long lists: asked for, made by a job as the person may see the list at that moment, deleted after their days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.files import personal
from wsr.files.models import PersonalFile
from wsr.jobs import operations as jobs
from wsr.jobs.handlers import JobContext
from wsr.jobs.models import Job
from wsr.notices.operations import tell_people
from wsr.said import gettext as _
from wsr.tenancy import atomic, engine_scope
from wsr.ui.exports import CHUNK_BYTES, MEDIA_TYPES
from wsr.ui.lists import NoSuchList, no_such_list, standing_now, with_list
from wsr.ui.models import Export
from wsr.ui.tables import Table

KIND = "ui.export"


@atomic
def ask(*, path: str, query: str, file_format: str, by: Person, standing: Standing, at: datetime) -> Export:
    """Have a file of a list made in the background; a second click finds the one that is being made.

    Raises NoSuchList for what this person may not take away, and KeyError for an unknown kind of file.
    """
    MEDIA_TYPES[file_format]
    name, table = with_list(path, query, person=by, standing=standing, use=_named)
    waiting = Export.objects.filter(path=path, query=query, file_format=file_format, schedule=None)
    for export in waiting.order_by("-asked_at"):
        if Job.objects.open().filter(pk=export.job_id).exists():
            return export
    export = Export(name=name, table=table, path=path, query=query, file_format=file_format)
    return start(export, by=by, at=at)


def start(export: Export, *, by: Person, at: datetime) -> Export:
    """Keep what is to be made and start its job. The caller holds the transaction."""
    export.person, export.asked_at = by, at
    export.save(force_insert=True)
    title = _("A report that is sent regularly")  # what her view is called is hers
    if export.schedule is None:
        title = _("Export of a list: %(name)s") % {"name": export.name}
    job = jobs.start(kind=KIND, title=title, by=by, at=at, params={"export": str(export.pk)})
    export.job_id = job.pk
    export.save(update_fields=["job_id"])
    return export


def make(job: JobContext) -> str:
    """The handler of the job: write the file with what its person may see now, and tell her. Raises NoSuchList and JobCancelled."""
    at = timezone.now()
    person = job.asker
    export = Export.objects.select_for_update(of=("self",)).get(pk=job.params["export"])
    standing = standing_now(person)
    with translation.override(person.language or standing.program.language):
        try:
            with_list(
                export.path,
                export.query,
                person=person,
                standing=standing,
                use=lambda table: _write(table, export, job, at=at),
            )
        except NoSuchList:
            if export.schedule_id is None:
                raise
            from wsr.ui.operations import scheduling  # noqa: PLC0415 -- it starts exports

            return scheduling.lost(export.schedule_id, at=at)
    kind = "export_ready" if export.schedule_id is None else "report_ready"
    context = {"export": str(export.pk)}
    tell_people(kind=kind, key=f"{kind}:{export.pk}", people=[person], at=at, context=context)
    return _("The file is ready. It is on the page of files of whoever asked for it.")


@atomic
def file_of(*, export_id: UUID, by: Person, standing: Standing) -> PersonalFile:
    """One's own file, as long as the list it was made of is hers to take away. Raises PersonalFile.DoesNotExist and NoSuchList."""
    file = PersonalFile.objects.get(pk=export_id, person=by)
    export = Export.objects.get(pk=export_id)
    with_list(export.path, export.query, person=by, standing=standing, use=_named)
    return file


def cancel(*, export_id: UUID, by: Person, at: datetime) -> Job:
    """Stop making one's own file. Raises Export.DoesNotExist, also for another's, and JobIsOver."""
    export = Export.objects.get(pk=export_id, person=by)
    return jobs.cancel(job_id=export.job_id, by=by, at=at)


def sweep(*, at: datetime) -> int:
    """Forget exports whose file is over, in all programs; returns how many. Outside any scope."""
    with engine_scope():
        gone, _by_model = Export.objects.filter(asked_at__lte=at - _days()).delete()
    return gone


def _days() -> timedelta:
    return timedelta(days=settings.EXPORT_DAYS)


def _named(table: Table) -> tuple[str, str]:
    """What the list is called, and its name. Raises NoSuchList where it may not be taken away."""
    if not table.may_export:
        raise no_such_list()
    return str(table.label or table.columns[0].label), table.name


def _write(table: Table, export: Export, job: JobContext, *, at: datetime) -> None:
    """The rows into the file of the person. Progress is told in percent: a count of rows would be seen by those who may not see them."""
    _named(table)
    rows = _watched(table.all_rows(), table.queryset.order_by().count(), job)
    with table.written(export.file_format, at=at, rows=rows) as file:
        personal.keep(
            file_id=export.pk,
            chunks=iter(lambda: file.read(CHUNK_BYTES), b""),
            name=f"{export.table}-{at:%Y-%m-%d}.{export.file_format}",
            media_type=MEDIA_TYPES[export.file_format],
            person=export.person,
            at=at,
            expires_at=at + _days(),
        )


def _watched(rows: Iterator[list[Any]], total: int, job: JobContext) -> Iterator[list[Any]]:
    for number, row in enumerate(rows):
        job.progress(min(number * 100 // (total or 1), 99), 100)
        yield row
