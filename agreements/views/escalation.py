"""The ladder: the board, one case, and its steps. Suppliers see their own case, brands none."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.forms import escalation as forms
from agreements.models import Escalation, Meeting
from agreements.operations import escalation as operations
from agreements.operations import meetings
from agreements.queries import duties as duty_queries
from agreements.queries import escalation as queries
from agreements.queries import ladder as ladders
from agreements.tables.escalation import EscalationTable
from programs.models import Participation
from programs.queries import today
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.forms import bound_with_files
from wsr.files.operations import DOCUMENTS, take_in
from wsr.tenancy import Audience, current_audience

type View = Callable[..., HttpResponseBase]


def only_for(*audiences: Audience) -> Callable[[View], View]:
    """404 for everybody else: the database would refuse them the tables. Stands below `requires`."""

    def door(view: View) -> View:
        @wraps(view)
        def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if current_audience() not in audiences:
                raise Http404
            return view(request, *args, **kwargs)

        return through

    return door


@requires(Permission.ESCALATION_READ)
@only_for(Audience.STAFF, Audience.SUPPLIER)
@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """Who stands where since when, what is due, and the next step; for a supplier its own cases."""
    steps = ladders.ladder(on=today(timezone.now()))
    table = EscalationTable(request, queries.escalations())
    context = {"rungs": queries.standing_on(steps), "is_own": current_audience() == Audience.SUPPLIER}
    return table.response("agreements/escalations.html", context)


@requires(Permission.ESCALATION_READ)
@only_for(Audience.STAFF, Audience.SUPPLIER)
@require_GET
def escalation(request: HttpRequest, escalation_id: UUID) -> HttpResponse:
    """One case: where it stands and why, what comes next, letters, meetings, and for staff the duties of brands."""
    case = get_object_or_404(queries.escalations(), pk=escalation_id)
    is_staff = current_audience() == Audience.STAFF
    steps = ladders.ladder(on=today(timezone.now()))
    context = {
        "case": case,
        "steps": queries.steps_of(case),
        "letters": case.letters.order_by("-serial"),
        "unsent": case.letters.filter(sent_at=None).values_list("step_id", flat=True).first()
        if is_staff
        else None,
        "meetings": queries.meetings_of(case),
        "next": steps.next_after(case.rung),
        "below": steps.below(case.rung),
        "says": {
            name: steps.says(case.rung, name) for name in ("limit", "meeting", "step_down", "automatic")
        },
        "duties": duty_queries.duties()
        .filter(supplier=case.supplier)
        .order_by("-opened_at", "brand__name", "pk")
        if is_staff
        else None,
        "is_staff": is_staff,
        "may_act": is_staff and case.is_open and Permission.STANDING_CHANGE in request.permissions,
    }
    return render(request, "agreements/escalation.html", context)


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Put a supplier on the ladder, after a look at what that brings about."""
    supplier = get_object_or_404(Participation.objects.suppliers().present(), pk=participation_id)
    known = queries.open_case_of(supplier.pk)
    if known and request.method == "GET":
        return redirect("agreements:escalation", request.program.slug, known.pk)
    steps = ladders.ladder(on=today(timezone.now()))
    here = steps.rung(supplier.rung)
    rungs = ([here] if here in steps.steps else []) + steps.reachable(here)
    places = supplier.workplaces.open().order_by("name", "pk")
    form = bound(forms.StartForm, request, rungs=rungs, workplaces=places, today=today(timezone.now()))
    return _climb(
        request,
        form,
        lambda data: operations.start(supplier_id=supplier.pk, by=request.user, at=timezone.now(), **data),
        supplier=supplier,
        back_url=reverse("programs:supplier", args=[request.program.slug, supplier.pk]),
        title=_("Put %(name)s on the ladder") % {"name": supplier.name},
    )


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def climb(request: HttpRequest, escalation_id: UUID) -> HttpResponse:
    """The next rung, after a look at what that brings about."""
    case = get_object_or_404(queries.escalations().open(), pk=escalation_id)
    steps = ladders.ladder(on=today(timezone.now()))
    form = bound(forms.ClimbForm, request, rungs=steps.reachable(case.rung), today=today(timezone.now()))
    return _climb(
        request,
        form,
        lambda data: operations.climb(escalation_id=case.pk, by=request.user, at=timezone.now(), **data),
        supplier=case.supplier,
        workplace=case.workplace,
        back_url=_page(request, case.pk),
        title=_("%(name)s: next rung") % {"name": case.supplier.name},
    )


def _climb(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], Escalation],
    *,
    supplier: Participation,
    workplace: Any = None,
    **context: Any,
) -> HttpResponse:
    """First what would follow, then, confirmed, the step itself."""
    if form.is_bound and form.is_valid():
        if "confirmed" in request.POST:
            try:
                case = act(form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _done(case))
                return redirect(_page(request, case.pk))
        else:
            day = form.cleaned_data["effective_on"]
            steps = ladders.ladder(on=day)
            context["consequences"] = queries.consequences(
                supplier=supplier,
                workplace=workplace
                or supplier.workplaces.filter(pk=form.cleaned_data.get("workplace_id")).first(),
                steps=steps,
                rung=steps.rung(form.cleaned_data["rung_key"]),
                effective_on=day,
                at=timezone.now(),
            )
            return render(
                request, "agreements/escalation_step.html", {"form": form, "supplier": supplier, **context}
            )
    status = 422 if form.is_bound else 200
    return render(
        request,
        "agreements/escalation_step.html",
        {"form": form, "supplier": supplier, **context},
        status=status,
    )


