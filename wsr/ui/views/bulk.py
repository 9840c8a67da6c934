"""Acts on several rows: choosing comes from the list; filling in, looking, confirming and taking back are one page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.jobs.models import Job, State
from wsr.ui.lists import NoSuchList, with_list
from wsr.ui.models import Batch, BatchState, RowState
from wsr.ui.operations import bulk
from wsr.ui.views import safe_next

_ORDER = (RowState.REFUSED, RowState.KEPT, RowState.LEFT_OUT, RowState.WILL, RowState.DONE, RowState.UNDONE)


@requires(Permission.PROGRAM_READ)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """From the list: which rows, and what to do with them."""
    sent = request.POST
    path, query = (sent.get(name, "").replace("\0", "") for name in ("path", "query"))
    chosen = {"all": None, "page": sent.getlist("shown")}.get(sent.get("scope", ""), sent.getlist("row"))
    known = {"by": request.user, "standing": request.standing, "at": timezone.now()}
    try:
        batch = bulk.choose(path=path, query=query, act=sent.get("act", ""), chosen=chosen, **known)
        if not _asks(request, batch):
            bulk.fill_in(batch_id=batch.pk, given={}, **known)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(safe_next(request, f"{path}?{query}"))
    return redirect("ui:batch", request.program.slug, batch.pk)


@requires(Permission.PROGRAM_READ)
@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What is asked, what would happen to each row, what became of it; a POST takes the next step."""
    found = get_object_or_404(Batch, pk=batch_id)
    step, status, form = request.POST.get("step", ""), 200, None
    known = {"by": request.user, "standing": request.standing, "at": timezone.now(), "batch_id": batch_id}
    if request.method == "POST":
        try:
            if step == "confirm":
                bulk.confirm(looked_at=request.POST.get("shown", ""), **known)
            elif step == "undo":
                bulk.take_back(**known)
            else:
                form = _form(request, found, request.POST)
                if form is None or form.is_valid():
                    names = form.fields if form else ()
                    bulk.fill_in(given={name: request.POST.getlist(name) for name in names}, **known)
                else:
                    status = 422
        except DomainError as error:
            messages.warning(request, str(error))
        if status == 200:
            return redirect("ui:batch", request.program.slug, batch_id)
    return _page(request, found, form, status)


def _page(request: HttpRequest, found: Batch, form: Any, status: int) -> HttpResponse:
    request.room = found.path  # type: ignore[attr-defined]  # the navigation shows where one came from
    job = Job.objects.filter(pk=found.job_id).first() if found.job_id else None
    act = _act(request, found)
    rows = sorted(found.rows.all(), key=lambda row: (_ORDER.index(row.state) if row.state in _ORDER else 0, row.position))  # fmt: skip
    at = timezone.now()
    groups = [(state, RowState(state).label, [row for row in rows if row.state == state]) for state in _ORDER]
    context = {
        "batch": found,
        "title": act.label if act else _("Change several rows"),
        "form": form or (_form(request, found, None) if act and found.state in _OPEN else None),
        "job": job,
        "is_working": job is not None and job.is_open,
        "has_failed": job is not None and job.state in (State.FAILED, State.CANCELLED),
        "groups": [group for group in groups if group[2]],
        "total": len(rows),
        "will": sum(row.state == RowState.WILL for row in rows),
        "is_asked": found.state == BatchState.ASKED,
        "is_ready": found.state == BatchState.READY,
        "shown": bulk.shown_of(found),
        "is_over": found.state in (BatchState.DONE, BatchState.UNDONE),
        "may_undo": found.state == BatchState.DONE and bool(found.undo_until) and found.undo_until >= at,
        "has_undo": bool(act and act.undo),
        "back_url": safe_next(request, f"{found.path}?{found.query}"),
    }
    partial = request.headers.get("HX-Target", "").endswith("#batch")
    response = render(request, f"ui/batch.html{'#batch' if partial else ''}", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


_OPEN = (BatchState.ASKED, BatchState.READY)


def _act(request: HttpRequest, found: Batch) -> Any:
    """The act as its list declares it; None where this person may not do it any more."""
    try:
        return with_list(
            found.path,
            found.query,
            person=request.user,
            standing=request.standing,
            use=lambda table: next((act for act in table.open_acts if act.name == found.act), None),
        )
    except NoSuchList:
        return None


def _asks(request: HttpRequest, found: Batch) -> bool:
    act = _act(request, found)
    return act is not None and act.form is not None


def _form(request: HttpRequest, found: Batch, data: Any) -> Any:
    act = _act(request, found)
    if act is None or act.form is None:
        return None
    return act.form(data) if data is not None else bulk.form_of(found, act)
