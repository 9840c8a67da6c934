"""Publishing in the background, and completing what a crash left between commit and switch."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from wsr.history.operations import record
from wsr.jobs.handlers import JobContext, job_handler
from wsr.registry.models import Publication
from wsr.said import gettext as _
from wsr.said import ngettext
from wsr.tenancy import Audience, engine_scope
from wsr.tenancy.models import Program


@job_handler("registry.publish", Audience.ENGINE)
def publish(job: JobContext) -> str:
    """Publish what changed in the job's program; rows, files and the end of the job are one transaction."""
    from wsr.registry import publishing  # noqa: PLC0415 -- tasks are leaves; operations import them

    publication = publishing.publish(
        program=Program.objects.get(pk=job.program_id),
        at=timezone.now(),
        by=job.asked_by,
        progress=job.progress,
        everything=bool(job.params.get("everything")),
    )
    if publication is None:
        return _("Nothing changed since the last publication.")
    total = sum(count for acts in publication.counts.values() for count in acts.values())
    changed = ngettext("%(total)d change", "%(total)d changes", total) % {"total": total}
    return _("Publication %(number)d: %(changed)s.") % {"number": publication.number, "changed": changed}


@job_handler("registry.report", Audience.ENGINE)
def report(job: JobContext) -> str:
    """Make the report of a stretch of days from the public record."""
    from wsr.registry import reports  # noqa: PLC0415

    at = timezone.now()
    made = reports.make(
        program=Program.objects.get(pk=job.program_id),
        title=str(job.params["title"]),
        starts_on=date.fromisoformat(job.params["starts_on"]),
        ends_on=date.fromisoformat(job.params["ends_on"]),
        at=at,
    )
    publication = Publication.objects.get(number=made.publication)
    after = {"name": made.name, "sha256": made.sha256}
    record("registry.report_made", publication, by=job.asked_by, at=at, after=after)
    return _("“%s” can be read by everyone.") % made.title


@shared_task
def finish() -> None:
    """Serve publications that were committed but not switched to, and clean up after those, where a process died before it."""
    from wsr.registry import publishing  # noqa: PLC0415

    with engine_scope():
        waiting = publishing.programs_to_finish()
    for program in waiting:
        publishing.serve(program)