def _done(case: Escalation) -> str:
    return _("%(name)s: %(rung)s since %(day)s.") % {
        "name": case.supplier.name,
        "rung": case.rung.label,
        "day": date_format(case.rung_since, "DATE_FORMAT"),
    }


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def step_down(request: HttpRequest, escalation_id: UUID) -> HttpResponse:
    """Back to a lower rung, or off the ladder."""
    case = get_object_or_404(queries.escalations().open(), pk=escalation_id)
    now = timezone.now()
    steps = ladders.ladder(on=today(now))
    form = bound(
        forms.ReturnForm,
        request,
        rungs=steps.below(case.rung),
        today=today(now),
        may_override=Permission.STANDING_OVERRIDE in request.permissions,
    )

    def act(data: dict[str, Any]) -> Escalation:
        rung_key, reason = data.pop("rung_key"), data.pop("reason")
        said = {"escalation_id": case.pk, "by": request.user, "at": timezone.now(), **data}
        if steps.floor and rung_key == steps.floor.key:
            return operations.close(outcome=reason, **said)
        return operations.step_down(rung_key=rung_key, reason=reason, **said)

    return answer(
        request,
        form,
        act,
        done=_("The step is on record."),
        goes_to=lambda made: _page(request, case.pk),
        title=_("%(name)s: back down") % {"name": case.supplier.name},
        back_url=_page(request, case.pk),
    )


@requires(Permission.STANDING_CHANGE)
@require_POST
def apply_limit(request: HttpRequest, escalation_id: UUID) -> HttpResponse:
    """The time that the program sets for this rung today holds for this case as well."""
    case = get_object_or_404(queries.escalations().open(), pk=escalation_id)
    try:
        operations.apply_limit(escalation_id=case.pk, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        said = {"day": date_format(case.rung_since, "DATE_FORMAT")}
        messages.success(request, _("The time of this rung is counted from %(day)s.") % said)
    return redirect(_page(request, case.pk))


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def condition(request: HttpRequest, escalation_id: UUID) -> HttpResponse:
    """The proof that the supplier may return."""
    case = get_object_or_404(queries.escalations().open(), pk=escalation_id)
    form = bound_with_files(forms.ConditionForm, request, "file", initial={"met_on": today(timezone.now())})

    def act(data: dict[str, Any]) -> Escalation:
        now = timezone.now()
        data["file"] = kept(request, data["file"], participation_id=case.supplier_id)
        return operations.prove_condition(escalation_id=case.pk, by=request.user, at=now, **data)

    return answer(
        request,
        form,
        act,
        done=_("The condition for return is fulfilled. The standing changes only when you step it down."),
        goes_to=lambda made: _page(request, case.pk),
        template="agreements/upload_form.html",
        title=_("%(name)s: condition for return") % {"name": case.supplier.name},
        lede=case.condition_for_return,
        back_url=_page(request, case.pk),
    )


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def plan_meeting(request: HttpRequest, escalation_id: UUID) -> HttpResponse:
    """Call the supplier to a meeting."""
    case = get_object_or_404(queries.escalations().open(), pk=escalation_id)
    return answer(
        request,
        bound(forms.PlanMeetingForm, request),
        lambda data: meetings.plan(escalation_id=case.pk, by=request.user, at=timezone.now(), **data),
        done=_("The meeting is planned; the supplier is told."),
        goes_to=lambda made: _page(request, case.pk),
        title=_("%(name)s: meeting") % {"name": case.supplier.name},
        back_url=_page(request, case.pk),
    )


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def hold_meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Record what came of a meeting."""
    meeting = get_object_or_404(Meeting.objects.select_related("supplier"), pk=meeting_id)
    page = _page(request, meeting.escalation_id)
    return answer(
        request,
        bound(forms.MeetingForm, request, initial={"held_on": meeting.planned_for}),
        lambda data: meetings.hold(meeting_id=meeting_id, by=request.user, at=timezone.now(), **data),
        done=_("The meeting is on record."),
        goes_to=lambda made: page,
        title=_("Meeting with %(name)s") % {"name": meeting.supplier.name},
        back_url=page,
    )


@requires(Permission.STANDING_CHANGE)
@require_POST
def cancel_meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The meeting does not take place."""
    meeting = get_object_or_404(Meeting, pk=meeting_id)
    try:
        meetings.cancel(meeting_id=meeting_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_page(request, meeting.escalation_id))


def _page(request: HttpRequest, escalation_id: UUID) -> str:
    return reverse("agreements:escalation", args=[request.program.slug, escalation_id])


def kept(request: HttpRequest, upload: Any, **said: Any) -> Any:
    """The cleaned copy of the upload in the store; None where nothing was sent. Raises CannotTake."""
    if not upload:
        return None
    return take_in(
        chunks=upload.chunks(),
        name=upload.name,
        by=request.user,
        at=timezone.now(),
        only=DOCUMENTS,
        **said,
    ).file
