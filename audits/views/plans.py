"""Planning a visit, changing the plan, calling it off. For staff."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audits.enums import OVER
from audits.forms.planning import ChangePlanForm, PlanForm, ReasonForm, days_of
from audits.models import Inspection
from audits.operations import planning as operations
from audits.queries import due, overview
from programs.models import Workplace
from programs.queries import today, workplaces_found
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import answer, bound

FORM = "audits/form.html"
MOST_FOUND = 20


@requires(Permission.INSPECTION_PLAN)
@require_GET
def choose_workplace(request: HttpRequest) -> HttpResponse:
    """Where the visit goes to: a search, and without one the workplaces that were inspected longest ago."""
    typed = request.GET.get("q", "").strip()
    found = due.rhythm(on=today(timezone.now()))
    rows = due.workplaces(reader_id=request.user.pk)
    if typed:
        shown = workplaces_found(rows, typed).order_by("name", "pk")
    else:
        shown = rows.filter(next_on=None).order_by("-last_on", "name", "pk")
    context = {"typed": typed, "rhythm": found, "workplaces": shown[:MOST_FOUND], "most": MOST_FOUND}
    context["crumbs"] = [_board(request), (_("Plan"), "")]
    return render(request, "audits/choose_workplace.html", context)


@requires(Permission.INSPECTION_PLAN)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """Kind, days, who will know, and the team."""
    workplace = get_object_or_404(due.workplaces(reader_id=request.user.pk), pk=workplace_id)
    back = reverse("audits:choose_workplace", args=[request.program.slug])
    form = bound(
        PlanForm,
        request,
        inspectors=overview.inspectors(supplier_id=workplace.supplier_id),
        staff=overview.inspectors(supplier_id=workplace.supplier_id, staff_only=True),
        earlier=_earlier(workplace),
    )
    if form.is_bound and form.is_valid() and (same := _same_plan(request, workplace, form)):
        messages.info(request, _("This visit is planned already; here it is."))
        return redirect(page_of(request, same))
    return answer(
        request,
        form,
        lambda data: operations.plan(
            workplace_id=workplace.pk, by=request.user, at=timezone.now(), **form.plan()
        ),
        done=lambda made: _("Planned. Whoever was asked to join the team is told."),
        goes_to=lambda made: page_of(request, made),
        template="audits/plan.html",
        workplace=workplace,
        back_url=back,
        crumbs=[_board(request), (_("Plan"), back), (workplace.name, "")],
    )


def _earlier(workplace: Workplace) -> list[tuple[str, str]]:
    rows = Inspection.objects.filter(workplace=workplace, state__in=OVER).order_by("-starts_on", "-pk")[:20]
    return [
        (str(row.pk), f"{row.get_kind_display()}, {formats.date_format(row.starts_on, 'DATE_FORMAT')}")
        for row in rows
    ]


def _same_plan(request: HttpRequest, workplace: Workplace, form: PlanForm) -> Inspection | None:
    """The same visit planned by the same person: a form sent twice plans once. The workplace is locked, so the second waits for the first."""
    Workplace.objects.select_for_update(of=("self",)).get(pk=workplace.pk)
    data = form.cleaned_data
    return (
        Inspection.objects.unfinished()
        .filter(
            workplace=workplace,
            planned_by=request.user,
            kind=data["kind"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            is_announced=data["announced"] == "yes",
        )
        .first()
    )


@requires(Permission.INSPECTION_PLAN)
@require_http_methods(["GET", "POST"])
def change_plan(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Other days or another purpose."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    return answer(
        request,
        bound(ChangePlanForm, request, initial=days_of(visit)),
        lambda data: operations.change_plan(
            inspection_id=visit.pk, by=request.user, at=timezone.now(), **data
        ),
        done=_("The plan is changed; the team is told."),
        goes_to=lambda made: page_of(request, visit),
        template=FORM,
        **about(request, visit, _("Change the plan")),
    )


@requires(Permission.INSPECTION_PLAN)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The visit does not take place."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: operations.cancel(inspection_id=visit.pk, by=request.user, at=timezone.now(), **data),
        done=_("The inspection is cancelled; the team is told."),
        goes_to=lambda made: page_of(request, visit),
        template=FORM,
        lede=_("It stays on record with your reason. An unannounced one stays known to its team alone."),
        action=_("Cancel the inspection"),
        is_grave=True,
        **about(request, visit, _("Cancel the inspection")),
    )


def page_of(request: HttpRequest, visit: Inspection, name: str = "inspection", *args: Any) -> str:
    """The address of a page of an inspection."""
    return reverse(f"audits:{name}", args=[request.program.slug, visit.pk, *args])


def about(request: HttpRequest, visit: Inspection, title: str) -> dict[str, Any]:
    """What every form page of an inspection says: where one is, and the way back."""
    return {
        "visit": visit,
        "title": title,
        "back_url": page_of(request, visit),
        "crumbs": crumbs_of(request, visit, title),
    }


def crumbs_of(request: HttpRequest, visit: Inspection, title: str = "") -> list[tuple[str, str]]:
    """Inspections / workplace / this page."""
    first = _board(request)
    if not title:
        return [first, (visit.workplace_name, "")]
    return [first, (visit.workplace_name, page_of(request, visit)), (title, "")]


def _board(request: HttpRequest) -> tuple[str, str]:
    return _("Inspections"), reverse("audits:board", args=[request.program.slug])
