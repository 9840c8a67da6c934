"""From a file to the program: upload, mapping, dry run, decisions, apply, undo."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr import said
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.forms import bound_with_files
from wsr.files.uploads import was_too_large
from wsr.imports import comparing, mapping, operations, queries, staging, undoing
from wsr.imports.enums import State, Status
from wsr.imports.forms import MapForm, ReadForm, TargetForm, UploadForm
from wsr.imports.matching import ASKED, PRESELECTED
from wsr.imports.models import Batch, Row
from wsr.imports.targets import target_of
from wsr.ui.exports import csv_lines

_PAGE = 50
_REPAIRS = {
    "letters": gettext_lazy("Damaged letters"),
    "zeros": gettext_lazy("Lost zeros in postal codes"),
    "country": gettext_lazy("Countries read from provinces"),
}


@requires(Permission.IMPORT_READ)
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """All imports, newest first."""
    page = Paginator(queries.batches(), _PAGE).get_page(request.GET.get("page"))
    return render(request, "imports/list.html", {"page": page, "may_apply": _may_apply(request)})


@requires(Permission.IMPORT_APPLY)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in and go on to its columns."""
    if request.method == "GET":
        return render(request, "imports/upload.html", {"form": UploadForm()})
    refused = was_too_large(request)
    form = bound_with_files(UploadForm, request, "file")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = operations.upload(
                chunks=file.chunks(),
                name=file.name,
                media_type=file.content_type or "",
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:map", request.program.slug, batch.pk)
    return render(request, "imports/upload.html", {"form": form}, status=413 if refused else 422)


@requires(Permission.IMPORT_READ)
@require_GET
def detail(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Where the import stands and what comes next."""
    batch = _batch(batch_id)
    job = queries.job_of(batch)
    if request.htmx and not (job and job.is_open):
        return HttpResponse(headers={"HX-Refresh": "true"})
    if batch.state == State.UPLOADED and job is None:
        return redirect("imports:map", request.program.slug, batch.pk)
    context = {
        "batch": batch,
        "job": job,
        "is_working": bool(job and job.is_open),
        "counts": [(status, status.label, batch.counts.get(status.value, 0)) for status in Status],
        "kept": queries.kept_reasons(batch) if batch.state == State.UNDONE else [],
        "reasons": [(said.read(text), rows) for text, rows in batch.counts.get("reasons", {}).items()],
        "target": target_of(batch.target),
        "may_apply": _may_apply(request),
    }
    return render(request, "imports/detail.html#work" if request.htmx else "imports/detail.html", context)


@requires(Permission.IMPORT_APPLY)
@require_POST
def read(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Read another sheet or with another encoding."""
    batch = _batch(batch_id)
    form = ReadForm(request.POST, batch=batch)
    if form.is_valid():
        said = {"sheet": batch.sheet, "encoding": batch.encoding} | form.cleaned_data
        _try(request, operations.read_again, batch_id=batch.pk, **said)
    return redirect("imports:map", request.program.slug, batch.pk)


@requires(Permission.IMPORT_APPLY)
@require_http_methods(["GET", "POST"])
def map_columns(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What each column means, beside its first values."""
    batch = _batch(batch_id)
    if batch.state not in (State.UPLOADED, State.CHECKED):
        return redirect("imports:detail", request.program.slug, batch.pk)
    choice = TargetForm(request.GET if "target" in request.GET else None)
    key = (
        choice.cleaned_data["target"]
        if choice.is_bound and choice.is_valid()
        else request.POST.get("target") or batch.target
    )
    columns = batch.mapping
    if key != batch.target:
        _book, sheet = staging.open_sheet(batch)
        columns = mapping.guess(sheet, queries.sample(sheet), target_of(key).key).columns
    target = target_of(key)
    form = MapForm(
        request.POST if request.method == "POST" else None, batch=batch, target=target, columns=columns
    )
    if form.is_bound and form.is_valid():
        try:
            operations.map_columns(batch_id=batch.pk, by=request.user, at=timezone.now(), **form.said())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("imports:detail", request.program.slug, batch.pk)
    names = batch.reading["columns"]
    firsts = {name: [row[place] for row in batch.reading["first"]] for place, name in enumerate(names)}
    context = {
        "batch": batch,
        "form": form,
        "choice": TargetForm(initial={"target": target.key}),
        "reading": ReadForm(batch=batch),
        "target": target,
        "columns": [(name, firsts[name], field) for name, field in form.columns()],
    }
    return render(request, "imports/map.html", context, status=422 if form.is_bound else 200)


@requires(Permission.IMPORT_READ)
@require_GET
def rows(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Rows with what will happen and why."""
    batch = _batch(batch_id)
    status = request.GET.get("status", "")
    status = status if status in Status.values else ""
    after = request.GET.get("after", "0")
    found = queries.rows(
        batch, status=status, after=int(after) if after.isdigit() and len(after) < 9 else 0, size=_PAGE
    )
    more = found[_PAGE - 1].line if len(found) > _PAGE else None
    names = batch.reading["columns"]
    shown = [name for name in names if name in batch.mapping][:6]
    lines = [
        (
            row,
            [row.raw[names.index(name)] for name in shown],
            {key: said.read(text) for key, text in {**row.errors, **row.remarks}.items()},
        )
        for row in found[:_PAGE]
    ]
    context = {
        "batch": batch,
        "lines": lines,
        "shown": shown,
        "status": status,
        "choices": Status.choices,
        "more": more,
    }
    return render(request, "imports/rows.html", context)


@requires(Permission.IMPORT_APPLY)
@require_http_methods(["GET", "POST"])
def repairs(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Repairs that are offered cell by cell; none is made by itself."""
    batch = _batch(batch_id)
    if request.method == "POST":
        cells = "*" if request.POST.get("all") else request.POST.getlist("cell")
        kind = request.POST.get("kind", "")
        if kind in _REPAIRS and _try(
            request,
            operations.accept_repairs,
            batch_id=batch.pk,
            kind=kind,
            cells=cells,
            by=request.user,
            at=timezone.now(),
        ):
            return redirect("imports:detail", request.program.slug, batch.pk)
    found = [
        (f"{row.line}:{offer['field']}", row.line, offer)
        for row in Row.objects.filter(batch=batch).exclude(offers=[]).order_by("line")
        for offer in row.offers
    ]
    kind = request.GET.get("kind") or next((one[2]["kind"] for one in found), "letters")
    context = {
        "batch": batch,
        "kind": kind,
        "offers": [one for one in found if one[2]["kind"] == kind][:500],
        "kinds": [
            (key, label, sum(one[2]["kind"] == key for one in found)) for key, label in _REPAIRS.items()
        ],
    }
    return render(request, "imports/repairs.html", context)


@requires(Permission.IMPORT_APPLY)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One question at a time: the row beside what it may be."""
    batch = _batch(batch_id)
    skipped = request.GET.get("later", "0")
    later = int(skipped) if skipped.isdigit() and len(skipped) < 9 else 0
    if request.method == "POST":
        answer, _mark, candidate = request.POST.get("answer", "").partition(":")
        line = request.POST.get("line", "")
        if line.isdigit():
            _try(
                request,
                operations.decide,
                batch_id=batch.pk,
                line=int(line),
                answer=answer,
                candidate=candidate,
                by=request.user,
                at=timezone.now(),
            )
    questions = queries.open_questions(batch)
    total = questions.count()
    row = questions[later % total] if total else None
    context = {
        "batch": batch,
        "row": row,
        "pairs": comparing.pairs(batch, row) if row else [],
        "total": total,
        "place": later % total + 1 if total else 0,
        "next": later + 1,
        "later": later,
        "preselected": PRESELECTED,
        "asked": ASKED,
    }
    return render(request, "imports/decide.html#question" if request.htmx else "imports/decide.html", context)


@requires(Permission.IMPORT_APPLY)
@require_http_methods(["GET", "POST"])
def different(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Say "different" for all questions under a score, after seeing them."""
    batch = _batch(batch_id)
    try:
        below = min(1.0, max(0.0, float(request.POST.get("below") or request.GET.get("below") or 0.9)))
    except ValueError:
        below = 0.9
    if request.method == "POST" and _try(
        request, operations.all_different, batch_id=batch.pk, below=below, by=request.user, at=timezone.now()
    ):
        return redirect("imports:decide", request.program.slug, batch.pk)
    found = queries.open_questions(batch).filter(score__lt=below)
    context = {
        "batch": batch,
        "below": below,
        "total": found.count(),
        "rows": found[:200],
        "steps": [0.8, 0.85, 0.9, 0.95, 1.0],
    }
    return render(request, "imports/different.html", context)


@requires(Permission.IMPORT_APPLY)
@require_POST
def apply(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Start applying."""
    batch = _batch(batch_id)
    _try(
        request,
        operations.ask_apply,
        batch_id=batch.pk,
        end_missing=bool(request.POST.get("end_missing")),
        by=request.user,
        at=timezone.now(),
    )
    return redirect("imports:detail", request.program.slug, batch.pk)


@requires(Permission.IMPORT_READ)
@require_GET
def errors(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The rows that were not imported, as they were, with the reason: to correct and upload again."""
    batch = _batch(batch_id)
    lines = list(csv_lines([*batch.reading["columns"], _("Reason")], queries.error_rows(batch)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="to-correct-{batch.pk}.csv"'
    return response


@requires(Permission.IMPORT_APPLY)
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What undoing would do; then do it."""
    batch = _batch(batch_id)
    if request.method == "POST":
        _try(request, operations.ask_undo, batch_id=batch.pk, by=request.user, at=timezone.now())
        return redirect("imports:detail", request.program.slug, batch.pk)
    if batch.state != State.APPLIED:
        return redirect("imports:detail", request.program.slug, batch.pk)
    seen = undoing.preview(batch, timezone.now())
    return render(request, "imports/undo.html", {"batch": batch, "seen": seen})


def _batch(batch_id: UUID) -> Batch:
    return get_object_or_404(queries.batches(), pk=batch_id)


def _may_apply(request: HttpRequest) -> bool:
    return Permission.IMPORT_APPLY in request.permissions


def _try(request: HttpRequest, operation: object, **values: object) -> bool:
    """Run an operation; a refusal becomes a message."""
    try:
        operation(**values)
    except (DomainError, Row.DoesNotExist) as error:
        messages.error(
            request, str(error) if isinstance(error, DomainError) else _("This row is no longer there.")
        )
        return False
    return True
