"""Reads for the pages of imports."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import Count, Q

from wsr.imports.enums import State, Status
from wsr.imports.models import Batch, Change, Link, Row
from wsr.imports.reading import Row as FileRow
from wsr.imports.reading import Sheet
from wsr.jobs.models import Job
from wsr.said import dump, read


def sample(sheet: Sheet) -> list[FileRow]:
    """The first few hundred rows, to guess from."""
    return list(islice(sheet.rows(), 300))


def batches() -> models.QuerySet[Batch]:
    """All imports, newest first."""
    return Batch.objects.select_related("file", "uploaded_by").order_by("-uploaded_at", "-id")


def counts(batch: Batch) -> dict[str, Any]:
    """{status: rows}, and how many questions and repairs are open, how many objects the list no longer names."""
    found = dict(
        Row.objects.filter(batch=batch).values_list("status").annotate(rows=Count("pk")).order_by("status")
    )
    result: dict[str, Any] = {status.value: found.get(status.value, 0) for status in Status}
    result["questions"] = open_questions(batch).count()
    result["offers"] = Row.objects.filter(batch=batch).exclude(offers=[]).count()
    result["missing"] = missing(batch).count()
    result["reasons"] = {dump(reason): rows for reason, rows in reasons(batch)}
    return result


def reasons(batch: Batch) -> list[tuple[str, int]]:
    """Why rows are left out or need correcting, commonest first."""
    rows = Row.objects.filter(batch=batch, status__in=[Status.SKIP, Status.ERROR]).exclude(reason="")
    return list(rows.values_list("reason").annotate(rows=Count("pk")).order_by("-rows", "reason")[:20])


def open_questions(batch: Batch) -> models.QuerySet[Row]:
    """Rows with likely matches that nobody has answered; likeliest first."""
    return (
        Row.objects.filter(batch=batch, answer="", status__in=[Status.ASK, Status.CREATE])
        .exclude(candidates=[])
        .order_by("-score", "line")
    )


def missing(batch: Batch) -> models.QuerySet[Link]:
    """What this list named before and this file does not name."""
    present = Row.objects.filter(batch=batch).exclude(identity="").values("identity")
    return Link.objects.filter(target=batch.target, source=batch.source, ended_at=None).exclude(
        identity__in=present
    )


def rows(batch: Batch, *, status: str = "", after: int = 0, size: int = 50) -> list[Row]:
    """Rows by line, narrowed to a status; one more than `size` when there are further ones."""
    found = Row.objects.filter(batch=batch, line__gt=after).order_by("line")
    return list(found.filter(status=status)[: size + 1] if status else found[: size + 1])


def error_rows(batch: Batch) -> Iterator[list[str]]:
    """Rows to correct and rows that wait for a decision, as they were, with the reason at the end."""
    found = Row.objects.filter(batch=batch).filter(Q(status__in=[Status.ERROR, Status.ASK])).order_by("line")
    for row in found.iterator(chunk_size=2_000):
        yield [*row.raw, "; ".join(dict.fromkeys(map(read, row.errors.values()))) or row.reason]


def job_of(batch: Batch) -> Job | None:
    """The newest work on an import."""
    return Job.objects.filter(pk=batch.job_id).first() if batch.job_id else None


def kept_reasons(batch: Batch) -> list[tuple[str, int]]:
    """Why undo left things as they are."""
    return list(
        Change.objects.filter(batch=batch)
        .exclude(kept="")
        .values_list("kept")
        .annotate(rows=Count("pk"))
        .order_by("-rows")
    )


def last_answer(target: str, question: str) -> str:
    """What was decided for the newest list of this kind that was applied, or nothing. One query."""
    applied = Batch.objects.filter(target=target, state=State.APPLIED).order_by("-applied_at", "pk")
    newest = applied.values_list("defaults", flat=True).first()
    return (newest or {}).get(question, "")
