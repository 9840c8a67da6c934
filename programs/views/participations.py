"""Suppliers, brands and the bodies of the program."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from programs import queries
from programs.enums import Part
from programs.forms import BodyForm, EndForm, InvitePeopleForm, ParticipationForm, StandingForm
from programs.models import Participation, Rung
from programs.operations import participations
from programs.queries import sites
from programs.queries.meanings import Meanings
from programs.tables import BrandTable, SupplierTable
from programs.views.answering import answer, bound
from programs.views.facts import participation_facts
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission

_PAGE_OF = {Part.SUPPLIER: "programs:supplier", Part.BRAND: "programs:brand"}


def page_of(participation: Participation) -> str:
    """The address of a participant's page, from within its program."""
    slug = participation.program.slug
    name = _PAGE_OF.get(Part(participation.part))
    return reverse(name, args=[slug, participation.pk]) if name else reverse("programs:bodies", args=[slug])


@requires(Permission.SUPPLIER_READ)
@require_GET
def suppliers(request: HttpRequest) -> HttpResponseBase:
    """Every supplier with its standing."""
    return SupplierTable(request, queries.suppliers()).response("programs/suppliers.html")


@requires(Permission.SOURCING_READ)
@require_GET
def brands(request: HttpRequest) -> HttpResponseBase:
    """Every brand and from how many suppliers it buys."""
    on = queries.today(timezone.now())
    return BrandTable(request, queries.brands(on=on)).response("programs/brands.html")


@requires(Permission.SUPPLIER_READ)
@require_GET
def supplier(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """One supplier: standing over time, workplaces, who buys."""
    found = get_object_or_404(queries.suppliers(), pk=participation_id)
    context = {
        "supplier": found,
        "facts": participation_facts(found),
        "events": Meanings(Rung).put(queries.standing_events(found), day=lambda event: event.effective_on),
        "workplaces": found.workplaces.order_by("name", "pk")[:100],
        "sourcing": queries.sourcing_from(supplier_id=found.pk),
        "work": sites.of_contractor(found),
    }
    return render(request, "programs/supplier.html", context)


@requires(Permission.SOURCING_READ)
@require_GET
def brand(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """One brand and from whom it buys."""
    found = get_object_or_404(Participation.objects.brands(), pk=participation_id)
    context = {
        "brand": found,
        "facts": participation_facts(found),
        "sourcing": queries.sourcing_of_brand(found),
        "may_end": Permission.SOURCING_CHANGE in request.permissions,
    }
    return render(request, "programs/brand.html", context)


@requires(Permission.PROGRAM_READ)
@require_GET
def bodies(request: HttpRequest) -> HttpResponse:
    """The worker organizations the program belongs to, and its monitors."""
    found = Participation.objects.present().filter(part__in=[Part.WORKER_ORGANIZATION, Part.MONITOR])
    return render(request, "programs/bodies.html", {"bodies": found.order_by("-part", "name", "pk")})


@requires(Permission.SUPPLIER_CHANGE)
@require_http_methods(["GET", "POST"])
def add_supplier(request: HttpRequest) -> HttpResponse:
    """Add a supplier."""
    return _add(request, Part.SUPPLIER, _("Add a supplier"))


@requires(Permission.SUPPLIER_CHANGE)
@require_http_methods(["GET", "POST"])
def add_brand(request: HttpRequest) -> HttpResponse:
    """Add a brand."""
    return _add(request, Part.BRAND, _("Add a brand"))


@requires(Permission.PROGRAM_CHANGE)
@require_http_methods(["GET", "POST"])
def add_body(request: HttpRequest) -> HttpResponse:
    """Add a worker organization or a monitor."""
    return answer(
        request,
        bound(BodyForm, request),
        lambda data: participations.add(
            **{**data, "part": Part(data["part"])}, by=request.user, at=timezone.now()
        ),
        done=lambda made: _("%(name)s is on record.") % {"name": made.name},
        goes_to=page_of,
        title=_("Add a worker organization or monitor"),
        back_url=reverse("programs:bodies", args=[request.program.slug]),
    )


@requires(Permission.SUPPLIER_CHANGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Change what is known of a supplier or brand."""
    found = get_object_or_404(_changeable(request), pk=participation_id)
    back_url = page_of(found)
    return answer(
        request,
        bound(ParticipationForm, request, instance=found),
        lambda data: participations.change(
            participation_id=participation_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("The change is on record."),
        goes_to=page_of,
        title=_("Edit %(name)s") % {"name": found.name},
        back_url=back_url,
    )


@requires(Permission.SUPPLIER_CHANGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Record that a supplier or brand left."""
    found = get_object_or_404(_changeable(request), pk=participation_id)
    today = queries.today(timezone.now())
    return answer(
        request,
        bound(EndForm, request, initial={"ended_on": today}),
        lambda data: participations.end(
            participation_id=participation_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("%(name)s no longer takes part.") % {"name": found.name},
        goes_to=page_of,
        title=_("%(name)s leaves the program") % {"name": found.name},
        back_url=page_of(found),
    )


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def change_standing(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Put a supplier on another rung of the ladder."""
    found = get_object_or_404(Participation.objects.suppliers(), pk=participation_id)
    today = queries.today(timezone.now())
    return answer(
        request,
        bound(StandingForm, request, initial={"effective_on": today, "rung_key": found.rung}),
        lambda data: participations.change_standing(
            participation_id=participation_id, by=request.user, at=timezone.now(), **data
        ),
        done=lambda event: (
            _("%(name)s: %(rung)s since %(day)s.")
            % {"name": found.name, "rung": event.rung.label, "day": event.effective_on}
        ),
        goes_to=lambda event: page_of(found),
        title=_("Change the standing of %(name)s") % {"name": found.name},
        back_url=page_of(found),
    )


@requires(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "POST"])
def invite_people(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Invite somebody to act for a brand or supplier in its portal."""
    outside = Participation.objects.filter(part__in=[Part.BRAND, Part.SUPPLIER])
    found = get_object_or_404(outside, pk=participation_id)
    return answer(
        request,
        bound(InvitePeopleForm, request, part=Part(found.part)),
        lambda data: participations.invite_people(
            participation_id=participation_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("The invitation is on its way. The link holds for 14 days."),
        goes_to=page_of,
        title=_("Invite people of %(name)s") % {"name": found.name},
        back_url=page_of(found),
    )


def _changeable(request: HttpRequest) -> Any:
    """Suppliers and brands; bodies of the program only for those who may change the program."""
    rows = Participation.objects.all()
    if Permission.PROGRAM_CHANGE in request.permissions:
        return rows
    return rows.filter(part__in=[Part.SUPPLIER, Part.BRAND])


def _add(request: HttpRequest, part: Part, title: str) -> HttpResponse:
    list_name = "programs:suppliers" if part == Part.SUPPLIER else "programs:brands"
    return answer(
        request,
        bound(ParticipationForm, request),
        lambda data: participations.add(part=part, by=request.user, at=timezone.now(), **data),
        done=lambda made: _("%(name)s is on record.") % {"name": made.name},
        goes_to=page_of,
        title=title,
        back_url=reverse(list_name, args=[request.program.slug]),
    )
