"""Files of purchases: sending, looking at every line, recording, taking back."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.forms.money import LABELS, FileForm, MappingForm
from agreements.models.money import PurchaseFile, PurchaseFileRow
from agreements.money.enums import FileState, RowStatus
from agreements.operations.money import files as operations
from agreements.views.money import people
from agreements.views.money.pages import address
from agreements.views.money.purchases import choose
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.forms import bound_with_files
from wsr.files.uploads import was_too_large
from wsr.ui.exports import csv_lines

_LINES = 100
# Errors first: they are what a person must look at.
_ORDER = Case(
    When(status=RowStatus.ERROR, then=Value(0)),
    When(status=RowStatus.CHANGED, then=Value(1)),
    When(status=RowStatus.NEW, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


@requires(Permission.MONEY_READ)
@require_GET
def files(request: HttpRequest) -> HttpResponse:
    """Files sent, the newest first."""
    rows = PurchaseFile.objects.select_related("owner").order_by("-sent_at", "-pk")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request, "agreements/money/files.html", {"page": page, "may_report": people.may_report(request)}
    )


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Read a file and go on to its lines."""
    if not people.may_report(request):
        raise Http404
    if people.own_part(request) is None and "owner" not in request.GET:
        return choose(request, "send_purchases", _("Send a file of purchases"))
    owner = people.reporter(request, request.GET.get("owner", ""))
    refused = was_too_large(request)
    form = bound_with_files(FileForm, request, "file")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = operations.read(
                side=people.side_of(owner),
                owner_id=owner.pk,
                chunks=file.chunks(),
                name=file.name,
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("agreements:purchase_file", request.program.slug, made.pk)
    context = {
        "title": _("Send a file of purchases"),
        "lede": _("For %(name)s.") % {"name": owner.name},
        "form": form,
        "has_file": True,
        "button": _("Read the file"),
        "back_url": address(request, "purchases"),
    }
    status = 413 if refused else 422 if form.is_bound else 200
    return render(request, "agreements/money/form.html", context, status=status)


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Every line and what it would do; with a post, other meanings of the columns."""
    found = get_object_or_404(PurchaseFile.objects.select_related("owner"), pk=file_id)
    may_change = people.may_report(request)
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        headers=found.headers,
        mapping=found.mapping,
        initial=found.defaults,
    )
    if request.method == "POST":
        if not may_change:
            raise Http404
        if form.is_valid():
            try:
                operations.remap(
                    file_id=file_id,
                    mapping=form.mapping(),
                    defaults=form.defaults(),
                    by=request.user,
                    at=timezone.now(),
                )
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                return redirect("agreements:purchase_file", request.program.slug, file_id)
    page = Paginator(found.rows.order_by(_ORDER, "line"), _LINES).get_page(request.GET.get("page"))
    lines = [
        (row, [(LABELS.get(name, name), sentence) for name, sentence in row.errors.items()]) for row in page
    ]
    context = {
        "file": found,
        "form": form,
        "page": page,
        "lines": lines,
        "counts": [
            (label, found.counts.get(status, 0), _TONES[RowStatus(status)])
            for status, label in RowStatus.choices
        ],
        "new": found.counts.get(RowStatus.NEW, 0) + found.counts.get(RowStatus.CHANGED, 0),
        "errors": found.counts.get(RowStatus.ERROR, 0),
        "is_read": found.state == FileState.READ,
        "is_applied": found.state == FileState.APPLIED,
        "may_change": may_change,
    }
    return render(request, "agreements/money/file.html", context, status=422 if form.errors else 200)


_TONES = {RowStatus.NEW: "ok", RowStatus.CHANGED: "info", RowStatus.UNCHANGED: "", RowStatus.ERROR: "bad"}


@requires(Permission.MONEY_READ)
@require_POST
def act(request: HttpRequest, file_id: UUID, what: str) -> HttpResponse:
    """Record, discard or take back a file."""
    acts = {"apply": operations.apply, "discard": operations.discard, "undo": operations.undo}
    get_object_or_404(PurchaseFile, pk=file_id)
    if what not in acts or not people.may_report(request):
        raise Http404
    try:
        found = acts[what](file_id=file_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _said(what, found))
    return redirect("agreements:purchase_file", request.program.slug, file_id)


@requires(Permission.MONEY_READ)
@require_GET
def errors(request: HttpRequest, file_id: UUID) -> StreamingHttpResponse:
    """The lines that cannot be recorded, with their reasons, to fix and send again."""
    found = get_object_or_404(PurchaseFile, pk=file_id)
    rows = list(found.rows.filter(status=RowStatus.ERROR).order_by("line"))
    answer = StreamingHttpResponse(
        csv_lines(_error_header(found), _error_lines(rows)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="errors.csv"'
    return answer


def _error_header(file: PurchaseFile) -> list[str]:
    return [*file.headers, _("Line"), _("Why it was not recorded")]


def _error_lines(rows: list[PurchaseFileRow]) -> Iterator[list[str]]:
    for row in rows:
        reasons = "; ".join(f"{LABELS.get(name, name)}: {sentence}" for name, sentence in row.errors.items())
        yield [*row.raw, str(row.line), reasons]


def _said(what: str, found: PurchaseFile) -> str:
    if what == "apply":
        count = found.counts.get(RowStatus.NEW, 0) + found.counts.get(RowStatus.CHANGED, 0)
        return ngettext("%(count)s line is on record.", "%(count)s lines are on record.", count) % {
            "count": count
        }
    if what == "undo":
        return _("Everything this file recorded is taken back.")
    return _("The file is put away; nothing of it was recorded.")
