"""Sites that end, housing there, and who works for whom."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programs import queries
from programs.enums import WorkplaceType
from programs.forms.sites import EngageForm, HousingForm, LeaveForm, MoveEndForm, SiteForm
from programs.location import suggested_precision
from programs.models import Engagement, Participation, Workplace
from programs.operations import sites as operations
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_site(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Record a site that somebody runs."""
    supplier = get_object_or_404(Participation.objects.suppliers(), pk=participation_id)
    initial = {"country": supplier.country, "disclosure_precision": suggested_precision()[0]}
    return answer(
        request,
        bound(SiteForm, request, initial=initial),
        lambda data: operations.open_site(
            supplier_id=supplier.pk, by=request.user, at=timezone.now(), **data
        ),
        done=lambda made: _("%(name)s is on record. Next: say who works for whom.") % {"name": made.name},
        goes_to=lambda made: _page(request, made.pk),
        title=_("Add a site of %(name)s") % {"name": supplier.name},
        back_url=reverse("programs:supplier", args=[request.program.slug, supplier.pk]),
    )


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_housing(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """Record housing that is provided at a site."""
    site = _site(workplace_id)
    initial = {
        "country": site.country,
        "city": site.city,
        "region": site.region,
        "disclosure_precision": site.disclosure_precision,
    }
    return answer(
        request,
        bound(HousingForm, request, site=site, initial=initial),
        lambda data: operations.add_housing(site_id=site.pk, by=request.user, at=timezone.now(), **data),
        done=lambda made: _("%(name)s is on record.") % {"name": made.name},
        goes_to=lambda made: _page(request, made.pk),
        title=_("Add housing at %(name)s") % {"name": site.name},
        back_url=_page(request, site.pk),
    )


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def move_end(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """Move the planned last day of a site."""
    site = _site(workplace_id)
    return answer(
        request,
        bound(MoveEndForm, request, initial={"ends_on": site.ends_on}),
        lambda data: operations.move_end(site_id=site.pk, by=request.user, at=timezone.now(), **data),
        done=lambda made: _("The site now ends on %(day)s.") % {"day": made.ends_on},
        goes_to=lambda made: _page(request, made.pk),
        title=_("Move the end of %(name)s") % {"name": site.name},
        back_url=_page(request, site.pk),
    )


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def engage(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """Record that somebody works on a site."""
    site = _site(workplace_id)
    return answer(
        request,
        bound(EngageForm, request, site=site, initial={"started_on": queries.today(timezone.now())}),
        lambda data: operations.engage(site_id=site.pk, by=request.user, at=timezone.now(), **data),
        done=_("It is on record."),
        goes_to=lambda made: _page(request, site.pk),
        title=_("Who works on %(name)s") % {"name": site.name},
        back_url=_page(request, site.pk),
    )


@requires(Permission.WORKPLACE_CHANGE)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, engagement_id: UUID) -> HttpResponse:
    """Record that somebody works on a site no more."""
    found = get_object_or_404(Engagement.objects.select_related("contractor", "site"), pk=engagement_id)
    return answer(
        request,
        bound(LeaveForm, request, initial={"ended_on": queries.today(timezone.now())}),
        lambda data: operations.leave(
            engagement_id=engagement_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("The end is on record; whoever it had hired there leaves with it."),
        goes_to=lambda made: _page(request, found.site_id),
        title=_("%(name)s leaves %(site)s") % {"name": found.contractor.name, "site": found.site.name},
        back_url=_page(request, found.site_id),
    )


def _site(workplace_id: UUID) -> Workplace:
    rows = Workplace.objects.select_related("supplier").filter(type=WorkplaceType.SITE)
    return get_object_or_404(rows, pk=workplace_id)


def _page(request: HttpRequest, workplace_id: UUID) -> str:
    return reverse("programs:workplace", args=[request.program.slug, workplace_id])
