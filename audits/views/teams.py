"""Who goes: asking, taking off, the answer of whoever was asked with her declaration; and who is barred."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audits.enums import AssignmentState
from audits.forms.planning import ReasonForm
from audits.forms.teams import AskForm, DeclarationForm, DeclineForm
from audits.models import Inspection, TeamMember
from audits.operations import teams as operations
from audits.queries import overview
from audits.tables.inspections import BarTable
from audits.views.planning import tabs
from audits.views.plans import FORM, about, page_of
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.answering import answer, bound


@requires(Permission.INSPECTION_PLAN)
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Everybody who was asked and what she said; a form to ask one more."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    members = overview.team_of(visit)
    on_it = {
        str(member.person_id)
        for member in members
        if member.state in (AssignmentState.ASKED, AssignmentState.ACCEPTED)
    }
    people = [one for one in overview.inspectors(supplier_id=visit.supplier_id) if one[0] not in on_it]
    return answer(
        request,
        bound(AskForm, request, people=people),
        lambda data: operations.ask(inspection_id=visit.pk, by=request.user, at=timezone.now(), **data),
        done=lambda member: _("%(name)s is asked and is told.") % {"name": member.name},
        goes_to=lambda member: page_of(request, visit, "team"),
        template="audits/team.html",
        members=members,
        may_ask=visit.state in operations.ASKABLE,
        **about(request, visit, _("Team")),
    )


@requires(Permission.INSPECTION_PLAN)
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, inspection_id: UUID, person_id: UUID) -> HttpResponse:
    """Take somebody off the team."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    member = get_object_or_404(TeamMember, inspection=visit, person_id=person_id)
    context = about(request, visit, _("Take %(name)s off the team") % {"name": member.name})
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: operations.remove(
            inspection_id=visit.pk, person_id=person_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("%(name)s is off the team and is told.") % {"name": member.name},
        goes_to=lambda made: page_of(request, visit, "team"),
        template=FORM,
        lede=_("What she wrote stays. From now on she reads nothing of this inspection."),
        action=_("Take off the team"),
        is_grave=True,
        **{**context, "back_url": page_of(request, visit, "team")},
    )


@requires(Permission.ASSIGNMENT_ANSWER)
@require_http_methods(["GET", "POST"])
def assignment(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Whoever was asked declares her ties, and accepts by it. A tie bars her: from then on she gets 404."""
    visit, member = _asked(request, inspection_id)
    if member.state != AssignmentState.ASKED:
        return redirect(page_of(request, visit))
    form = bound(DeclarationForm, request)
    if form.is_bound and form.is_valid():
        try:
            after = operations.accept(
                inspection_id=visit.pk,
                ties=form.ties,
                statement=form.cleaned_data["statement"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _accepted(request, visit, after)
    context = {
        "form": form,
        "member": member,
        **about(request, visit, _("You are asked to join this inspection")),
    }
    return render(request, "audits/assignment.html", context, status=422 if form.is_bound else 200)


def _accepted(request: HttpRequest, visit: Inspection, member: TeamMember) -> HttpResponse:
    if member.state == AssignmentState.BARRED:
        messages.info(
            request,
            _(
                "Thank you for saying so. Because of the tie you have nothing to do with inspections of this supplier."
            ),
        )
        return redirect("audits:board", request.program.slug)
    messages.success(request, _("You are on the team. Your declaration is on record."))
    return redirect(page_of(request, visit))


@requires(Permission.ASSIGNMENT_ANSWER)
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Say no."""
    visit, member = _asked(request, inspection_id)
    if member.state != AssignmentState.ASKED:
        return redirect(page_of(request, visit))
    context = about(request, visit, _("Decline"))
    return answer(
        request,
        bound(DeclineForm, request),
        lambda data: operations.decline(inspection_id=visit.pk, by=request.user, at=timezone.now(), **data),
        done=_("You declined; whoever planned the visit is told."),
        goes_to=lambda made: reverse("audits:board", args=[request.program.slug]),
        template=FORM,
        action=_("Decline"),
        **{**context, "back_url": page_of(request, visit, "assignment")},
    )


def _asked(request: HttpRequest, inspection_id: UUID) -> tuple[Inspection, TeamMember]:
    """The inspection and the reader's place on its team; 404 for everybody else."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    member = get_object_or_404(TeamMember, inspection=visit, person_id=request.user.pk)
    return visit, member


# ── Barred people ────────────────────────────────────────────────────────────────────────────────


@requires(Permission.INSPECTION_PLAN)
@require_GET
def bars(request: HttpRequest) -> HttpResponseBase:
    """Who is barred from which supplier by what tie."""
    table = BarTable(request, overview.bars(reader_id=request.user.pk))
    return table.response("audits/bars.html", {"tabs": tabs(request, "bars")})


@requires(Permission.INSPECTION_PLAN)
@require_http_methods(["GET", "POST"])
def end_bar(request: HttpRequest, bar_id: UUID) -> HttpResponse:
    """The tie is no more."""
    bar = get_object_or_404(overview.bars(reader_id=request.user.pk), pk=bar_id)
    back: dict[str, Any] = {"back_url": reverse("audits:bars", args=[request.program.slug])}
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: operations.end_bar(bar_id=bar.pk, by=request.user, at=timezone.now(), **data),
        done=_("The bar has ended. The person can be asked again."),
        goes_to=lambda made: back["back_url"],
        template=FORM,
        title=_("End the bar of %(name)s") % {"name": bar.person},
        lede=_("%(tie)s: %(supplier)s. The declaration stays on record.")
        % {"tie": bar.get_tie_display(), "supplier": bar.supplier.name},
        action=_("End the bar"),
        crumbs=[(_("Barred people"), back["back_url"]), (str(bar.person), "")],
        **back,
    )
