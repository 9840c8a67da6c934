"""Farms, factories and sites."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from programs import provenance, queries
from programs.enums import WorkplaceType
from programs.forms import CloseForm, WorkplaceForm
from programs.location import seen_in_public, suggested_precision
from programs.models import Participation, Workplace
from programs.operations import workplaces as operations
from programs.queries import sites
from programs.tables import WorkplaceTable
from programs.views.answering import answer, bound
from programs.views.facts import workplace_facts
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.tenancy import Audience, current_audience


@requires(Permission.WORKPLACE_READ)
@require_GET
def workplaces(request: HttpRequest) -> HttpResponseBase:
    """Every workplace, with filters, columns and exports."""
    on = queries.today(timezone.now())
    return WorkplaceTable(request, queries.workplaces(on=on)).response("programs/workplaces.html")


@requires(Permission.WORKPLACE_READ)
@require_GET
def workplace(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """One workplace: facts with where each comes from, what the public sees, who buys."""
    on = queries.today(timezone.now())
    found = get_object_or_404(queries.workplaces(on=on), pk=workplace_id)
    is_staff = (
        current_audience() == Audience.STAFF
    )  # where a fact comes from stands in lists and history of the staff
    origins = provenance.of_workplace(found) if is_staff else {}
    context = {
        "workplace": found,
        "facts": [(label, value, origins.get(name)) for name, label, value in workplace_facts(found)],
        "seen": seen_in_public(found),
        "sourcing": queries.sourcing_from(supplier_id=found.supplier_id, workplace_id=found.pk),
        **(_work(request, found, on) if found.type == WorkplaceType.SITE else {}),
    }
    return render(request, "programs/workplace.html", context)


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_workplace(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Add a workplace to a supplier."""
    supplier = get_object_or_404(Participation.objects.suppliers(), pk=participation_id)
    return answer(
        request,
        bound(
            WorkplaceForm,
            request,
            initial={
                "country": supplier.country,
                "name": supplier.name,
                "disclosure_precision": suggested_precision()[0],
            },
        ),
        lambda data: operations.add(supplier_id=supplier.pk, by=request.user, at=timezone.now(), **data),
        done=lambda made: _("%(name)s is on record.") % {"name": made.name},
        goes_to=lambda made: _page(request, made.pk),
        title=_("Add a workplace of %(name)s") % {"name": supplier.name},
        back_url=reverse("programs:supplier", args=[request.program.slug, supplier.pk]),
    )


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def edit_workplace(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """Change what is known of a workplace, and what the public learns of its place."""
    found = get_object_or_404(Workplace, pk=workplace_id)
    name = found.name
    return answer(
        request,
        bound(WorkplaceForm, request, instance=found),
        lambda data: operations.change(workplace_id=workplace_id, by=request.user, at=timezone.now(), **data),
        done=_("The change is on record."),
        goes_to=lambda made: _page(request, workplace_id),
        title=_("Edit %(name)s") % {"name": name},
        back_url=_page(request, workplace_id),
    )


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def close_workplace(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """Record that a workplace has closed."""
    found = get_object_or_404(Workplace, pk=workplace_id)
    return answer(
        request,
        bound(CloseForm, request, initial={"closed_on": queries.today(timezone.now())}),
        lambda data: operations.close(workplace_id=workplace_id, by=request.user, at=timezone.now(), **data),
        done=_("%(name)s is closed.") % {"name": found.name},
        goes_to=lambda made: _page(request, workplace_id),
        title=_("%(name)s has closed") % {"name": found.name},
        back_url=_page(request, workplace_id),
    )


def _work(request: HttpRequest, site: Workplace, on: date) -> dict[str, Any]:
    """Who works for whom on a site, its housing, and for staff who did before and how its end moved.

    A portal sees its own part and those below it; reasons that staff wrote are for staff.
    """
    is_staff = current_audience() == Audience.STAFF
    return {
        "may_change": Permission.WORKPLACE_CHANGE in request.permissions and not site.closed_on,
        "tree": sites.tree(site, on=on, program_slug=request.program.slug, permissions=request.permissions),
        "former": list(sites.of_site(site).filter(ended_on__lte=on)) if is_staff else [],
        "is_whole": is_staff,
        "housing": list(site.housing.select_related("supplier").order_by("name", "pk")),
        "moved": list(sites.extensions(site)) if is_staff else [],
    }


def _page(request: HttpRequest, workplace_id: UUID) -> str:
    return reverse("programs:workplace", args=[request.program.slug, workplace_id])
