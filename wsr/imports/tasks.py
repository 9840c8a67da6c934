"""The long work of imports."""

from uuid import UUID

from django.utils import timezone

from wsr.imports import operations, undoing
from wsr.jobs.handlers import JobContext, job_handler
from wsr.said import gettext as _
from wsr.said import joined


@job_handler("imports.check")
def check(job: JobContext) -> str:
    """The dry run."""
    batch = operations.check(
        batch_id=UUID(job.params["batch_id"]), by=job.asked_by, at=timezone.now(), progress=job.progress
    )
    counts = batch.counts
    return _(
        "%(create)s to create, %(update)s to change, %(unchanged)s known already, %(skip)s left out, %(error)s to correct, %(questions)s to decide."
    ) % {key: f"{counts[key]:,}" for key in ("create", "update", "unchanged", "skip", "error", "questions")}


@job_handler("imports.apply")
def apply(job: JobContext) -> str:
    """Write what was decided."""
    written = operations.apply(
        batch_id=UUID(job.params["batch_id"]), by=job.asked_by, at=timezone.now(), progress=job.progress
    )
    return said(written)


@job_handler("imports.undo")
def undo(job: JobContext) -> str:
    """Take an import back."""
    done = undoing.undo(
        batch_id=UUID(job.params["batch_id"]), by=job.asked_by, at=timezone.now(), progress=job.progress
    )
    return _("%(removed)s removed, %(restored)s restored, %(kept)s kept.") % {
        key: f"{value:,}" for key, value in done.items()
    }


def said(written: dict[str, int]) -> str:
    """What was written, in words."""
    words = {
        "workplaces": _("%s workplaces created"),
        "suppliers": _("%s suppliers created"),
        "changed": _("%s changed"),
        "brands": _("%s brands created"),
        "sourcing": _("%s sourcing relationships recorded"),
        "places": _("%s places on sites recorded"),
        "ended_places": _("%s ends of work on sites recorded"),
        "citations": _("%s citations recorded"),
    }
    parts = [words[key] % f"{count:,}" for key, count in written.items() if count and key in words]
    return joined(parts or [_("Nothing new")], end=".")
