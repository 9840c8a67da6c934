"""What the team writes down in the browser: answers, interviews, findings. The same operations as the API's."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audits.forms.records import FindingForm, InterviewForm, RecordForm, ResponseForm, WithdrawForm
from audits.models import Finding, Inspection, Interview
from audits.operations import records as operations
from audits.queries import checklists
from audits.queries.findings import earlier_findings
from audits.views.conflicts import Conflict
from audits.views.plans import FORM, about, page_of
from programs.models import Severity
from programs.queries import today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import answer, bound


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def respond(request: HttpRequest, inspection_id: UUID, line_id: UUID) -> HttpResponse:
    """The answer to one line of the checklist; saving leads to the next line without an answer."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    lines = checklists.answered(visit)
    place = next((number for number, line in enumerate(lines) if line.id == line_id), None)
    if place is None:
        raise Http404
    line = lines[place]
    given = line.response
    initial = {"answer": given.answer, "note": given.note, **_known(given)} if given else {}
    form = bound(ResponseForm, request, initial=initial)
    asked = {"provision_id": line.provision.pk, "question_id": line.question.pk if line.question else None}
    following = next((one for one in [*lines[place + 1 :], *lines[:place]] if one.response is None), None)
    next_url = page_of(request, visit, "respond", following.id) if following else page_of(request, visit)
    return _put(
        request,
        visit,
        form,
        lambda **data: operations.put_response(**asked, **data),
        title=_("%(reference)s: answer") % {"reference": line.provision.reference},
        goes_to=next_url,
        template="audits/respond.html",
        line=line,
        number=place + 1,
        total=len(lines),
        next_url=next_url if following else "",
    )


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def add_interview(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Workers were interviewed."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    form = bound(InterviewForm, request, initial={"held_on": today(timezone.now())})
    return _put(
        request, visit, form, operations.put_interview, title=_("Interview"), lede=_about_interviews()
    )


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def change_interview(request: HttpRequest, inspection_id: UUID, interview_id: UUID) -> HttpResponse:
    """A slip of the pen."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    row = get_object_or_404(Interview, pk=interview_id, inspection=visit)
    names = ("workers", "place", "language", "held_on", "note")
    form = bound(
        InterviewForm, request, initial={**{name: getattr(row, name) for name in names}, **_known(row)}
    )
    return _put(
        request, visit, form, operations.put_interview, title=_("Interview"), lede=_about_interviews()
    )


def _about_interviews() -> str:
    return _("Workers are counted and never named. Nothing here may point to one of them.")


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def add_finding(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """A breach was found; `?provision=` chooses the provision beforehand."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    form = bound(
        FindingForm, request, initial={"provision_id": request.GET.get("provision")}, **_choices(visit)
    )
    return _put(
        request,
        visit,
        form,
        operations.put_finding,
        title=_("Finding"),
        goes_to=page_of(request, visit) + "#findings",
    )


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def change_finding(request: HttpRequest, inspection_id: UUID, finding_id: UUID) -> HttpResponse:
    """Put a finding into better words."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    row = get_object_or_404(Finding, pk=finding_id, inspection=visit, withdrawn_at=None)
    names = (
        "provision_id",
        "severity_id",
        "title",
        "description",
        "remedy",
        "workers_affected",
        "repeat_of_id",
    )
    initial = {**{name: getattr(row, name) for name in names}, **_known(row)}
    form = bound(FindingForm, request, initial=initial, **_choices(visit, row))
    return _put(
        request,
        visit,
        form,
        operations.put_finding,
        title=_("Finding"),
        goes_to=page_of(request, visit) + "#findings",
    )


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def withdraw_finding(request: HttpRequest, inspection_id: UUID, finding_id: UUID) -> HttpResponse:
    """The finding was a mistake; it stays with the reason."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    row = get_object_or_404(Finding, pk=finding_id, inspection=visit)
    form = bound(WithdrawForm, request, initial={"if_version": row.version})
    conflict = Conflict(form, ())
    return answer(
        request,
        form,
        lambda data: conflict.watch(
            operations.withdraw_finding, finding_id=row.pk, by=request.user, at=timezone.now(), **data
        ),
        done=_("Withdrawn. It stays on record and counts no more."),
        goes_to=lambda made: page_of(request, visit) + "#findings",
        template=FORM,
        lede=row.title,
        action=_("Withdraw the finding"),
        is_grave=True,
        **about(request, visit, _("Withdraw a finding")),
    )


# ── One way for all ──────────────────────────────────────────────────────────────────────────────


def _put(
    request: HttpRequest,
    visit: Inspection,
    form: RecordForm,
    act: Callable[..., Any],
    *,
    title: str,
    goes_to: str = "",
    template: str = FORM,
    **context: Any,
) -> HttpResponse:
    now = timezone.now()
    conflict = Conflict(form, [name for name in form.fields if name not in ("record_id", "if_version")])
    return answer(
        request,
        form,
        lambda data: conflict.watch(
            act, inspection_id=visit.pk, noted_at=now, by=request.user, at=now, **data
        ),
        done=lambda put: _("Noted.") if put.outcome == operations.APPLIED else _("This was noted already."),
        goes_to=lambda put: goes_to or page_of(request, visit),
        template=template,
        conflict=conflict,
        **{**about(request, visit, title), **context},
    )


def _known(row: Any) -> dict[str, Any]:
    return {"record_id": row.pk, "if_version": row.version}


def _choices(visit: Inspection, row: Finding | None = None) -> dict[str, list[tuple[str, str]]]:
    """What a finding may point to; what it points to already is always among it."""
    earlier = {
        str(one.id): f"{one.reference} {one.title} ({one.found_on})"[:140] for one in earlier_findings(visit)
    }
    if row is not None and row.repeat_of_id:
        earlier.setdefault(str(row.repeat_of_id), _("As it was noted"))
    return {
        "provisions": [(str(one.pk), str(one)[:120]) for one in checklists.provisions_of(visit.code_id)],
        "severities": [(str(one.pk), one.label) for one in Severity.objects.order_by("position", "pk")],
        "earlier": list(earlier.items()),
    }
